"""The officer's queue, the page of a request, and the decision."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact.models import ContactRequest
from privacy.letters.models import Letter
from privacy.models import RetentionRun
from privacy.retention.engine import enforce_retention
from privacy.rights import states
from privacy.rights.carrying_out import Carrier, Plan, PlanLine, carriers
from privacy.rights.desk.models import ReplyTemplate
from privacy.rights.desk.reminders import remind_officer
from privacy.rights.following.writing import write_message
from privacy.rights.fulfilment.models import Result
from privacy.rights.intake import take_back
from privacy.rights.kinds import Channel, Decision, Refusal, Right, State
from privacy.rights.letters import tell_officer_of
from privacy.rights.models import CaseEvent, CaseFile, RightsRequest
from privacy.rights.states import done
from privacy.rights.working import carry_out_granted
from tests.desk.desk import listed, member, press, signed_in
from tests.desk.desk import request as message
from tests.rights.people import asked, entered, proved
from tests.signing_in import five_minutes_later

pytestmark = pytest.mark.django_db
QUEUE = "/admin/privacy/rightsrequest/"
PASSWORD = "a long enough password of mine"


@pytest.fixture
def officer() -> Client:
    who = member("DPO", email="dpo@example.com")
    who.set_password(PASSWORD)
    who.save()
    return signed_in(who)


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Access carried out by nothing but a line in a list."""
    begun: list[int] = []

    def carry_out(pk: int) -> None:
        begun.append(pk)
        done(pk)

    line = PlanLine(label="x", name="messages", found=3, done=2, kept=1, because=("a claim",))
    carrier = Carrier(right=Right.ACCESS, plan=lambda request: Plan(lines=(line,)), carry_out=carry_out)
    monkeypatch.setitem(carriers.by_right, Right.ACCESS, carrier)
    return begun


def page(shown: RightsRequest, name: str = "change") -> str:
    return reverse(f"admin:privacy_rightsrequest_{name}", args=[shown.pk])


def do(client: Client, shown: RightsRequest, button: str, **typed: Any) -> Any:
    return client.post(page(shown), {"do": button, "seen": shown.version, **typed})


@pytest.mark.promise("P6.1")
def test_the_queue_is_in_the_order_of_the_legal_dates_and_says_how_long_is_left(officer: Client) -> None:
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        later = proved()
    with time_machine.travel("2026-02-10T09:00:00Z", tick=False):
        sooner = proved()
        unproved = asked()
    with time_machine.travel("2026-03-09T09:00:00Z", tick=False):
        client = signed_in(member("DPO"))
        shown = client.get(QUEUE)
        assert listed(shown) == [sooner.pk, later.pk]
        assert "1 day left" in shown.content.decode()
        assert "1 request whose address is not proved yet" in shown.content.decode()
        assert listed(client.get(QUEUE, {"view": "unproved"})) == [unproved.pk]
    with time_machine.travel("2026-03-12T09:00:00Z", tick=False):
        assert "2 days late" in signed_in(member("DPO", email="b@example.com")).get(QUEUE).content.decode()


@pytest.mark.promise("P6.1")
def test_the_queue_writes_a_first_day_of_a_month_as_the_french_do() -> None:
    with time_machine.travel("2026-06-01T09:00:00Z", tick=False):
        proved()
        shown = signed_in(member("DPO"), "fr").get(QUEUE).content.decode()

    assert "1er juillet 2026" in shown


def test_a_search_that_finds_nothing_says_so_as_the_french_count() -> None:
    officer = signed_in(member("DPO"), "fr")

    empty = officer.get(QUEUE).content.decode()
    found = officer.post(QUEUE, {"_search": "1", "q": "nobody@example.com"}, follow=True).content.decode()

    assert "Rien ici." in empty
    assert "0 demandes" not in empty + found
    assert "0 résultat<" in found


def test_the_page_of_a_decision_is_called_by_what_is_done_there(officer: Client) -> None:
    shown = officer.get(page(proved(), "decide")).content.decode()

    assert "<h2>Look and decide</h2>" in shown
    assert "<title>Look and decide |" in shown


@pytest.mark.parametrize("how", ["reference", "spoken", "address"])
def test_a_request_is_found_by_its_reference_or_its_address_and_neither_stands_in_the_page_s_address(
    officer: Client, how: str
) -> None:
    shown, _other = proved(email="Zoe@Example.com"), proved()
    words = {
        "reference": shown.reference,
        "spoken": shown.reference.lower().replace("-", " "),
        "address": "zoe@example.com",
    }[how]
    answer = officer.post(QUEUE, {"_search": "1", "q": words}, follow=True)
    assert listed(answer) == [shown.pk]
    assert words not in answer.redirect_chain[-1][0]


def test_the_number_of_statements_of_the_queue_does_not_grow(officer: Client) -> None:
    proved()
    with CaptureQueriesContext(
        connection,
    ) as few:
        officer.get(QUEUE)
    for _ in range(8):
        proved()
    with CaptureQueriesContext(connection) as many:
        officer.get(QUEUE)
    assert len(many) == len(few)


def test_staff_who_answer_messages_see_no_rights_request() -> None:
    shown = proved()
    staff = signed_in(member())
    for address in (QUEUE, page(shown), page(shown, "decide"), page(shown, "print"), f"{QUEUE}add/"):
        assert staff.get(address).status_code == 403


def test_what_the_officer_writes_goes_to_the_person_and_a_note_does_not(officer: Client) -> None:
    shown = proved()
    assert do(officer, shown, "write", message="Which year?").status_code == 302
    shown.refresh_from_db()
    assert do(officer, shown, "note", note="Looks for 2019").status_code == 302
    events = {event.kind: event for event in CaseEvent.objects.filter(file__request=shown)}
    assert events["answer"].shown
    assert not events["note"].shown
    assert Letter.objects.filter(kind="privacy.rights-event", record_id=events["answer"].pk).exists()
    assert not Letter.objects.filter(record_id=events["note"].pk, kind="privacy.rights-event").exists()


def test_a_button_without_its_words_says_what_is_missing_and_keeps_the_rest(officer: Client) -> None:
    shown = proved()
    answer = do(officer, shown, "write", note="half a note")
    assert answer.status_code == 422
    assert "Write your message first." in answer.content.decode()
    assert "half a note" in answer.content.decode()


@pytest.mark.promise("P6.1")
def test_time_is_extended_once_within_the_first_month_with_reasons_told(officer: Client) -> None:
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        shown = proved()
        client = signed_in(member("DPO"))
        assert do(client, shown, "extend", reasons="").status_code == 422
        assert do(client, shown, "extend", reasons="Ten years of letters").status_code == 302
        shown.refresh_from_db()
        assert str(shown.due_on) == "2026-06-02"
        event = CaseEvent.objects.get(file__request=shown, kind="extended")
        assert event.note == "Ten years of letters"
        assert Letter.objects.filter(kind="privacy.rights-event", record_id=event.pk).exists()
        assert do(client, shown, "extend", reasons="Again").status_code == 409
        late = proved()
    with time_machine.travel("2026-04-03T09:00:00Z", tick=False):
        client = signed_in(member("DPO", email="b@example.com"))
        assert do(client, late, "extend", reasons="Too late").status_code == 409
        assert RightsRequest.objects.get(pk=late.pk).extended_at is None


def test_of_two_officers_at_once_one_wins_and_the_other_is_told_and_keeps_their_words(officer: Client) -> None:
    shown = proved()
    other = signed_in(member("DPO", email="b@example.com"))
    assert do(officer, shown, "write", message="first").status_code == 302
    answer = do(other, shown, "write", message="second")
    assert answer.status_code == 409
    assert "Somebody was quicker" in answer.content.decode()
    assert "second" in answer.content.decode()
    assert CaseEvent.objects.filter(file__request=shown, kind="answer").count() == 1


@pytest.mark.promise("P6.1")
def test_granting_shows_the_dry_run_asks_who_it_is_and_lets_a_worker_carry_it_out(
    officer: Client, carried: list[int]
) -> None:
    shown = proved()
    look = officer.get(page(shown, "decide")).content.decode()
    assert "Messages" in look
    assert "a claim" in look
    given = {"seen": shown.version, "decision": "grant", "do": "decide", "words": "Here it is."}
    five_minutes_later(officer)
    asked = officer.post(page(shown, "decide"), given)
    assert asked["Location"] == reverse("account_reauthenticate")
    assert officer.post(asked["Location"], {"password": "wrong"}).status_code == 200
    assert RightsRequest.objects.get(pk=shown.pk).state == State.OPEN
    done = officer.post(asked["Location"], {"password": PASSWORD})
    assert done["Location"] == page(shown, "change")
    shown.refresh_from_db()
    assert (shown.state, shown.decision) == (State.GRANTED, Decision.GRANTED)
    assert carry_out_granted() == 1
    assert carry_out_granted() == 0
    assert carried == [shown.pk]
    assert RightsRequest.objects.get(pk=shown.pk).state == State.DONE


def test_refusing_asks_nothing_since_nothing_leaves_and_nothing_goes(officer: Client) -> None:
    shown = proved()
    five_minutes_later(officer)
    given = {"seen": shown.version, "decision": "refuse", "do": "decide", "ground": Refusal.EXCESSIVE}
    assert officer.post(page(shown, "decide"), given)["Location"] == page(shown, "change")
    assert RightsRequest.objects.get(pk=shown.pk).state == State.REFUSED


@pytest.mark.promise("P10.1")
def test_a_refusal_needs_a_ground_and_the_person_is_told_where_to_complain(officer: Client) -> None:
    shown = proved()
    given = {"seen": shown.version, "decision": "refuse", "do": "decide", "words": "No."}
    assert officer.post(page(shown, "decide"), given).status_code == 422
    assert officer.post(page(shown, "decide"), {**given, "ground": Refusal.EXCESSIVE}).status_code == 302
    shown.refresh_from_db()
    assert (shown.state, shown.refusal) == (State.REFUSED, Refusal.EXCESSIVE)
    event = CaseEvent.objects.get(file__request=shown, kind="refused")
    assert Letter.objects.filter(kind="privacy.rights-event", record_id=event.pk).exists()


@pytest.mark.promise("P6.1")
def test_a_confidential_question_is_answered_and_closed(officer: Client) -> None:
    shown = proved(Right.QUESTION, details={"question": "Who reads this?"})
    assert "Who reads this?" in officer.get(page(shown)).content.decode()
    assert do(officer, shown, "answer", message="The officer alone.").status_code == 302
    shown.refresh_from_db()
    assert (shown.state, shown.decision) == (State.DONE, Decision.ANSWERED)


@pytest.mark.promise("P6.1")
def test_a_letter_that_came_by_post_is_registered_with_its_day_and_the_proof_seen(officer: Client) -> None:
    given = {
        "right": Right.ERASURE,
        "channel": Channel.REPRESENTATIVE,
        "received_on": str(timezone.localdate() - timedelta(days=5)),
        "name": "Ada Martin",
        "email": "ada@example.com",
        "language": "fr",
        "proof_seen": "Mandate of 3 May",
        "representative": "Maître Bo",
    }
    assert officer.post(f"{QUEUE}add/", {**given, "representative": ""}).status_code == 422
    assert officer.post(f"{QUEUE}add/", {**given, "email": "", "proof_seen": ""}).status_code == 422
    assert officer.post(f"{QUEUE}add/", given).status_code == 302
    shown = RightsRequest.objects.get()
    assert (shown.state, shown.proof, shown.channel) == (State.OPEN, "seen", Channel.REPRESENTATIVE)
    assert timezone.localdate(shown.received_at) == timezone.localdate() - timedelta(days=5)
    assert CaseFile.objects.get().parties.get().name == "Maître Bo"


@pytest.mark.promise("P6.1")
def test_one_click_makes_a_message_a_rights_request_of_the_day_it_came() -> None:
    written = message(age=timedelta(days=4), message="Effacez tout, merci.")
    assert press(signed_in(member()), written, "right", right=Right.ERASURE).status_code == 302
    shown = RightsRequest.objects.get()
    assert (shown.right, shown.state, shown.received_at) == (Right.ERASURE, State.UNPROVED, written.received_at)
    assert shown.unproved_until is None
    assert CaseFile.objects.get().object == "Effacez tout, merci."
    assert ContactRequest.objects.get().status == ContactRequest.Status.CLOSED
    assert Letter.objects.filter(kind="privacy.rights-received", record_id=shown.pk).exists()


def test_the_officer_is_reminded_ten_and_three_days_before_and_on_the_day_once_each() -> None:
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        shown = proved()
    told = []
    for day in range(20, 35):
        with time_machine.travel(f"2026-03-{day:02}T09:00:00Z" if day <= 31 else f"2026-04-{day - 31:02}T09:00:00Z"):
            told += [day] * remind_officer()
            assert remind_officer() == 0
    assert told == [23, 30, 33]
    assert Letter.objects.filter(kind="privacy.rights-officer", record_id=shown.pk).count() == 3


def test_the_whole_file_is_one_page_and_says_when_its_content_has_gone(officer: Client) -> None:
    shown = proved(details={}, object="My letters of 2019")
    assert "My letters of 2019" in officer.get(page(shown, "print")).content.decode()
    take_back(shown)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        enforce_retention(RetentionRun.Trigger.COMMAND)
        officer = signed_in(member("DPO"))
        assert "has been deleted" in officer.get(page(shown, "print")).content.decode()


def test_a_template_comes_in_the_person_s_language_after_what_was_typed(officer: Client) -> None:
    shown = proved(language="fr")
    template = ReplyTemplate.objects.create(name="x", body_fr="Bonjour à vous", body_en="Hello to you")
    answer = do(officer, shown, "insert", message="Typed", template=template.pk)
    assert "Typed\n\nBonjour à vous" in answer.content.decode()


def test_a_request_put_under_another_right_keeps_its_date(officer: Client) -> None:
    shown = proved()
    assert do(officer, shown, "requalify", right=Right.ERASURE).status_code == 302
    again = RightsRequest.objects.get()
    assert (again.right, again.due_on) == (Right.ERASURE, shown.due_on)


def test_another_proof_than_the_link_is_put_on_record_by_the_officer() -> None:
    who = member("DPO")
    shown = entered(who.pk, proof_seen="")
    client = signed_in(who)
    assert shown.state == State.UNPROVED
    assert do(client, shown, "proof", proof_seen="Called back").status_code == 302
    shown.refresh_from_db()
    assert (shown.state, shown.proof) == (State.OPEN, "seen")


@pytest.mark.promise("P6.1")
def test_the_officer_is_told_by_mail_of_a_proved_request_and_of_a_message_and_of_nothing_in_them() -> None:
    request = proved(email="zoe@example.com")
    write_message(request, "Mon numéro est le 06")
    letters = Letter.objects.filter(kind="privacy.rights-news")
    assert letters.count() == 2
    mails = [tell_officer_of(CaseEvent.objects.get(pk=letter.record_id)) for letter in letters]
    for mail in mails:
        assert mail is not None
        assert mail.to == settings.CONTROLLER.dpo_email
        assert request.reference in mail.subject
        assert "zoe" not in mail.body
        assert "06" not in mail.body.replace(str(request.due_on), "")


def test_a_result_that_was_missed_is_made_again_by_the_officer(officer: Client) -> None:
    request = proved()
    with transaction.atomic():
        states.decide(states.locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    carry_out_granted()
    request.refresh_from_db()
    assert "Make it again" in officer.get(page(request)).content.decode()
    assert do(officer, request, "again").status_code == 302
    assert Result.objects.filter(file__request=request).count() == 2
