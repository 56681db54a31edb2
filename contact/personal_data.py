"""What the contact app holds about visitors, and why (P2.1, P3.1, P8.1)."""

from django.utils.translation import gettext_lazy as _

from contact.models import Answer, ContactRequest
from privacy.declarations import (
    Activity,
    Exempt,
    LegalBasis,
    Person,
    PersonalData,
    Purpose,
    Retention,
    Then,
    setting,
)
from privacy.erasers import Blank, DeleteLinked, ToMonth
from privacy.registry import register

CONTACT = Activity(
    name="contact",
    purpose=_("Handling your request and answering you"),
    basis=LegalBasis.CONSENT,
    people=_("People who write through the contact form"),
    recipients=_("The people of the company who answer requests, and the company’s hosting and mail providers"),
)

CONTACT_CONSENT = Purpose(
    name="contact",
    wording=_("I agree that CUSTOMER LABS uses what I write in this form to handle my request and answer me."),
)

register(
    PersonalData(
        model=ContactRequest,
        activity=CONTACT,
        person=Person(key="subject_key", address="email", language="language"),
        fields={
            "first_name": Blank(),
            "last_name": Blank(),
            "email": Blank(),
            "phone": Blank(),
            "message": Blank(),
            "subject_key": Blank(),
            "submission": Blank(),
            "consent": DeleteLinked(),
            "received_at": ToMonth(),
            "closed_at": ToMonth(),
        },
        not_personal={"language", "status", "is_anonymised"},
        provided_by_subject={"first_name", "last_name", "email", "phone", "message"},
        rectifiable={"first_name", "last_name", "email", "phone"},
        retention=Retention(clock="closed_at", keep=setting("CONTACT_RETENTION"), then=Then.ANONYMISE),
    ),
    PersonalData(
        model=Answer,
        activity=CONTACT,
        part_of="request",
        fields={"body": Blank(), "written_at": ToMonth(), "author": Blank()},
        not_personal={"request"},
        retention=Exempt(_("Goes when its request is anonymised.")),
    ),
)
