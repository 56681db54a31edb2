"""What directives hold about people, and why (P5.8)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.declarations import (
    NOBODY,
    Activity,
    Exempt,
    LegalBasis,
    Person,
    PersonalData,
    Retention,
    Then,
    setting,
    when_it_comes,
)
from privacy.directives.models import Directive, Executor, HeirsMeasure
from privacy.directives.purposes import DIRECTIVE
from privacy.erasers import Blank, DeleteLinked, ToMonth
from privacy.registry import register, register_purposes

DIRECTIVES = Activity(
    name="directives",
    purpose=_("Keeping your directive on what becomes of your data after your death, and carrying it out"),
    basis=LegalBasis.CONSENT,
    people=_("People who leave a directive"),
    recipients=_("The data protection officer, and the person whom the directive names"),
)
EXECUTORS = Activity(
    name="executors",
    purpose=_("Telling those who are named to see to a directive, and granting heirs what the law leaves them"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People whom a directive names"),
    recipients=_("The data protection officer, and the company’s mail host"),
)

register_purposes(DIRECTIVE)
register(
    PersonalData(
        model=Directive,
        activity=DIRECTIVES,
        person=Person(key="subject_key", address="email", language="language", told=Q(ended_at=None)),
        fields={
            "subject_key": Blank(),
            "name": Blank(),
            "email": Blank(),
            "wish": Blank(),
            "beneficiary": Blank(),
            "consent": DeleteLinked(),
            "registered_at": ToMonth(),
            "changed_at": Blank(),
            "proof_seen": Blank(),
            "ended_at": ToMonth(),
            "ended_by": Blank(),
        },
        not_personal={"request", "language", "ended"},
        provided_by_subject={"name", "email", "wish", "beneficiary"},
        rectifiable={"name"},
        retention=Retention(
            clock="ended_at",
            keep=setting("RIGHTS_CONTENT_RETENTION"),
            then=Then.DELETE,
            said=_("Until you revoke it, it is carried out, or no data about you is left; then %(period)s."),
        ),
        also=(Retention(clock="consent__ended_at", keep=when_it_comes, then=Then.DELETE),),  # Kept by a hold till now.
    ),
    PersonalData(
        model=Executor,
        activity=EXECUTORS,
        person=Person(key="subject_key", address="email", language="language", told=NOBODY),
        fields={
            "name": Blank(),
            "email": Blank(),
            "subject_key": Blank(),
            "named_at": ToMonth(),
            "released_at": ToMonth(),
        },
        not_personal={"directive", "language"},
        rectifiable={"name"},
        retention=Retention(
            clock="released_at",
            keep=setting("RIGHTS_CONTENT_RETENTION"),
            then=Then.DELETE,
            said=_("As long as the directive, and %(period)s more."),
        ),
    ),
    PersonalData(
        model=HeirsMeasure,
        activity=EXECUTORS,
        no_person_because="The ground and the reason of what heirs are granted; it names nobody.",
        fields={"because": Blank()},
        not_personal={"request", "ground"},
        retention=Exempt(_("Goes with the request it belongs to.")),
    ),
)
