"""What restrictions hold about people, and why (P5.4)."""

from django.utils.translation import gettext_lazy as _

from privacy.declarations import (
    Activity,
    Exempt,
    Kept,
    KeptGround,
    LegalBasis,
    Person,
    PersonalData,
    Retention,
    Then,
    setting,
    when_it_comes,
)
from privacy.erasers import Blank, ToMonth
from privacy.registry import register
from privacy.restrictions.models import RestrictedRows, Restriction, RestrictionUse

RESTRICTIONS = Activity(
    name="restrictions",
    purpose=_("Storing your data and doing nothing else with it, when you ask for that"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People whose data is restricted"),
    recipients=_("The people of the company who answer for data protection"),
)

register(
    PersonalData(
        model=Restriction,
        activity=RESTRICTIONS,
        no_person_because="Whose rows it covers stands in what is restricted, under a subject key; it names nobody.",
        fields={
            "reason": Blank(),
            "lifted_because": Blank(),
            "told_how": Blank(),
            "lift_on": Blank(),
            "placed_by": Blank(),
            "announced_by": Blank(),
            "prepared_until": Blank(),
            "placed_at": ToMonth(),
            "announced_at": ToMonth(),
            "told_at": ToMonth(),
            "lifted_at": ToMonth(),
        },
        not_personal={"ground", "request", "review_on"},
        retention=Retention(clock="lifted_at", keep=setting("RESTRICTION_RETENTION"), then=Then.DELETE),
        also=(Retention(clock="prepared_until", keep=when_it_comes, then=Then.DELETE),),
    ),
    PersonalData(
        model=RestrictedRows,
        activity=RESTRICTIONS,
        person=Person(key="subject_key"),
        fields={"subject_key": Blank(), "record_id": Blank()},
        not_personal={"restriction", "table", "purpose"},
        retention=Exempt(_("Goes with its restriction.")),
        kept=Kept(
            ground=KeptGround.CLAIMS,
            because=_("It shows that your data was stored and not used while you had asked for that."),
        ),
    ),
    PersonalData(
        model=RestrictionUse,
        activity=RESTRICTIONS,
        no_person_because="What was done with restricted data and why; it names nobody.",
        fields={"because": Blank(), "at": ToMonth(), "by": Blank()},
        not_personal={"restriction", "ground"},
        retention=Exempt(_("Goes with its restriction.")),
    ),
)
