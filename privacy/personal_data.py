"""What privacy itself holds: proofs of consent and the mail queue."""

from django.utils.translation import gettext_lazy as _

from privacy.audit import personal_data as of_the_audit
from privacy.breaches import personal_data as of_breaches
from privacy.continuity import personal_data as of_continuity
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
from privacy.directives import personal_data as of_directives
from privacy.erasers import Blank, ToMonth
from privacy.letters.kinds import letters_about
from privacy.links.single_use import links_about
from privacy.models import (
    CommitmentCheck,
    Consent,
    ConsentEvent,
    HeldRows,
    Hold,
    HoldReview,
    Letter,
    LimitCount,
    PolicyAnnouncement,
    PolicyNotice,
    PolicyVersion,
    RetentionCount,
    RetentionRun,
    SingleUseLink,
    WatchedCommitment,
    WithdrawalRequest,
    Wording,
)
from privacy.objections import personal_data as of_objections
from privacy.papers import personal_data as of_papers
from privacy.registry import register
from privacy.restrictions import personal_data as of_restrictions
from privacy.rights import personal_data as of_rights
from privacy.rights.fulfilment import personal_data as of_fulfilment

__all__ = [  # Rooms that declare their own.
    "of_breaches",
    "of_continuity",
    "of_directives",
    "of_fulfilment",
    "of_objections",
    "of_papers",
    "of_restrictions",
    "of_rights",
    "of_the_audit",
]

CONSENT_PROOF = Activity(
    name="consent-proof",
    purpose=_("Being able to prove that a consent was given"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People who gave a consent on this site"),
    recipients=_("The people of the company who answer for data protection"),
)
WITHDRAWALS = Activity(
    name="withdrawals",
    purpose=_("Sending you the link with which you take back what you agreed to"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People who ask for this link"),
    recipients=_("The company’s mail host"),
)
CORRESPONDENCE = Activity(
    name="correspondence",
    purpose=_("Sending the letters that a request calls for"),
    basis=LegalBasis.CONSENT,
    people=_("People who wrote to the company"),
    recipients=_("The company’s mail host"),
)
HOLDS = Activity(
    name="holds",
    purpose=_("Keeping what a claim or the law needs although it would be erased, and being able to say why"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People whose data a documented hold keeps"),
    recipients=_("The people of the company who answer for data protection"),
)
POLICY_NEWS = Activity(
    name="policy-changes",
    purpose=_("Telling people of an important change of this policy"),
    basis=LegalBasis.LEGAL_OBLIGATION,
    people=_("People whose data is held"),
    recipients=_("The company’s mail host"),
)
LIMITS = Activity(
    name="limits",
    purpose=_("Keeping the forms of this site from being flooded"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    people=_("People who send a form of this site"),
    recipients=_("Nobody: it is counted under a keyed hash and not read"),
)

register(
    PersonalData(
        model=Consent,
        activity=CONSENT_PROOF,
        person=Person(key="subject_key"),
        fields={"subject_key": Blank(), "purpose": Blank(), "given_at": ToMonth(), "ended_at": ToMonth()},
        retention=Retention(clock="ended_at", keep=setting("CONSENT_PROOF_RETENTION"), then=Then.DELETE),
        kept=Kept(
            ground=KeptGround.CLAIMS,
            because=_("Without the proof of a consent, nobody could show later that what rested on it was right."),
            clock="ended_at",
        ),
    ),
    PersonalData(
        model=ConsentEvent,
        activity=CONSENT_PROOF,
        part_of="consent",
        fields={"wording": Blank(), "language": Blank(), "policy_version": Blank(), "at": ToMonth()},
        not_personal={"consent", "kind", "form"},
        retention=Exempt(_("Goes with its consent.")),
    ),
    PersonalData(
        model=WithdrawalRequest,
        activity=WITHDRAWALS,
        person=Person(key="subject_key", address="address", language="language", told=NOBODY),
        fields={"address": Blank(), "subject_key": Blank(), "language": Blank(), "good_until": ToMonth()},
        retention=Retention(
            clock="good_until",
            keep=when_it_comes,
            then=Then.DELETE,
            said=_("Until you use the link; otherwise until the night after it has ended, a day later."),
        ),
    ),
    PersonalData(
        model=Hold,
        activity=HOLDS,
        no_person_because="Whose rows it keeps stands in what is held, under a subject key; its reason names nobody.",
        fields={
            "reason": Blank(),
            "lifted_because": Blank(),
            "placed_by": Blank(),
            "lifted_by": Blank(),
            "placed_at": ToMonth(),
            "until": ToMonth(),
            "lifted_at": ToMonth(),
        },
        not_personal={"ground", "review_on"},
        retention=Retention(clock="lifted_at", keep=setting("HOLD_RETENTION"), then=Then.DELETE),
        also=(Retention(clock="until", keep=setting("HOLD_RETENTION"), then=Then.DELETE),),
    ),
    PersonalData(
        model=HeldRows,
        activity=HOLDS,
        person=Person(key="subject_key"),
        fields={"subject_key": Blank(), "record_id": Blank()},
        not_personal={"hold", "table"},
        retention=Exempt(_("Goes with its hold.")),
        kept=Kept(
            ground=KeptGround.CLAIMS,
            because=_("It shows why something was kept although it should have been erased."),
        ),
    ),
    PersonalData(
        model=HoldReview,
        activity=HOLDS,
        no_person_because="Why a hold is still needed, and until when; it names nobody.",
        fields={"because": Blank(), "at": ToMonth(), "by": Blank(), "until": Blank(), "until_before": Blank()},
        not_personal={"hold", "review_on", "review_before"},
        retention=Exempt(_("Goes with its hold.")),
    ),
    NoPersonalData(
        model=Wording,
        columns={"digest", "text"},
        because="The company's own words, the same for everybody who saw them.",
    ),
    PersonalData(
        model=SingleUseLink,
        activity=CORRESPONDENCE,
        person=Person(key="subject_key"),
        fields={"subject_key": Blank(), "record_id": Blank(), "used_at": ToMonth(), "expires_at": ToMonth()},
        not_personal={"purpose", "digest"},
        accompanies=links_about,
        retention=Retention(clock="expires_at", keep=when_it_comes, then=Then.DELETE),
    ),
    PersonalData(
        model=LimitCount,
        activity=LIMITS,
        no_person_because="The hash changes with each window of time and is made of an address nobody keeps.",
        fields={"digest": Blank(), "count": Blank(), "ends_at": ToMonth()},
        retention=Retention(clock="ends_at", keep=when_it_comes, then=Then.DELETE),
    ),
    PersonalData(
        model=Letter,
        activity=CORRESPONDENCE,
        person=Person(key="subject_key"),
        fields={"subject_key": Blank(), "record_id": Blank(), "created_at": ToMonth(), "finished_at": ToMonth()},
        not_personal={"id", "kind", "is_bulk", "state", "attempts", "due_at", "error"},
        accompanies=letters_about,
        retention=Retention(clock="finished_at", keep=setting("LETTER_RETENTION"), then=Then.DELETE),
    ),
    NoPersonalData(
        model=PolicyVersion,
        columns={
            "effective_from",
            "published_at",
            "is_important",
            "changes_fr",
            "changes_en",
            "text_fr",
            "text_en",
            "digest",
            "is_imported",
        },
        because="The company's published texts, about nobody.",
    ),
    NoPersonalData(
        model=PolicyAnnouncement,
        columns={"version", "people", "finished_at"},
        because="Which version was announced, and to how many people.",
    ),
    PersonalData(
        model=PolicyNotice,
        activity=POLICY_NEWS,
        person=Person(key="subject_key"),
        fields={"subject_key": Blank(), "table": Blank(), "row": Blank(), "made_at": ToMonth()},
        not_personal={"version"},
        retention=Retention(clock="made_at", keep=setting("LETTER_RETENTION"), then=Then.DELETE),
    ),
    NoPersonalData(
        model=RetentionRun,
        columns={"trigger", "dry_run", "started_at", "seen_at", "finished_at", "outcome"},
        because="What the engine did and when; nobody is named.",
    ),
    NoPersonalData(
        model=RetentionCount,
        columns={"run", "rule", "cutoff", "due", "rows", "with_them", "held", "restricted", "in_use", "error"},
        because="Counts of rows by table.",
    ),
    NoPersonalData(
        model=WatchedCommitment,
        columns={"name", "since", "told_at", "kept", "number", "on", "where", "error", "checked_at"},
        because="What the daily check found in the tables: figures, dates and names of tables.",
    ),
    NoPersonalData(
        model=CommitmentCheck,
        columns={"commitment", "times", "kept", "number", "on", "where", "error", "checked_at"},
        because="What the daily checks found before; nobody is named.",
    ),
)
