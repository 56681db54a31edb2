"""What objections hold about people, and why (P5.5)."""

from django.utils.translation import gettext_lazy as _

from privacy.declarations import (
    Activity,
    Kept,
    KeptGround,
    LegalBasis,
    Person,
    PersonalData,
    Retention,
    Then,
    setting,
)
from privacy.erasers import Blank, ToMonth
from privacy.objections.models import Objection
from privacy.registry import register

OBJECTIONS = Activity(
    name="objections",
    purpose=_("Remembering that you object, so that nothing is sent to you again"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People who object to news, or to all use of their data"),
    recipients=_("Nobody: a keyed hash is compared, and not read"),
)

register(
    PersonalData(
        model=Objection,
        activity=OBJECTIONS,
        person=Person(key="subject_key"),
        fields={"subject_key": Blank(), "at": ToMonth(), "settles_at": Blank()},
        not_personal={"request"},
        retention=Retention(
            clock="at",
            keep=setting("OBJECTION_RETENTION"),
            then=Then.DELETE,
            said=_("%(period)s after you last objected."),
        ),
        kept=Kept(
            ground=KeptGround.LEGAL_OBLIGATION,
            because=_("Without this keyed hash your objection could not be respected (GDPR Art. 21(3))."),
        ),
    ),
)
