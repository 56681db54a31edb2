"""What rights requests hold about people, and why (P3.4, “Rights file”)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from privacy.declarations import (
    NOBODY,
    Activity,
    Exempt,
    Kept,
    KeptGround,
    LegalBasis,
    NoPersonalData,
    Person,
    PersonalData,
    Retention,
    Then,
    setting,
    when_it_comes,
)
from privacy.erasers import Blank, ToMonth
from privacy.registry import register
from privacy.rights.desk.models import ReplyTemplate
from privacy.rights.models import CaseEvent, CaseFile, CaseParty, RightsRequest

RIGHTS = Activity(
    name="rights",
    purpose=_("Handling your requests about your data, and being able to show that we did"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People who use their rights, and those whom they name in doing so"),
    recipients=_("The data protection officer, and the company’s hosting and mail providers"),
)

register(
    PersonalData(
        model=RightsRequest,
        activity=RIGHTS,
        person=Person(key="subject_key"),
        fields={
            "subject_key": Blank(),
            "submission": Blank(),
            "received_at": ToMonth(),
            "unproved_until": Blank(),
            "reminded_at": Blank(),
            "proved_at": Blank(),
            "extended_at": Blank(),
            "paused_at": Blank(),
            "decided_at": Blank(),
            "decided_by": Blank(),
            "closed_at": ToMonth(),
        },
        not_personal={
            "reference",
            "right",
            "channel",
            "language",
            "state",
            "version",
            "proof",
            "due_on",
            "paused_days",
            "warned",
            "decision",
            "refusal",
        },
        retention=Retention(
            clock="closed_at",
            keep=setting("RIGHTS_RECORD_RETENTION"),
            then=Then.DELETE,
            said=_("%(period)s after the request is closed, as a record without its content."),
        ),
        also=(Retention(clock="unproved_until", keep=when_it_comes, then=Then.DELETE),),
        kept=Kept(
            ground=KeptGround.LEGAL_OBLIGATION,
            because=_("We must be able to show that your right was honoured. What you wrote is not part of it."),
        ),
    ),
    PersonalData(
        model=CaseFile,
        activity=RIGHTS,
        person=Person(key="subject_key", address="email", told=Q(request__proved_at__isnull=False)),
        fields={
            "subject_key": Blank(),
            "name": Blank(),
            "email": Blank(),
            "object": Blank(),
            "context": Blank(),
            "details": Blank(),
            "proof_seen": Blank(),
        },
        not_personal={"request"},
        rectifiable={"name"},
        free_text={"object", "context"},
        retention=Retention(
            clock="request__closed_at",
            keep=setting("RIGHTS_CONTENT_RETENTION"),
            then=Then.DELETE,
            said=_("%(period)s after the request is closed."),
        ),
    ),
    PersonalData(
        model=CaseParty,
        activity=RIGHTS,
        person=Person(key="subject_key", address="email", told=NOBODY),
        fields={
            "name": Blank(),
            "email": Blank(),
            "subject_key": Blank(),
            "capacity": Blank(),
        },
        not_personal={"file", "role"},
        rectifiable={"name"},
        retention=Exempt(_("Goes with the file of the request that names them.")),
    ),
    PersonalData(
        model=CaseEvent,
        activity=RIGHTS,
        part_of="file",
        fields={"at": ToMonth(), "by": Blank(), "note": Blank()},
        not_personal={"file", "kind", "shown"},
        free_text={"note"},
        retention=Exempt(_("Goes with the file of its request.")),
    ),
    NoPersonalData(
        model=ReplyTemplate,
        columns={"name", "body_fr", "body_en"},
        because="The company's own texts, about nobody.",
    ),
)
