"""What the trail names, in words for whoever reads it: columns as their pages call them, steps as below.

The trail itself keeps one plain word for each, whatever the language of whoever did it, since it is never rewritten.
"""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext, pgettext_lazy
from django_stubs_ext import StrOrPromise

from privacy.audit.models import AuditEntry

STEPS: dict[str, StrOrPromise] = {
    "answered": pgettext_lazy("step", "answered"),
    "checked": pgettext_lazy("step", "checked"),
    "closed": pgettext_lazy("step", "closed"),
    "code": pgettext_lazy("step", "code"),
    "corrections": pgettext_lazy("step", "corrections"),
    "entered": pgettext_lazy("step", "entered by hand"),
    "every factor removed": pgettext_lazy("step", "every factor removed"),
    "extended": pgettext_lazy("step", "time extended"),
    "factor added": pgettext_lazy("step", "factor added"),
    "factor removed": pgettext_lazy("step", "factor removed"),
    "granted": pgettext_lazy("step", "granted"),
    "granted in part": pgettext_lazy("step", "granted in part"),
    "identity established": pgettext_lazy("step", "identity established"),
    "identity not established": pgettext_lazy("step", "identity not established"),
    "ledger": pgettext_lazy("step", "lines of the ledger carried out again"),
    "looked through": pgettext_lazy("step", "free text looked through"),
    "made a rights request": pgettext_lazy("step", "made a rights request"),
    "made again": pgettext_lazy("step", "result made again"),
    "message": pgettext_lazy("step", "message"),
    "new recovery codes": pgettext_lazy("step", "new recovery codes"),
    "note": pgettext_lazy("step", "note"),
    "papers asked for": pgettext_lazy("step", "papers asked for"),
    "papers waived": pgettext_lazy("step", "papers waived"),
    "passkey": pgettext_lazy("step", "passkey"),
    "passkey renamed": pgettext_lazy("step", "passkey renamed"),
    "prepared": pgettext_lazy("step", "prepared"),
    "proof": pgettext_lazy("step", "proof seen"),
    "recovery_codes": pgettext_lazy("step", "recovery codes"),
    "put back": pgettext_lazy("step", "the data was put back to an earlier day"),
    "refused": pgettext_lazy("step", "refused"),
    "reopened": pgettext_lazy("step", "open again"),
    "reply": pgettext_lazy("step", "reply put on record"),
    "sent off": pgettext_lazy("step", "sent off"),
    "rows": pgettext_lazy("step", "rows"),
    "since": pgettext_lazy("step", "from a day"),
    "staff": pgettext_lazy("step", "by an account"),
    "stopped": pgettext_lazy("step", "stopped"),
    "taken back": pgettext_lazy("step", "taken back"),
    "test": pgettext_lazy("step", "sent as a test"),
    "texts": pgettext_lazy("step", "texts that leave"),
    "totp": pgettext_lazy("step", "app that shows codes"),
    "tried again": pgettext_lazy("step", "tried again"),
    "unsubscribed on request": pgettext_lazy("step", "unsubscribed on request"),
    "until": pgettext_lazy("step", "to a day"),
    "unwanted": pgettext_lazy("step", "unwanted"),
    "use": pgettext_lazy("step", "used on a ground of Art. 18(2)"),
    "webauthn": pgettext_lazy("step", "passkey"),
    "whose": pgettext_lazy("step", "about a person"),
    "with a factor": pgettext_lazy("step", "with a second factor"),
}


def in_words(entry: AuditEntry) -> str:
    """The columns or steps that an entry names; one that nobody knows any more, as it is written."""
    return ", ".join(_part(entry.table, part) for part in entry.details.split(", ") if part)


def _part(table: str, part: str) -> str:
    """A name, or a name and a figure."""
    name, colon, figure = part.partition(": ")
    words = str(_named(table, name))
    return gettext("%(name)s: %(figure)s") % {"name": words, "figure": figure} if colon else words


def _named(table: str, name: str) -> StrOrPromise:
    """As a column of this table is called, a step, or a column of what belongs to it (of a statement on a breach)."""
    try:
        model = apps.get_model(table)
    except (LookupError, ValueError):
        return STEPS.get(name, name)
    columns = (_column(each, name) for each in _belonging_to(model))
    return _column(model, name) or STEPS.get(name) or next(filter(None, columns), name)


def _belonging_to(model: type[Model]) -> list[Any]:
    """The tables with a key to this one, those it knows nothing of included."""
    relations = model._meta.get_fields(include_hidden=True)
    return [each.related_model for each in relations if each.auto_created and each.is_relation]


def _column(model: type[Model], name: str) -> str:
    """What its pages call it; nothing for what is no column of it."""
    try:
        return str(getattr(model._meta.get_field(name), "verbose_name", ""))
    except FieldDoesNotExist:
        return ""
