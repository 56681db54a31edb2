"""Columns and tables of packages that are called in English alone, or in poor French, by words of ours.

The policy and the record print them. They are set on the fields as they stand: no migration sees them.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from customerlabs.staff.models import StaffMember

TABLES: dict[type[Model], tuple[StrOrPromise, StrOrPromise]] = {
    Authenticator: (_("second factor of a sign-in"), _("second factors of sign-ins")),
    StaffMember.groups.through: (_("group of an account"), _("groups of accounts")),
    StaffMember.user_permissions.through: (_("permission of an account"), _("permissions of accounts")),
}
"""One, and several."""
COLUMNS: dict[type[Model], dict[str, StrOrPromise]] = {
    Authenticator: {"data": _("secret of the factor"), "created_at": _("added on"), "last_used_at": _("last used on")},
    StaffMember: {"date_joined": _("account made on")},
    Session: {"expire_date": _("ends on")},
}


def use_our_names() -> None:
    for model, (one, several) in TABLES.items():
        model._meta.verbose_name, model._meta.verbose_name_plural = one, several
    for model, columns in COLUMNS.items():
        for name, words in columns.items():
            column: Any = model._meta.get_field(name)
            column.verbose_name = words
