"""GET and HEAD change nothing but the audit trail and sessions: scanners of mail and previews open what they find."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from contact.letters import CONFIRM_LINK
from contact.models import ContactRequest
from customerlabs.security.routes import ROUTES, For
from privacy.letters.queue import deliver_due
from privacy.links import signed, single_use
from privacy.models import ErasureReceipt
from privacy.objections.letters import UNDO
from privacy.rights.fulfilment.links import RECEIPT
from privacy.rights.kinds import Right
from privacy.rights.links import PROVE
from tests.audit.test_every_page import pages
from tests.consents.people import address_of, choice, wrote
from tests.desk.desk import member, request, signed_in
from tests.directives.test_directives import leaves
from tests.directives.test_directives import page as page_of_directive
from tests.fulfilment.granting import carry_out, granted
from tests.fulfilment.test_portability import handed
from tests.privacy.planting import Canary, database, tables_of_somebody
from tests.prospects.people import ask, link_for
from tests.rights.pages import at, following, link_of
from tests.rights.people import asked, proved
from tests.security.addresses import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
MAY_CHANGE = ("django_session", "customerlabs_signin", "privacy_auditentry", "privacy_audithead")
PAPER_READ = re.compile(r"privacy_caseevent \(\d+,read,")
PUBLIC = {
    name
    for name, route in ROUTES.items()
    if route.who in {For.ANYBODY, For.HOLDER, For.PROGRAM} and "GET" in route.methods
}
TIMES = 50
"""What mails lead to is opened by scanners again and again; where there is time for it (make faults), all is."""
DAY = timedelta(days=1)


def often(few: int) -> pytest.MarkDecorator:
    at_leisure = pytest.param(TIMES, marks=[pytest.mark.faults, pytest.mark.timeout(900)])
    return pytest.mark.parametrize("times", [few, at_leisure])


def kept() -> list[str]:
    """The database without sessions and the trail; that a paper was opened stands in the file of its request."""
    return [row for row in database(without=MAY_CHANGE) if not PAPER_READ.match(row)]


def live_links() -> dict[str, str]:
    """A link of each kind, as a mail would hold it, that could still act."""
    held = request(status=ContactRequest.Status.HELD, held_until=timezone.now() + DAY)
    to_prove, objecting, followed = asked(), asked(Right.MARKETING), proved()
    erased = carry_out(granted(Right.ERASURE, "erased@example.com"))
    return {
        "contact:confirm": at("contact:confirm", _minted(CONFIRM_LINK, held)),
        "contact:news-confirm": at("contact:news-confirm", link_for(ask("asks@example.com"))),
        "choose-consents": choice(wrote("writes@example.com").email),
        "withdraw-consent": address_of(wrote("agrees@example.com").consent),
        "change-directive": page_of_directive(leaves()),
        "undo-objection": at("undo-objection", _minted(UNDO, objecting)),
        "rights-prove": at("rights-prove", _minted(PROVE, to_prove)),
        "rights-enter": link_of(followed),
        "rights-transfer": handed()[2],
        "erasure-receipt": at("erasure-receipt", signed.sign(RECEIPT, ErasureReceipt.objects.get(request=erased).pk)),
    }


def opened(client: Client, address: str, times: int) -> set[int]:
    return {getattr(client, method)(address).status_code for method in ("get", "head") * (times // 2)}


def _minted(purpose: str, record: Any) -> str:
    return single_use.mint(purpose, record, subject_key=record.subject_key, life=DAY)


@often(6)
def test_no_page_and_no_link_of_a_mail_changes_anything_when_it_is_read(settings: Any, times: int) -> None:
    settings.AUDIENCE = True
    links = live_links()
    readable = {name: route for name, route in addresses() if name in PUBLIC} | links
    for name, route in readable.items():
        readable[name] = (
            route.replace("<str:reference>", "2222-2222")
            .replace("<int:number>", "1")
            .replace("<str:uidb36>/<str:key>", "1/x")
        )
    assert [route for route in readable.values() if "<" in route] == []
    visitor, holder = Client(headers={"user-agent": "Scanner"}), following(Client(), proved())
    for client in (visitor, holder):
        for route in readable.values():
            client.get(route)  # What is made at the first sight of a page, such as a session, is there.
    deliver_due()
    sent, before = len(mail.outbox), kept()

    statuses = {name: opened(visitor, route, times) for name, route in readable.items()}
    opened(holder, readable["rights-request"], times)

    assert {name: statuses[name] for name in links} == {name: {200} for name in links}
    assert kept() == before
    assert len(mail.outbox) == sent


@often(2)
def test_no_page_of_the_admin_changes_anything_when_it_is_read(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)
    canary = Canary.new()
    for table in tables_of_somebody():
        canary.plant(table)
    staff = signed_in(member("", email="root@example.com", is_superuser=True))
    shown = [page for page in pages() if not page.posted]
    before = kept()

    # What shows nothing, since it is refused or leads elsewhere, is not opened again and again.
    pages_shown = [page for page in shown if opened(staff, page.address, 2) == {200}]
    answered = {page.name for page in pages_shown if opened(staff, page.address, times - 2) <= {200}}

    assert kept() == before
    records = {f"{table.label.replace('.', '_')}_change" for table in tables_of_somebody()}
    records.discard("privacy_paper_change")  # Who opens a paper confirms first who they are.
    assert {page.name for page in shown if page.name.endswith("_changelist") or page.name in records} <= answered
