from django.db import migrations


class Migration(migrations.Migration):
    """Who may get news is asked for each mail, and whose consent has lost its prospect every night.

    An index for this purpose alone, on a table of privacy's, which knows no purpose. Built concurrently: visitors
    write meanwhile.
    """

    atomic = False

    dependencies = [("contact", "0003_mailings"), ("privacy", "0001_initial")]
    run_before = [("privacy", "0004_consents")]  # Which moves the column, and the index goes with it.

    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS consentevent_live_news ON privacy_consentevent (subject_key) "
            "WHERE purpose = 'news' AND ended_at IS NULL",
            "DROP INDEX CONCURRENTLY IF EXISTS consentevent_live_news",
        ),
    ]
