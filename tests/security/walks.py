"""Everything a stranger can do on the site, and what staff then do with it: one way through, for tests that look on."""

from typing import Any

from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import reverse

from contact.mailings.models import Mailing
from contact.mailings.services import look_after_mailings
from contact.models import ContactRequest
from privacy.consents.models import Consent
from privacy.letters.queue import deliver_due
from privacy.rights import states
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import RightsRequest
from privacy.rights.working import carry_out_granted
from tests.desk.desk import INBOX, press
from tests.mailings.drafts import send_all
from tests.security.robot import Robot
from tests.site.pages import FORMS, address

PICKED = {"ground": "17(1)(f)", "choice": "communicate", "wish": "close", "do": "submit"}
"""What is picked where a first choice would be refused."""


def without_limits(settings: Any) -> None:
    for name in ("RIGHTS_LIMIT_CLIENT", "RIGHTS_LIMIT_SITE", "WITHDRAWAL_LIMIT_CLIENT", "LETTERS_PER_ADDRESS"):
        setattr(settings, name, 1000)
    settings.CONTACT_LIMIT_CLIENT = settings.CONTACT_LIMIT_SITE = (1000, 1000)


def write_everywhere(visitor: Robot) -> None:
    """Each public form is filled in; each link of each mail is opened, and whatever is there is filled in too."""
    for name in [*FORMS, "cookies:manage"]:
        visitor.chosen = dict(PICKED)
        if name == "rights-restriction":
            visitor.chosen["ground"] = "18(1)(a)"
        visitor.fill_in(address(name, "fr"))
    opened = 0
    for _ in range(3):  # A link that proves an address leads to more mails.
        deliver_due()
        visitor.chosen = {}
        visitor.open_links(mail.outbox[opened:])
        opened = len(mail.outbox)
    visitor.fill_in(address("rights-request", "fr"))  # What the last link opened: a message, papers, taking it back.
    # Whoever opens every link takes everything back: somebody else only confirms, and stays for the staff.
    first = visitor.address
    visitor.address = lambda name: f"second.{first(name)}"
    for name in ("contact:form", "rights-access", "rights-portability", "rights-erasure", "rights-question"):
        visitor.fill_in(address(name, "fr"))
    deliver_due()
    visitor.open_links(mail.outbox[opened:], only=("confirm", "prouver"))


def work_through(staff: Client, words: str) -> dict[str, Any]:
    """Staff answer, note and close; the officer decides; a mailing leaves. What they take away, by its address."""
    shown = ContactRequest.objects.exclude(email="").latest("pk")
    searched = staff.post(INBOX, {"q": words, "_search": "1"})
    staff.get(searched["Location"])
    for button, typed in (("note", {"note": words}), ("answer", {"answer": words}), ("close", {})):
        press(staff, shown, button, **typed)
    taken = {page: staff.post(page, {"reason": words[:40]}) for page in ("/admin/contact/prospect/export/",)}
    draft = {"subject_fr": "Été", "body_fr": words, "subject_en": "Summer", "body_en": words}
    staff.post("/admin/contact/mailing/add/", draft)
    mailing = Mailing.objects.latest("pk")
    for name in ("review", "test", "send"):
        staff.post(f"/admin/contact/mailing/{mailing.pk}/{name}/", {"edition": mailing.edition})
    send_all()
    look_after_mailings()
    for case in RightsRequest.objects.filter(state=State.OPEN):
        page = reverse("admin:privacy_rightsrequest_change", args=[case.pk])
        staff.post(page, {"do": "note", "seen": case.version, "note": words})
        case.refresh_from_db()
        given = {"seen": case.version, "decision": "grant", "do": "decide", "words": words}
        staff.post(reverse("admin:privacy_rightsrequest_decide", args=[case.pk]), given)
    for case in RightsRequest.objects.filter(state=State.OPEN, right__in=[Right.ACCESS, Right.PORTABILITY]):
        with transaction.atomic():  # What waits for the officer to have read it through.
            states.decide(states.locked(case.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    carry_out_granted()
    deliver_due()
    consents = list(Consent.objects.values_list("pk", flat=True))
    for name in ("take_csv", "take_json"):
        posted = {"action": name, "_selected_action": consents}
        taken[name] = staff.post("/admin/privacy/consent/", posted)
    taken["trail"] = staff.post("/admin/privacy/auditentry/", {"_export": "1"})
    for page in ("/admin/record/csv/", "/admin/record/json/"):
        taken[page] = staff.get(page)
    return taken
