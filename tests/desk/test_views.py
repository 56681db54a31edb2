"""The views of the inbox: who waits, for whom, and for how long."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contact.models import ContactRequest, ThreadEntry
from contact.services import add_note, answer_contact_request, assign, mark_read
from customerlabs.models import StaffMember
from privacy.letters.models import Letter
from tests.desk.desk import INBOX, Status, listed, member, request, signed_in

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.fixture
def ana() -> StaffMember:
    return member()


@pytest.fixture
def client(ana: StaffMember) -> Client:
    return signed_in(ana)


def view(client: Client, name: str = "") -> list[int]:
    return listed(client.get(INBOX, {"view": name} if name else {}))


def failed(kind: str, record_id: int) -> Letter:
    now = timezone.now()
    return Letter.objects.create(
        kind=kind, record_id=record_id, state=Letter.State.FAILED, created_at=now, due_at=now, finished_at=now
    )


def test_the_inbox_opens_on_the_open_requests_the_newest_first(client: Client) -> None:
    old = request(age=timedelta(days=3))
    new = request(age=timedelta(days=1), status=Status.ANSWERED)
    request(status=Status.CLOSED, closed_at=timezone.now())
    request(status=Status.SPAM, spam_at=timezone.now())

    shown = view(client)

    assert shown == [new.pk, old.pk]


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("x" * 69 + "y", "x" * 69 + "y<"),
        ("Do you take trainees in their second year, from January to June, or only in summer?", "to June, or…<"),
        ("x" * 71, "x" * 70 + "…<"),
    ],
)
def test_the_beginning_of_a_message_ends_after_a_word_and_says_that_it_goes_on(
    client: Client, message: str, shown: str
) -> None:
    request(message=message)

    assert shown in client.get(INBOX).content.decode()


@pytest.mark.parametrize("name", ["", "unread", "mine", "waiting", "overdue", "open", "closed", "unwanted", "all"])
def test_a_held_request_shows_nowhere(client: Client, name: str) -> None:
    request(status=Status.HELD, held_until=timezone.now(), age=timedelta(days=30))

    assert view(client, name) == []


def test_a_held_request_has_no_page(client: Client) -> None:
    held = request(status=Status.HELD, held_until=timezone.now())

    answer = client.get(f"{INBOX}{held.pk}/change/")

    assert (answer.status_code, answer["Location"]) == (302, INBOX)


def test_unread_is_what_nobody_has_touched(client: Client, ana: StaffMember) -> None:
    untouched, noted, answered, given, marked = [request(age=timedelta(hours=hour)) for hour in range(5)]

    add_note(noted.pk, author_id=ana.pk, body="Call the workshop.")
    answer_contact_request(answered.pk, author_id=ana.pk, body="Bonjour")
    assign(given.pk, assignee_id=ana.pk, by=None)
    mark_read(marked.pk, by=None)

    assert view(client, "unread") == [untouched.pk]


def test_opening_a_request_does_not_mark_it_read(client: Client) -> None:
    shown = request()

    client.get(f"{INBOX}{shown.pk}/change/")

    assert view(client, "unread") == [shown.pk]


def test_mine_are_the_open_ones_given_to_me(client: Client, ana: StaffMember) -> None:
    mine = request(assignee=ana)
    request(assignee=member(email="leo@example.com"))
    request(assignee=ana, status=Status.CLOSED, closed_at=timezone.now())

    assert view(client, "mine") == [mine.pk]


def test_who_has_waited_longest_comes_first(client: Client) -> None:
    short, long = request(age=timedelta(hours=1)), request(age=timedelta(hours=9))
    request(status=Status.ANSWERED)

    assert view(client, "waiting") == [long.pk, short.pk]


@pytest.mark.promise("P8.1")
@pytest.mark.parametrize(("age", "is_late"), [(WEEK - SECOND * 30, False), (WEEK, True), (WEEK + SECOND, True)])
def test_a_request_is_overdue_from_the_limit_on(client: Client, settings: Any, age: timedelta, is_late: bool) -> None:
    assert settings.CONTACT_OVERDUE.days == 7
    late = request(age=age)

    page = client.get(INBOX, {"view": "overdue"})

    assert listed(page) == ([late.pk] if is_late else [])
    assert ("unread, overdue" in page.content.decode()) == is_late


@pytest.mark.promise("P8.1")
def test_an_answered_request_that_nobody_closes_shows_too(client: Client) -> None:
    left = request(status=Status.ANSWERED, age=WEEK)
    request(status=Status.ANSWERED)

    assert view(client, "left-open") == [left.pk]


def test_closed_and_unwanted_have_their_views(client: Client) -> None:
    closed = request(status=Status.CLOSED, closed_at=timezone.now())
    unwanted = request(status=Status.SPAM, spam_at=timezone.now())

    assert (view(client, "closed"), view(client, "unwanted")) == ([closed.pk], [unwanted.pk])


def test_a_letter_that_failed_shows_in_the_list_and_in_a_view_of_its_own(client: Client, ana: StaffMember) -> None:
    by_letter, by_answer = request(age=timedelta(hours=1)), request(age=timedelta(hours=2))
    request()
    answer = ThreadEntry.objects.create(request=by_answer, kind=ThreadEntry.Kind.ANSWER, author=ana, body="Bonjour")
    failed("contact.acknowledgement", by_letter.pk)
    failed("contact.answer", answer.pk)

    page = client.get(INBOX)

    assert page.content.decode().count("letter not delivered") == 2
    assert view(client, "undelivered") == [by_letter.pk, by_answer.pk]


def test_a_letter_about_something_else_with_the_same_number_is_not_mistaken(client: Client) -> None:
    shown = request()
    answer = ThreadEntry.objects.create(pk=shown.pk + 1, request=shown, kind=ThreadEntry.Kind.ANSWER, body="Bonjour")
    failed("contact.answer", shown.pk)
    failed("contact.acknowledgement", answer.pk)
    failed("contact.news_confirmation", shown.pk)

    assert view(client, "undelivered") == []


def test_counts_stop_at_99(client: Client) -> None:
    ContactRequest.objects.bulk_create([ContactRequest(language="fr") for _ in range(100)])

    page = client.get(INBOX).content.decode()

    assert "Unread (99+)" in page
    assert "Overdue (0)" in page


def test_an_unknown_view_is_the_usual_one(client: Client) -> None:
    shown = request()

    assert view(client, "nonsense") == [shown.pk]


def test_filters_narrow_a_view(client: Client, ana: StaffMember) -> None:
    both = request(kind="complaint", language="en", assignee=ana)
    request(kind="complaint")
    nobodys = request(language="en")

    found = [
        listed(client.get(INBOX, {"kind__exact": "complaint", "language__exact": "en"})),
        listed(client.get(INBOX, {"assignee": ana.pk})),
        listed(client.get(INBOX, {"assignee": "nobody", "language__exact": "en"})),
    ]

    assert found == [[both.pk], [both.pk], [nobodys.pk]]


def test_an_erased_request_waits_for_nobody(client: Client) -> None:
    erased = request(is_anonymised=True, first_name="", last_name="", email="", message="", age=WEEK)

    assert [view(client, name) for name in ("unread", "waiting", "overdue", "open")] == [[], [], [], []]
    assert view(client, "all") == [erased.pk]


def test_a_page_holds_50_and_says_that_there_is_more(client: Client) -> None:
    ContactRequest.objects.bulk_create([ContactRequest(language="fr") for _ in range(51)])

    first, second = client.get(INBOX), client.get(INBOX, {"p": 2})

    assert (len(listed(first)), len(listed(second))) == (50, 1)
    assert ('rel="next"' in first.content.decode(), 'rel="prev"' in first.content.decode()) == (True, False)
    assert ('rel="next"' in second.content.decode(), 'rel="prev"' in second.content.decode()) == (False, True)


@pytest.mark.parametrize("number", ["0", "-3", "99999999999999999999999", "x"])
def test_a_page_that_is_not_there_is_no_error(client: Client, number: str) -> None:
    request()

    assert client.get(INBOX, {"p": number}).status_code == 200
