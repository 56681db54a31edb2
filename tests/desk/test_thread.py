"""The page of one request: its thread in order, and what each button does."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contact.models import AnswerTemplate, ContactRequest, ThreadEntry
from contact.services import (
    add_note,
    answer_contact_request,
    assign,
    close_contact_request,
    mark_as_spam,
    record_reply,
)
from customerlabs.models import StaffMember
from privacy.letters.models import Letter
from tests.desk.desk import INBOX, Status, listed, member, page_of, press, request, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> StaffMember:
    return member()


@pytest.fixture
def client(ana: StaffMember) -> Client:
    return signed_in(ana)


def text(response: Any) -> str:
    body: str = response.content.decode()
    return body


def answer_box(response: Any) -> str:
    return str(response.context["form"]["answer"].value())


def test_the_thread_shows_in_order_with_author_and_date(client: Client, ana: StaffMember) -> None:
    shown = request(message="First words")
    leo = member(email="leo@example.com", first_name="", last_name="")
    add_note(shown.pk, author_id=leo.pk, body="A note")
    answer_contact_request(shown.pk, author_id=ana.pk, body="An answer")
    record_reply(shown.pk, author_id=ana.pk, body="A reply")

    page = text(client.get(page_of(shown)))

    places = [page.index(words) for words in ("First words", "A note", "An answer", "A reply")]
    assert places == sorted(places)
    assert page.index("leo@example.com") < page.index("A note") < page.index("Ana Roux") < page.index("An answer")


def test_what_a_visitor_wrote_is_shown_as_text_and_can_not_be_changed(client: Client) -> None:
    shown = request(message="<script>alert(1)</script> & {{ settings }}", first_name="<b>")

    page = text(client.get(page_of(shown)))
    press(client, shown, "note", note="x", message="changed", first_name="changed")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {{ settings }}" in page
    shown.refresh_from_db()
    assert (shown.message, shown.first_name) == ("<script>alert(1)</script> & {{ settings }}", "<b>")


def test_looking_changes_nothing(client: Client) -> None:
    shown = request()
    before = ContactRequest.objects.values().get(pk=shown.pk)

    client.get(page_of(shown))

    assert ContactRequest.objects.values().get(pk=shown.pk) == before


def test_the_page_names_nobody_in_its_title_and_address(client: Client) -> None:
    shown = request()

    page = text(client.get(page_of(shown)))

    assert page[page.index("<title>") : page.index("</title>")].split() == [
        "<title>Request", str(shown.pk), "|", "CUSTOMER", "LABS",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "number", "shown_as"),
    [("fr", "+33123456789", "01 23 45 67 89"), ("en", "+33123456789", "+33 1 23 45 67 89")],
)
def test_a_number_is_shown_as_its_reader_dials_it(ana: StaffMember, language: str, number: str, shown_as: str) -> None:
    shown = request(phone=number)

    page = text(signed_in(ana, language).get(page_of(shown)))

    assert shown_as in page


@pytest.mark.promise("P3.3")
@pytest.mark.parametrize(("button", "status"), [("answer", Status.ANSWERED), ("answer_and_close", Status.CLOSED)])
def test_an_answer_is_written_and_queued(client: Client, ana: StaffMember, button: str, status: str) -> None:
    shown = request(kind="question")

    press(client, shown, button, answer="Bonjour,\r\nc’est parti.")

    answer = shown.entries.get()
    assert (answer.kind, answer.author, answer.body) == (ThreadEntry.Kind.ANSWER, ana, "Bonjour,\nc’est parti.")
    assert Letter.objects.get(kind="contact.answer").record_id == answer.pk
    shown.refresh_from_db()
    assert shown.status == status


@pytest.mark.parametrize(
    ("button", "field", "kind", "status"),
    [("note", "note", "note", Status.ANSWERED), ("reply", "reply", "reply", Status.NEW)],
)
def test_notes_and_replies_are_written_and_not_sent(
    client: Client, button: str, field: str, kind: str, status: str
) -> None:
    shown = request(status=Status.ANSWERED)

    press(client, shown, button, **{field: "Some words"})

    assert shown.entries.get().kind == kind
    assert not Letter.objects.exists()
    shown.refresh_from_db()
    assert shown.status == status


@pytest.mark.parametrize("button", ["answer", "answer_and_close", "reply", "note"])
def test_an_empty_box_is_an_error_beside_it(client: Client, button: str) -> None:
    shown = request()

    answer = press(client, shown, button, answer="  ", reply="", note="\n")

    assert answer.status_code == 422
    assert "errorlist" in text(answer)
    assert not shown.entries.exists()


def test_a_button_that_is_not_there_does_nothing(client: Client) -> None:
    shown = request()

    assert press(client, shown, "explode").status_code == 422
    assert client.post(page_of(shown), {"do": "close", "seen": "x"}).status_code == 422
    shown.refresh_from_db()
    assert shown.status == Status.NEW


def test_it_can_be_given_to_me_to_a_colleague_and_to_nobody(client: Client, ana: StaffMember) -> None:
    shown, leo = request(), member(email="leo@example.com")
    given: list[int | None] = []

    for button, assignee in (("take", ""), ("assign", leo.pk), ("assign", "")):
        press(client, shown, button, assignee=assignee)
        given.append(ContactRequest.objects.get().assignee_id)

    assert given == [ana.pk, leo.pk, None]


def test_it_can_not_be_given_to_who_may_not_answer(client: Client) -> None:
    shown = request()
    gone = member(email="gone@example.com", is_active=False)
    outsider = member("", email="outsider@example.com")

    answers = [press(client, shown, "assign", assignee=who.pk).status_code for who in (gone, outsider)]

    assert answers == [422, 422]


def test_it_can_be_marked_read_closed_and_opened_again(client: Client) -> None:
    shown = request()
    states = []

    for button in ("read", "close", "reopen", "unwanted", "reopen"):
        press(client, shown, button)
        shown.refresh_from_db()
        states.append((shown.status, shown.closed_at is not None, shown.spam_at is not None))

    assert shown.read_at is not None
    assert states == [
        (Status.NEW, False, False),
        (Status.CLOSED, True, False),
        (Status.NEW, False, False),
        (Status.SPAM, False, True),
        (Status.NEW, False, False),
    ]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_template_comes_in_the_visitors_language_after_what_was_typed(client: Client, language: str) -> None:
    template = AnswerTemplate.objects.create(name="Thanks", body_fr="Merci !", body_en="Thank you!")
    shown = request(language=language)

    answer = press(client, shown, "insert", answer="Zoé,", note="half a note", template=template.pk)

    assert answer.status_code == 200
    assert answer_box(answer) == ("Zoé,\n\nMerci !" if language == "fr" else "Zoé,\n\nThank you!")
    assert "half a note" in text(answer)
    assert not shown.entries.exists()


def test_inserting_no_template_says_so_and_keeps_what_was_typed(client: Client) -> None:
    AnswerTemplate.objects.create(name="Thanks", body_fr="Merci !", body_en="Thank you!")

    answer = press(client, request(), "insert", answer="Zoé,")

    assert "Choose a template first." in text(answer)
    assert answer_box(answer) == "Zoé,"


def test_another_draft_stays_when_one_is_used(client: Client) -> None:
    shown = request()

    answer = press(client, shown, "note", note="Called her.", answer="Half an answer")

    assert answer_box(answer) == "Half an answer"
    assert answer.context["form"]["note"].value() == ""
    assert press_again(client, answer, shown).status_code == 302


def press_again(client: Client, answer: Any, shown: ContactRequest) -> Any:
    form = answer.context["form"]
    return client.post(page_of(shown), {"do": "answer", "seen": form["seen"].value(), "answer": form["answer"].value()})


@pytest.mark.parametrize("button", ["answer", "answer_and_close", "reply", "note"])
def test_what_was_typed_stays_when_somebody_closed_it_meanwhile(client: Client, button: str) -> None:
    shown = request()
    close_contact_request(shown.pk, by=None)

    answer = press(client, shown, button, answer="My long answer", reply="r", note="n")

    assert answer.status_code == 409
    assert "This request is closed: nothing was sent or changed." in text(answer)
    assert "My long answer" in text(answer)
    assert not shown.entries.exists()
    assert not Letter.objects.exists()


def test_two_who_answer_at_once_do_not_send_two_answers(client: Client, ana: StaffMember) -> None:
    shown = request()
    answer_contact_request(shown.pk, author_id=ana.pk, body="Mine was first")

    second = client.post(page_of(shown), {"do": "answer", "seen": 0, "answer": "Mine too"})

    assert second.status_code == 409
    assert "Something was added to this request" in text(second)
    assert "Mine was first" in text(second)
    assert answer_box(second) == "Mine too"
    assert Letter.objects.filter(kind="contact.answer").count() == 1
    assert press_again(client, second, shown).status_code == 302


def test_the_other_buttons_say_so_too_when_it_was_closed_or_is_gone(client: Client) -> None:
    shown = request()
    mark_as_spam(shown.pk, by=None)

    answers = [press(client, shown, button).status_code for button in ("close", "unwanted", "assign", "take")]

    assert answers == [409, 409, 409, 409]


def test_an_anonymised_request_can_be_read_and_nothing_else(client: Client) -> None:
    shown = request(
        status=Status.CLOSED, closed_at=timezone.now(), is_anonymised=True, email="", message="", first_name="",
        last_name="", subject_key="",
    )  # fmt: skip

    page = client.get(page_of(shown))
    answer = press(client, shown, "reopen")

    assert "(anonymised)" in text(page)
    assert "<button" not in text(page).split('id="content-main"')[1].split("</main>")[0]
    assert answer.status_code == 409


def test_other_requests_of_the_same_person_are_a_link_away(client: Client) -> None:
    shown = request(email="zoe@example.com")
    same = request(email="Zoe@EXAMPLE.com", status=Status.CLOSED, closed_at=timezone.now())
    other = request(email="leo@example.com")

    page = client.get(page_of(shown))
    all_of_theirs = client.get(page.context["all_of_theirs"])

    assert page_of(same) in text(page)
    assert page_of(other) not in text(page)
    assert "zoe" not in page.context["all_of_theirs"].lower()
    assert sorted(listed(all_of_theirs)) == [shown.pk, same.pk]


def test_a_letter_that_failed_is_the_first_thing_to_read(client: Client, ana: StaffMember) -> None:
    shown = request()
    answer_contact_request(shown.pk, author_id=ana.pk, body="Bonjour")
    Letter.objects.update(state=Letter.State.FAILED, error="SMTPRecipientsRefused 550", finished_at=timezone.now())

    page = text(client.get(page_of(shown)))

    assert page.index("Not delivered: answer") < page.index("SMTPRecipientsRefused 550") < page.index("The visitor")


def test_a_closed_request_says_until_when_it_can_be_read(client: Client, settings: Any) -> None:
    closed = request(status=Status.CLOSED, closed_at=timezone.now())
    unwanted = request(status=Status.SPAM, spam_at=timezone.now())
    limits = [timezone.localtime(timezone.now() + timedelta(days=days)).strftime("%-d, %Y") for days in (30, 7)]

    pages = [text(client.get(page_of(shown))) for shown in (closed, unwanted)]

    assert "Anonymised from" in pages[0]
    assert limits[0] in pages[0]
    assert "Deleted from" in pages[1]
    assert limits[1] in pages[1]


def test_closing_goes_back_to_the_list_one_came_from(client: Client) -> None:
    shown = request()

    answer = client.post(f"{page_of(shown)}?_changelist_filters=view%3Doverdue", {"do": "close", "seen": 0})

    assert answer["Location"] == f"{INBOX}?view=overdue"


def test_a_request_that_is_gone_leads_back_to_the_list(client: Client) -> None:
    answers = [client.get(f"{INBOX}{number}/change/") for number in ("999999", "x")]

    assert [answer["Location"] for answer in answers] == [INBOX, INBOX]


def test_who_may_only_look_finds_no_button_and_can_do_nothing(ana: StaffMember) -> None:
    from django.contrib.auth.models import Permission

    looker = member("", email="looker@example.com")
    looker.user_permissions.add(Permission.objects.get(codename="view_contactrequest"))
    client, shown = signed_in(looker), request()

    page, answer = client.get(page_of(shown)), press(client, shown, "close")

    assert (page.status_code, answer.status_code) == (200, 403)
    assert 'name="do"' not in text(page)


def test_assigning_marks_it_read(client: Client, ana: StaffMember) -> None:
    shown = request()

    assign(shown.pk, assignee_id=ana.pk, by=None)

    shown.refresh_from_db()
    assert shown.read_at is not None
