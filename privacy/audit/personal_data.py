"""What the audit trail holds: what staff did, and nothing of whom they did it to (“Processings of our own”)."""

from django.utils.translation import gettext_lazy as _

from privacy.audit.models import AuditEntry
from privacy.declarations import Activity, LegalBasis, PersonalData, Retention, Then, setting
from privacy.erasers import Blank, ToMonth
from privacy.registry import register

AUDIT = Activity(
    name="audit",
    purpose=_("Knowing who of the staff consulted which data, when and why, and being able to tell you when and why"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    people=_("Staff of the company"),
    recipients=_("The data protection officer"),
)

register(
    PersonalData(
        model=AuditEntry,
        activity=AUDIT,
        no_person_because="It names the member of staff, and a record by its number; whose that is stands there alone.",
        fields={"at": ToMonth(), "by": Blank(), "record_id": Blank()},
        not_personal={"action", "table", "purpose"},
        retention=Retention(clock="at", keep=setting("AUDIT_RETENTION"), then=Then.DELETE),
    ),
)
