"""What GDPR Art. 15(1) and (2) ask to be told beside the copy, from the record of processing and the declarations."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.authority import CNIL
from privacy.declarations import PersonalData
from privacy.record.entries import Entry, entries
from privacy.registry import Registry, registry


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """In the reader's language, ready to print. `activities` are those for which something is held, with its source."""

    activities: list[tuple[Entry, str]]
    rights: list[str]
    complaint: str
    automated: str


def sheet_for(tables: Collection[PersonalData], among: Registry = registry) -> Sheet:
    names = {table.activity.name for table in tables}
    told = [entry for entry in entries(among) if entry.name in names]
    return Sheet(
        activities=[(entry, source_of(entry.name, tables)) for entry in told],
        rights=[
            _("have your data corrected (GDPR Art. 16) or erased (Art. 17)"),
            _("have its use restricted (Art. 18) or object to it (Art. 21)"),
            _("take back a consent at any time (Art. 7(3))"),
            _("receive what you provided in a format to take elsewhere (Art. 20)"),
            _("say what becomes of your data after your death (art. 85 of the Act of 6 January 1978)"),
        ],
        complaint=f"{CNIL.name}, {CNIL.address}, {CNIL.phone}, {CNIL.url}",
        automated=_("No decision about you is made by a machine alone, and no profile of you is made (Art. 22)."),
    )


def source_of(activity: str, tables: Collection[PersonalData]) -> str:
    """Where the data comes from (Art. 15(1)(g))."""
    if any(table.provided_by_subject for table in tables if table.activity.name == activity):
        return _("Yourself, through the forms of this site; its dates and states are added by the site.")
    return _("This site, while it handled what you asked for or sent.")


def controller() -> dict[str, str]:
    return {
        "name": settings.CONTROLLER.name,
        "identity": settings.CONTROLLER.identity,
        "site": settings.SITE_URL,
        "data_protection_officer": settings.CONTROLLER.dpo_email,
    }


def as_json(sheet: Sheet) -> dict[str, Any]:
    return {
        "controller": controller(),
        "activities": [{**asdict(entry), "source": source} for entry, source in sheet.activities],
        "rights": sheet.rights,
        "complaint": sheet.complaint,
        "automated_decisions": sheet.automated,
        "made_at": timezone.now().isoformat(),
    }
