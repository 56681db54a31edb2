from django.db import migrations


class Migration(migrations.Migration):
    """Indexes on a table of Django's own: the purge finds old lines by date, and a record's lines by its number."""

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("customerlabs", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX IF NOT EXISTS customerlabs_adminlog_time ON django_admin_log (action_time)",
            "DROP INDEX IF EXISTS customerlabs_adminlog_time",
        ),
        migrations.RunSQL(
            "CREATE INDEX IF NOT EXISTS customerlabs_adminlog_record ON django_admin_log (object_id, content_type_id)",
            "DROP INDEX IF EXISTS customerlabs_adminlog_record",
        ),
    ]
