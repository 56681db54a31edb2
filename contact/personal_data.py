"""What the contact app holds about visitors and prospects, and why (P2.1, P3.1–P3.3, P8.1, P8.2)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contact.models import (
    AnswerTemplate,
    ContactRequest,
    DeskReminder,
    ExportRecord,
    Mailing,
    MailingDelivery,
    Prospect,
    ThreadEntry,
)
from contact.prospects.purposes import NEWS as NEWS_PURPOSE
from contact.purposes import REQUEST_PURPOSES
from privacy.declarations import (
    Activity,
    Exempt,
    LegalBasis,
    NoPersonalData,
    Person,
    PersonalData,
    Retention,
    Then,
    setting,
    when_it_comes,
)
from privacy.erasers import Becomes, Blank, DeleteLinked, EndOrMonth, No, ToMonth
from privacy.registry import register, register_purposes

CONTACT = Activity(
    name="contact",
    purpose=_("Handling your request and answering you"),
    basis=LegalBasis.CONSENT,
    people=_("People who write through the contact form"),
    recipients=_("The people of the company who answer requests, and the company’s hosting and mail providers"),
)
NEWS = Activity(
    name="news",
    purpose=_("Sending you news of the company by e-mail, if you ask for it"),
    basis=LegalBasis.CONSENT,
    people=_("People who asked for news of the company"),
    recipients=_("The people of the company who write its news, and the company’s hosting and mail providers"),
)
EXPORTS = Activity(
    name="news-exports",
    purpose=_("Knowing who took the list of people who asked for news out of this site, and what for"),
    basis=LegalBasis.LEGITIMATE_INTEREST,
    people=_("Staff of the company"),
    recipients=_("The people of the company who answer for data protection"),
)

register_purposes(*REQUEST_PURPOSES.values(), NEWS_PURPOSE)
register(
    PersonalData(
        model=ContactRequest,
        activity=CONTACT,
        person=Person(
            key="subject_key", address="email", language="language", told=Q(held_until=None) & Q(spam_at=None)
        ),
        fields={
            "first_name": Blank(),
            "last_name": Blank(),
            "email": Blank(),
            "phone": Blank(),
            "message": Blank(),
            "wants_news": No(),
            "subject_key": Blank(),
            "submission": Blank(),
            "consent": DeleteLinked(),
            "assignee": Blank(),
            "received_at": ToMonth(),
            "last_activity_at": ToMonth(),
            "read_at": Blank(),
            "closed_at": EndOrMonth(),
            "held_until": Blank(),
            "spam_at": Blank(),
        },
        not_personal={"kind", "language", "status", "is_anonymised"},
        provided_by_subject={"first_name", "last_name", "email", "phone", "message"},
        rectifiable={"first_name", "last_name", "email", "phone"},
        free_text={"message"},
        retention=Retention(
            clock="closed_at",
            keep=setting("CONTACT_RETENTION"),
            then=Then.ANONYMISE,
            said=_("Until your request is closed, and %(period)s more; then it is anonymised."),
        ),
        also=(
            Retention(clock="held_until", keep=when_it_comes, then=Then.DELETE),
            Retention(clock="spam_at", keep=setting("SPAM_RETENTION"), then=Then.DELETE),
            Retention(clock="consent__ended_at", keep=when_it_comes, then=Then.ANONYMISE),  # Kept by a hold till now.
        ),
        settled={"status": Becomes(ContactRequest.Status.CLOSED)},
    ),
    PersonalData(
        model=ThreadEntry,
        activity=CONTACT,
        part_of="request",
        fields={"body": Blank(), "written_at": ToMonth(), "author": Blank()},
        not_personal={"request", "kind"},
        free_text={"body"},
        retention=Exempt(_("Goes when its request is anonymised.")),
    ),
    NoPersonalData(
        model=AnswerTemplate, columns={"name", "body_fr", "body_en"}, because="The company's own texts, about nobody."
    ),
    NoPersonalData(
        model=DeskReminder, columns={"week", "made_at"}, because="A week, and when the desk was told what waits."
    ),
    PersonalData(
        model=Prospect,
        activity=NEWS,
        person=Person(key="subject_key", address="email", language="language", told=Q(pending_until=None)),
        fields={
            "first_name": Blank(),
            "last_name": Blank(),
            "email": Blank(),
            "subject_key": Blank(),
            "language": Blank(),
            "consent": Blank(),
            "asked_at": ToMonth(),
            "pending_until": Blank(),
            "last_contact_at": ToMonth(),
        },
        provided_by_subject={"first_name", "last_name", "email"},
        rectifiable={"first_name", "last_name", "email"},
        retention=Retention(
            clock="last_contact_at",
            keep=setting("PROSPECT_RETENTION"),
            then=Then.DELETE,
            said=_("%(period)s after your last contact with us, unless you stop it before; then deleted."),
        ),
        also=(
            Retention(clock="pending_until", keep=when_it_comes, then=Then.DELETE),
            Retention(clock="consent__ended_at", keep=when_it_comes, then=Then.DELETE),
        ),
    ),
    NoPersonalData(
        model=Mailing,
        columns={
            "subject_fr",
            "body_fr",
            "subject_en",
            "body_en",
            "state",
            "created_at",
            "queued_at",
            "ended_at",
            "recipients",
            "sent",
            "failed",
            "uncertain",
        },
        because="The company's own news, the same for everybody, and how many people they went to.",
    ),
    PersonalData(
        model=MailingDelivery,
        activity=NEWS,
        part_of="prospect",
        fields={"prospect": Blank(), "begun_at": ToMonth(), "finished_at": ToMonth()},
        not_personal={"id", "mailing", "state", "attempts", "due_at", "error"},
        retention=Retention(clock="finished_at", keep=setting("LETTER_RETENTION"), then=Then.DELETE),
    ),
    PersonalData(
        model=ExportRecord,
        activity=EXPORTS,
        part_of="by",
        fields={"by": Blank(), "at": ToMonth(), "reason": Blank()},
        not_personal={"people", "is_complete"},
        retention=Retention(clock="at", keep=setting("EXPORT_RECORD_RETENTION"), then=Then.DELETE),
    ),
)
