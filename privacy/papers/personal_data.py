"""What this room holds of people, and for how short a time (P6.3)."""

from django.utils.translation import gettext_lazy as _

import privacy.rights.personal_data  # noqa: F401  (a whole is declared before its parts)
from privacy.declarations import Activity, Exempt, LegalBasis, PersonalData, Retention, Then, setting
from privacy.erasers import Blank, ToMonth
from privacy.papers.models import Paper, PaperChunk
from privacy.registry import register

IDENTITY = Activity(
    name="identity",
    purpose=_("Making sure that a request about data comes from its person"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People who join a copy of an identity document to a request"),
    recipients=_("The data protection officer alone"),
    security=(_("Copies of identity documents are encrypted, made anew when they come in, and each view is recorded"),),
)

register(
    PersonalData(
        model=Paper,
        activity=IDENTITY,
        part_of="file",
        fields={"received_at": ToMonth()},
        not_personal={"file", "side", "kind"},
        left_out_of_backups=True,
        retention=Retention(
            clock="received_at",
            keep=setting("PAPERS_RETENTION"),
            then=Then.DELETE,
            said=_("Until identity is decided, %(period)s at the longest."),
        ),
    ),
    PersonalData(
        model=PaperChunk,
        activity=IDENTITY,
        part_of="paper",
        fields={"sealed": Blank()},
        not_personal={"paper"},
        left_out_of_backups=True,
        retention=Exempt(_("Goes with its paper.")),
    ),
)
