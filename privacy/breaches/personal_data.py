"""What the register of breaches holds: what happened, without a name, and which officer wrote it down."""

from django.utils.translation import gettext_lazy as _

from privacy.breaches.models import Breach, BreachStatement
from privacy.breaches.services import SAID
from privacy.declarations import Activity, Exempt, LegalBasis, PersonalData, Retention, Then, setting
from privacy.erasers import Blank, ToMonth
from privacy.registry import register

BREACHES = Activity(
    name="breach-register",
    purpose=_("Keeping the register of personal-data breaches that the law asks for (GDPR Art. 33(5))"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("Nobody by name: how many people a breach concerns, and which officer wrote it down"),
    recipients=_("The data protection officer, and the CNIL"),
)

register(
    PersonalData(
        model=Breach,
        activity=BREACHES,
        no_person_because="It says when a breach was known and what was decided; it names nobody.",
        fields={"entered_at": ToMonth(), "closed_at": ToMonth()},
        not_personal={"aware_at", "notify", "notified_at", "tell", "told_at", "answer_by", "warned", "answer_warned"},
        retention=Retention(clock="closed_at", keep=setting("BREACH_RETENTION"), then=Then.DELETE),
    ),
    PersonalData(
        model=BreachStatement,
        activity=BREACHES,
        no_person_because="What happened and how many it concerns, which each box asks to say without a name.",
        fields={"by": Blank(), "at": ToMonth()},
        not_personal={"breach", *SAID},
        retention=Exempt(_("Goes with its breach.")),
    ),
)
