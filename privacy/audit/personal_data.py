"""What the audit trail holds: what staff did, and nothing of whom they did it to (“Processings of our own”)."""

from django.utils.translation import gettext_lazy as _

from privacy.audit.models import AuditEntry, AuditHead
from privacy.declarations import Activity, LegalBasis, NoPersonalData, PersonalData, Retention, Then, setting
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
        no_person_because="It names an account and a record by their numbers; whose they are stands there alone.",
        fields={"at": ToMonth(), "kept_from": ToMonth(), "by": Blank(), "record_id": Blank(), "request_id": Blank()},
        not_personal={"number", "action", "table", "purpose", "details", "job", "before", "hash"},
        retention=Retention(clock="kept_from", keep=setting("AUDIT_RETENTION"), then=Then.DELETE, in_order=True),
    ),
    NoPersonalData(
        model=AuditHead,
        columns={"number", "hash", "kept_from"},
        because="Where the audit trail ends: a number, a hash and the date of the last entry.",
    ),
)
