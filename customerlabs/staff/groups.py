"""Two groups, each with the least it needs: those who answer requests, and the data protection officer.

Their permissions are what roles.py says, put right at each migration; whoever needs more gets a group of their own,
which nothing here touches.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.db.models.signals import post_migrate

from customerlabs.staff.roles import Role, permissions_of

STAFF = "Staff"
DPO = "DPO"
GROUPS = {STAFF: Role.STAFF, DPO: Role.DPO}
APPS = ("privacy", "contact", "cookies", "customerlabs")


def permissions_due(group: str, using: str = "default") -> QuerySet[Permission]:
    """What this group may do, as the program says; for what the database says, ask the group."""
    known = Permission.objects.using(using).annotate(
        full_name=Concat(F("content_type__app_label"), Value("."), F("codename"))
    )
    return known.filter(full_name__in=permissions_of(GROUPS[group]))


def make_groups(sender: AppConfig, using: str, **options: Any) -> None:
    """After each app's migrations: permissions are made then, and not before. Running it again changes nothing."""
    if sender.label not in APPS:
        return
    create_permissions(sender, verbosity=0, using=using)
    for name in GROUPS:
        group, _ = Group.objects.using(using).get_or_create(name=name)
        group.permissions.set(permissions_due(name, using))


def make_groups_after_migrations() -> None:
    post_migrate.connect(make_groups, dispatch_uid="customerlabs.staff.groups")
