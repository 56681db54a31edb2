"""Objecting to marketing acts at once and can be undone for a week; to all use, on the proved address (P5.5)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contact.models import ContactRequest, Prospect
from contact.prospects.letters import ask_to_confirm_news
from contact.prospects.services import confirm_prospect
from privacy.erasure import erase_person
from privacy.letters.queue import deliver_due
from privacy.links import single_use
from privacy.models import Consent, ConsentEvent, RetentionRun
from privacy.objections.carriers import lift_what_was_refused
from privacy.objections.models import Objection
from privacy.objections.services import settle_objections
from privacy.periods import Period
from privacy.restrictions.models import Restriction
from privacy.retention.engine import enforce_retention
from privacy.rights.carrying_out import carriers
from privacy.rights.intake import enter, prove, submit
from privacy.rights.kinds import Channel, Decision, Right, State
from privacy.rights.links import PROVE
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import decide, locked
from privacy.rights.working import carry_out_granted
from tests.consents.people import ZOE, wrote
from tests.desk.desk import member
from tests.mailings.drafts import send_all, sent_off
from tests.privacy.planting import database
from tests.prospects.people import ask, confirmed, token_for

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.5")]
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


def objects(email: str = ZOE, right: Right = Right.MARKETING, language: str = "fr", **more: Any) -> RightsRequest:
    return submit(right, name="Zoé Lefèvre", email=email, language=language, **more)


def proves(request: RightsRequest) -> RightsRequest:
    done = prove(single_use.mint(PROVE, request, subject_key=request.subject_key, life=WEEK))
    assert done is not None
    done.refresh_from_db()
    return done


def link() -> str:
    """Where the letter of an objection leads to undo it."""
    deliver_due()
    found = next(str(each.body) for each in reversed(mail.outbox) if "/opposition/" in each.body)
    return "/fr/opposition/" + found.split("/fr/opposition/", 1)[1].split()[0]


@pytest.mark.promise("P3.2", "P8.2")
def test_mailings_stop_at_once_even_those_already_queued() -> None:
    confirmed()
    sent_off()

    request = objects()
    send_all()

    assert [letter.to for letter in mail.outbox if "automne" in letter.subject] == []
    assert not Prospect.objects.confirmed().exists()
    assert Prospect.objects.exists()
    assert (request.state, request.proof) == (State.DONE, "not-needed")


def test_the_same_is_written_for_every_address() -> None:
    confirmed()
    written = []
    for address in (ZOE, "nobody.known@example.com"):
        with CaptureQueriesContext(connection) as captured:
            objects(address)
        statements = [query["sql"] for query in captured.captured_queries if "SAVEPOINT" not in query["sql"]]
        written.append([statement.split(" ")[:3] for statement in statements])

    assert written[0] == written[1]
    assert Prospect.objects.count() == 1


def test_the_link_undoes_it_and_a_second_click_is_told_that_all_is_well(client: Client) -> None:
    confirmed()
    objects()
    page = link()

    shown = client.get(page)
    before = Objection.objects.count()
    answers = [client.post(page) for _ in range(2)]

    assert (shown.status_code, before) == (200, 1)
    assert "noindex" in shown["X-Robots-Tag"]
    assert [answer["Location"] for answer in answers] == ["/fr/opposition/annulee/"] * 2
    assert client.get("/fr/opposition/annulee/").status_code == 200
    assert not Objection.objects.exists()
    assert Prospect.objects.confirmed().exists()
    with time_machine.travel(timezone.now() + WEEK):
        assert settle_objections() == 0


def test_undoing_one_objection_keeps_an_earlier_one(client: Client) -> None:
    confirmed()
    objects()
    objects()

    client.post(link())

    assert Objection.objects.count() == 1
    assert not Prospect.objects.confirmed().exists()


def test_a_wrong_link_and_one_that_is_too_old_undo_nothing(client: Client) -> None:
    objects()
    page = link()

    wrong = client.post("/fr/opposition/" + "A" * 22 + "/").status_code
    with time_machine.travel(timezone.now() + WEEK + SECOND):
        old = client.post(page).status_code

    assert (wrong, old, Objection.objects.count()) == (410, 410, 1)


@pytest.mark.promise("P5.6")
@pytest.mark.parametrize(("offset", "left"), [(-SECOND * 5, 1), (SECOND * 5, 0)])
def test_after_a_week_what_rests_on_the_consent_ends_once(offset: timedelta, left: int) -> None:
    confirmed()
    wrote()
    objects()

    with time_machine.travel(timezone.now() + WEEK + offset):
        settle_objections()
        settle_objections()

    assert Prospect.objects.count() == left
    assert ConsentEvent.objects.filter(form="objection", kind="withdrawn").count() == 1 - left
    assert ContactRequest.objects.get().email == ZOE
    assert Objection.objects.count() == 1


def test_a_new_opt_in_is_a_later_wish_and_wins() -> None:
    confirmed()
    objects()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        confirm_prospect(token_for(ask()), language="fr")
    with time_machine.travel(timezone.now() + WEEK + SECOND):
        settle_objections()

    assert Prospect.objects.confirmed().count() == 1
    assert Consent.objects.live().filter(purpose="news").count() == 1


def test_who_asked_and_then_objected_is_not_even_asked_to_confirm() -> None:
    pending = ask()

    objects()

    assert ask_to_confirm_news(pending) is None


def test_the_same_form_sent_twice_is_one_objection() -> None:
    number = uuid4()

    objects(submission=number)
    objects(submission=number)

    assert (RightsRequest.objects.count(), Objection.objects.count()) == (1, 1)


def test_a_row_under_an_older_key_is_found(settings: Any) -> None:
    confirmed()
    settings.SUBJECT_KEYS = ["a newer key", *settings.SUBJECT_KEYS]

    objects()

    assert Objection.objects.count() == 2
    assert not Prospect.objects.confirmed().exists()
    with time_machine.travel(timezone.now() + WEEK + SECOND):
        settle_objections()
    assert not Prospect.objects.exists()


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize(("days", "left"), [(-1, 1), (1, 0)])
def test_it_is_remembered_three_years_from_the_last_one_and_without_an_address(days: int, left: int) -> None:
    objects()
    erase_person(ZOE)

    assert ZOE not in " ".join(database(without=("django_session",)))
    three_years_later = Period(years=3).after(timezone.now())
    enforce_retention(RetentionRun.Trigger.COMMAND, now=three_years_later + timedelta(days=days))
    assert Objection.objects.count() == left


@pytest.mark.promise("P5.6")
def test_objecting_to_all_ends_what_rests_on_consent_on_the_proved_address_and_nothing_is_left_to_decide() -> None:
    wrote()
    confirmed()
    request = objects(right=Right.OBJECTION)
    before = ContactRequest.objects.filter(email=ZOE).count()

    done = proves(request)

    assert (before, done.state, done.proof) == (1, State.DONE, "link")
    assert not ContactRequest.objects.filter(email=ZOE).exists()
    assert not Prospect.objects.exists()
    assert not Consent.objects.live().exists()
    assert Objection.objects.count() == 1


def of_a_colleague() -> RightsRequest:
    """Somebody of whom something is held on another ground than consent."""
    member("Staff", "leo@example.com", is_active=False)
    return proves(objects("leo@example.com", right=Right.OBJECTION))


@pytest.mark.promise("P5.4")
def test_what_is_held_on_another_ground_is_restricted_while_it_is_weighed() -> None:
    request = of_a_colleague()

    assert request.state == State.OPEN
    restriction = Restriction.objects.standing().get()
    assert (restriction.ground, restriction.request) == ("18(1)(d)", request)


@pytest.mark.django_db(transaction=True)
def test_an_objection_that_is_upheld_erases_the_rest() -> None:
    request = of_a_colleague()
    with transaction.atomic():
        decide(locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)

    assert carry_out_granted() == 1

    request.refresh_from_db()
    assert request.state == State.DONE
    assert "leo@example.com" not in " ".join(database(without=("privacy_casefile",)))


@pytest.mark.promise("P5.4")
def test_one_that_is_refused_announces_that_the_restriction_ends() -> None:
    request = of_a_colleague()
    decide(locked(request.pk, among=[State.OPEN]), Decision.REFUSED, by=None, refusal="21(1)")

    assert (lift_what_was_refused(), lift_what_was_refused()) == (1, 0)

    restriction = Restriction.objects.get()
    assert restriction.stands
    assert "pas été retenue" in restriction.lifted_because


@pytest.mark.promise("P5.6")
def test_withdrawing_as_a_right_takes_back_what_was_named_and_no_more() -> None:
    wrote()
    confirmed()

    done = proves(objects(right=Right.WITHDRAWAL, details={"purposes": ["news"]}))

    assert done.state == State.DONE
    assert not Prospect.objects.exists()
    assert ContactRequest.objects.filter(email=ZOE).exists()
    proves(objects(right=Right.WITHDRAWAL))
    assert not ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.parametrize("right", [Right.MARKETING, Right.OBJECTION, Right.WITHDRAWAL, Right.DIRECTIVE])
def test_a_letter_by_post_without_an_address_waits_for_one_and_is_not_settled(right: Right) -> None:
    request = enter(
        right,
        by=member("DPO").pk,
        channel=Channel.POST,
        received_at=timezone.now(),
        name="Zoé Lefèvre",
        email="",
        language="fr",
        proof_seen="Lettre signée.",
    )

    request.refresh_from_db()
    carrier = carriers.of(request)
    assert carrier is not None
    assert request.state == State.OPEN
    with translation.override("en"):
        assert "No e-mail address is known" in str(carrier.unready(request))
    assert not Objection.objects.exists()


def test_undoing_is_noted_in_the_file(client: Client) -> None:
    request = objects()

    client.post(link())

    assert CaseEvent.objects.filter(file__request=request, kind="noted").exists()
