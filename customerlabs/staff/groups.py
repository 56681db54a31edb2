"""Two groups, each with the least it needs: those who answer requests, and the data protection officer.

Their permissions are what stands here, put right at each migration; whoever needs more gets a group of their own, which
nothing here touches.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from django.db.models.signals import post_migrate

STAFF = "Staff"
DPO = "DPO"
DESK = ("view_contactrequest", "change_contactrequest", "view_answertemplate")
APPS = ("privacy", "contact", "cookies", "customerlabs")

MAY = {
    STAFF: Q(content_type__app_label="contact", codename__in=DESK),
    DPO: Q(content_type__app_label__in=("privacy", "contact", "cookies"))
    | Q(content_type__app_label="customerlabs", codename="view_staffmember"),
}


def make_groups(sender: AppConfig, using: str, **options: Any) -> None:
    """After each app's migrations: permissions are made then, and not before. Running it again changes nothing."""
    if sender.label not in APPS:
        return
    create_permissions(sender, verbosity=0, using=using)
    for name, may in MAY.items():
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(Permission.objects.using(using).filter(may))


def make_groups_after_migrations() -> None:
    post_migrate.connect(make_groups, dispatch_uid="customerlabs.staff.groups")
