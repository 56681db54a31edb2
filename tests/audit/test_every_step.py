"""Each step of a rights request, and each act on a page of its own, leaves its line in the trail (P7.2)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customerlabs.staff.models import StaffMember
from privacy.models import RecipientNotice
from privacy.papers.admin import BUTTONS as OF_IDENTITY
from privacy.policy.rendering import current
from privacy.rights import states
from privacy.rights.desk.page import BUTTONS as OF_A_CASE
from privacy.rights.kinds import Decision, Refusal, Right, State
from privacy.rights.working import carry_out_granted
from tests.audit.acts import TYPED, Line, lines_by
from tests.consents.people import ZOE, wrote
from tests.directives.test_directives import heirs, leaves
from tests.mailings.drafts import draft, sent_off
from tests.prospects.people import confirmed
from tests.restrictions.test_stored_and_nothing_else import restrict
from tests.rights.people import asked, proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]
CASE = "privacy.rightsrequest"


def granted() -> Any:
    done = proved()
    with transaction.atomic():
        states.decide(states.locked(done.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    carry_out_granted()
    return done


CASES: dict[str, tuple[Callable[[], Any], str, str]] = {
    "write": (proved, "changed", "message"),
    "answer": (lambda: proved(Right.QUESTION), "moved", "answered"),
    "note": (proved, "changed", "note"),
    "extend": (proved, "changed", "extended"),
    "proof": (asked, "moved", "proof"),
    "requalify": (proved, "changed", "right"),
    "again": (granted, "changed", "made again"),
    "take back": (proved, "moved", "taken back"),
}


@pytest.mark.parametrize("button", OF_A_CASE)
def test_each_button_of_a_rights_request_leaves_its_line(button: str, client: Client, root: StaffMember) -> None:
    make, action, step = CASES[button]
    shown = make()
    shown.refresh_from_db()
    words = dict.fromkeys(("message", "note", "reasons", "proof_seen"), TYPED)

    client.post(
        reverse("admin:privacy_rightsrequest_change", args=[shown.pk]),
        {"do": button, "seen": shown.version, "right": Right.ERASURE, **words},
    )

    assert lines_by(root) == [(CASE, action, step)]


IDENTITY = {
    "ask": "papers asked for",
    "established": "identity established",
    "not-established": "identity not established",
    "waive": "papers waived",
}


@pytest.mark.parametrize("button", OF_IDENTITY)
def test_what_is_decided_of_an_identity_leaves_its_line(button: str, client: Client, root: StaffMember) -> None:
    shown = proved()
    shown.refresh_from_db()

    client.post(
        reverse("admin:privacy_paper_of", args=[shown.pk]), {"do": button, "seen": shown.version, "words": TYPED}
    )

    assert lines_by(root) == [(CASE, "moved", IDENTITY[button])]


def decide(client: Client, decision: str, ground: str = "") -> None:
    shown = proved()
    shown.refresh_from_db()
    page = reverse("admin:privacy_rightsrequest_decide", args=[shown.pk])
    client.post(page, {"decision": decision, "ground": ground, "words": TYPED, "seen": shown.version})


def enter_by_hand(client: Client) -> None:
    client.post(
        "/admin/privacy/rightsrequest/add/",
        {
            "right": Right.ERASURE,
            "channel": "post",
            "received_on": str(timezone.localdate()),
            "name": TYPED,
            "email": "ada@example.com",
            "language": "fr",
            "proof_seen": TYPED,
        },
    )


def look_through(client: Client) -> None:
    wrote()
    page = reverse("admin:rights-redactions", args=[proved(email=ZOE).pk])
    texts = {f"{form.prefix}-text": form.initial["text"] for form in client.get(page).context["forms"]}
    client.post(page, {**texts, "confirm": "1"})


def prepare_corrections(client: Client) -> None:
    wrote()
    key = "contact.contactrequest:last_name"
    page = reverse("admin:rights-corrections", args=[proved(Right.RECTIFICATION, email=ZOE).pk])
    client.post(page, {f"{key}-correct": "on", f"{key}-value": TYPED})


def grant_heirs(client: Client) -> None:
    page = f"/admin/privacy/heirsmeasure/prepare/{heirs().pk}/"
    client.post(page, {"ground": "85-II-2", "because": TYPED})


def prepare_restriction(client: Client) -> None:
    wrote()
    shown = proved(Right.RESTRICTION, email=ZOE, details={"ground": "18(1)(a)"})
    typed = {"purpose": "", "ground": "18(1)(a)", "reason": TYPED, "review_on": in_a_month()}
    client.post(f"/admin/privacy/restriction/prepare/{shown.pk}/", typed)


def use_restricted(client: Client) -> None:
    wrote()
    page = f"/admin/privacy/restriction/{restrict().pk}/change/"
    forms = {"uses-TOTAL_FORMS": "1", "uses-INITIAL_FORMS": "0", "uses-0-ground": "claims", "uses-0-because": TYPED}
    client.post(page, {"lifted_because": "", "lift_on": "", **forms})


def hold(client: Client) -> None:
    typed = {"address": ZOE, "ground": "17(3)(e)", "reason": TYPED, "review_on": in_a_month()}
    client.post("/admin/privacy/hold/add/", typed)


def publish(client: Client) -> None:
    day = {"effective_from": str(timezone.localdate()), "edition": current().digest}
    client.post("/admin/privacy/policyversion/add/", {"changes_fr": TYPED, "changes_en": TYPED, **day})


def tell_recipient(client: Client) -> None:
    notice = RecipientNotice.objects.create(request=proved(), recipient=TYPED, made_at=timezone.now())
    client.post(f"/admin/privacy/recipientnotice/{notice.pk}/change/", {"state": "impossible", "because": TYPED})


def carry_out_directive(client: Client) -> None:
    client.post(f"/admin/privacy/directive/{leaves('keep').pk}/carry-out/", {"proof_seen": TYPED})


def of_mailing(client: Client, name: str) -> None:
    confirmed()
    mailing = sent_off() if name == "stop" else draft()
    client.post(f"/admin/contact/mailing/{mailing.pk}/{name}/", {"edition": mailing.edition})


def in_a_month() -> str:
    return str(timezone.localdate() + timedelta(days=30))


ACTS: dict[str, tuple[Callable[[Client], None], list[Line]]] = {
    "grant": (lambda client: decide(client, "grant"), [(CASE, "moved", "granted")]),
    "grant a part": (
        lambda client: decide(client, "partly", Refusal.RIGHTS_OF_OTHERS),
        [(CASE, "moved", "granted in part")],
    ),
    "refuse": (lambda client: decide(client, "refuse", Refusal.EXCESSIVE), [(CASE, "moved", "refused")]),
    "enter by hand": (enter_by_hand, [(CASE, "added", "entered")]),
    "look through": (look_through, [(CASE, "changed", "texts, looked through")]),
    "prepare corrections": (prepare_corrections, [(CASE, "changed", "corrections")]),
    "grant heirs something": (grant_heirs, [("privacy.heirsmeasure", "added", "ground, because")]),
    "prepare a restriction": (prepare_restriction, [("privacy.restriction", "added", "prepared")]),
    "use what is restricted": (use_restricted, [("privacy.restriction", "changed", "use")]),
    "hold": (hold, [("privacy.hold", "placed", "")]),
    "publish": (publish, [("privacy.policyversion", "added", "")]),
    "tell a recipient": (tell_recipient, [("privacy.recipientnotice", "changed", "state, because")]),
    "carry out a directive": (
        carry_out_directive,
        [("privacy.hold", "placed", ""), ("privacy.directive", "ran", "")],
    ),
    "test a mailing": (lambda client: of_mailing(client, "test"), [("contact.mailing", "ran", "test")]),
    "send a mailing": (lambda client: of_mailing(client, "send"), [("contact.mailing", "moved", "sent off")]),
    "stop a mailing": (lambda client: of_mailing(client, "stop"), [("contact.mailing", "moved", "stopped")]),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_on_a_page_of_its_own_leaves_its_line(act: str, client: Client, root: StaffMember) -> None:
    do, lines = ACTS[act]

    do(client)

    assert lines_by(root) == lines
