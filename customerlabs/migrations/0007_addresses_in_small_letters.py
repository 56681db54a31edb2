from django.db import migrations
from django.db.models.functions import Lower


def in_small_letters(apps, schema_editor):
    """Whoever was given capitals could not sign in. Where the small one is somebody else's, it stays as it is."""
    members = apps.get_model("customerlabs", "StaffMember")._base_manager
    for member in members.exclude(email=Lower("email")):
        if not members.filter(email=member.email.lower()).exists():
            members.filter(pk=member.pk).update(email=member.email.lower())


class Migration(migrations.Migration):

    dependencies = [
        ("customerlabs", "0006_sign_ins"),
    ]

    operations = [
        migrations.RunPython(in_small_letters, migrations.RunPython.noop),
    ]
