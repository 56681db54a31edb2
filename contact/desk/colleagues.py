"""Who a request can be given to."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, Permission
from django.db.models import Q, QuerySet


def colleagues() -> QuerySet[AbstractUser]:
    """Those who may work on requests, by name."""
    may = Permission.objects.filter(content_type__app_label="contact", codename="change_contactrequest")
    staff = get_user_model()._default_manager.filter(is_active=True, is_staff=True)
    allowed = Q(is_superuser=True) | Q(groups__permissions__in=may) | Q(user_permissions__in=may)
    return staff.filter(allowed).distinct().order_by("last_name", "first_name", "email")


def display_name(member: AbstractUser | None) -> str:
    """A name or an address, where colleagues read each other; `str()` of an account names nobody."""
    return (member.get_full_name() or member.email) if member else ""
