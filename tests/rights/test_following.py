"""The requester's own page: who gets in, what it shows, what can be done there."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone, translation
from pytest_django import Settings

from customerlabs.models import StaffMember
from privacy.append_only import rows_may_go
from privacy.letters.models import Letter
from privacy.papers.models import Paper
from privacy.papers.services import ask
from privacy.rights.following.standing import STANDINGS, standing, told
from privacy.rights.following.visits import KEY, LIFE
from privacy.rights.kinds import Decision, Refusal, Right, State
from privacy.rights.letters import send_link
from privacy.rights.models import CaseEvent, CaseFile, RightsRequest
from privacy.rights.states import add_event, decide, locked
from tests.papers.corpus import picture
from tests.rights.pages import at, following, link_of
from tests.rights.people import asked, proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]
Kind = CaseEvent.Kind
PAGE = at("rights-request")


def page_of(client: Client, language: str = "fr") -> str:
    answer = client.get(at("rights-request", language=language))
    assert answer.status_code == 200
    return answer.content.decode()


def decided(request: RightsRequest, decision: Decision, note: str, refusal: str = "") -> CaseEvent:
    decide(locked(request.pk, among=State), decision, by=None, refusal=refusal, note=note)
    return CaseEvent.objects.get(file__request=request, kind__in=[Kind.GRANTED, Kind.REFUSED])


def test_a_link_shows_a_button_works_once_and_opens_the_page(client: Client) -> None:
    request = proved()
    link = link_of(request)

    looked = client.get(link)
    before = client.get(PAGE).status_code
    opened = client.post(link)

    assert (looked.status_code, before) == (200, 403)
    assert opened["Location"] == PAGE
    assert request.reference in page_of(client)
    assert Client().post(link).status_code == 410
    assert at("rights-new-link") in Client().get(link).content.decode()


@pytest.mark.promise("P10.1")
def test_the_page_says_where_it_stands_the_date_why_and_where_to_complain(client: Client) -> None:
    with time_machine.travel(datetime(2026, 4, 1, 12, tzinfo=UTC), tick=False):
        request = proved(Right.ERASURE, object="Tout")
        page = page_of(following(client, request), "en")

    assert str(STANDINGS[State.OPEN].now) in page
    assert "May 4, 2026" in page
    assert "Friday 1 May 2026 (Labor Day)" in page
    assert "3 Place de Fontenoy" in page
    assert "privacy@customer-labs.com" in page
    assert "Tout" in page


def test_nobody_gets_in_without_a_link_and_nobody_sees_another_s_page(client: Client) -> None:
    mine, theirs = proved(), proved()

    following(client, mine)

    assert Client().get(PAGE).status_code == 403
    assert mine.reference in page_of(client)
    assert theirs.reference not in page_of(client)


def test_the_page_closes_after_half_an_hour_without_a_step(client: Client) -> None:
    request = proved()
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        following(client, request)
        clock.shift(LIFE - timedelta(seconds=1))
        kept = client.get(PAGE).status_code
        clock.shift(LIFE)
        ended = client.post(PAGE, {"message": "Ce que j’avais <b>écrit</b>"})

    assert kept == 200
    assert ended.status_code == 403
    assert "Ce que j’avais &lt;b&gt;écrit&lt;/b&gt;" in ended.content.decode()
    assert not CaseEvent.objects.filter(kind=Kind.MESSAGE).exists()


def test_it_is_closed_with_a_button_and_leaves_no_session(client: Client) -> None:
    following(client, proved())

    closed = client.post(at("rights-close"))

    assert closed["Location"] == at("rights-closed")
    assert client.get(PAGE).status_code == 403
    assert KEY not in client.session


def test_a_colleague_stays_signed_in(client: Client) -> None:
    colleague = StaffMember.objects.create_user(email="staff@example.com", password=None, is_staff=True)
    client.force_login(colleague)
    before = client.session.session_key

    following(client, proved())
    number = client.session.session_key
    client.post(at("rights-close"))

    assert number != before, "a new session number on entering"
    assert client.session["_auth_user_id"] == str(colleague.pk)
    assert client.session.get_expiry_age() > 60 * 60


def test_no_page_of_it_is_kept_or_listed(client: Client) -> None:
    answer = following(client, proved()).get(PAGE)

    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert 'rel="canonical"' not in answer.content.decode()


def test_a_message_reaches_the_case_file_once_and_is_shown(client: Client) -> None:
    request = proved()
    following(client, request)

    empty = client.post(PAGE, {"message": " "})
    for _ in range(2):
        sent = client.post(PAGE, {"message": "Où en est-ce ?\r\n<script>alert(1)</script>"})

    assert empty.status_code == 422
    assert sent["Location"] == PAGE
    (event,) = CaseEvent.objects.filter(kind=Kind.MESSAGE)
    assert event.note == "Où en est-ce ?\n<script>alert(1)</script>"
    assert "Où en est-ce ?<br>&lt;script&gt;" in page_of(client)


def test_too_many_messages_wait(client: Client, settings: Settings) -> None:
    following(client, proved())
    settings.RIGHTS_LIMIT_CLIENT = 0

    refused = client.post(PAGE, {"message": "Gardez ceci"})

    assert refused.status_code == 429
    assert "Gardez ceci" in refused.content.decode()


def test_notes_among_staff_are_not_shown(client: Client) -> None:
    request = proved()
    add_event(request, Kind.NOTE, note="Entre nous", shown=False)
    add_event(request, Kind.ANSWER, note="Pour vous")

    page = page_of(following(client, request))

    assert "Entre nous" not in page
    assert "Pour vous" in page


def test_a_request_is_taken_back_until_it_is_decided(client: Client) -> None:
    request = proved()
    following(client, request)

    done = client.post(at("rights-take-back"))

    assert done["Location"] == PAGE
    assert RightsRequest.objects.get().state == State.TAKEN_BACK
    assert "Vous avez retiré votre demande." in page_of(client)
    assert client.post(at("rights-take-back")).status_code == 409
    assert client.get(at("rights-take-back")).status_code == 405


def test_the_page_outlives_what_was_written(client: Client) -> None:
    request = proved()
    following(client, request)
    client.post(PAGE, {"message": "Bonjour"})
    with rows_may_go():
        CaseFile.objects.all().delete()

    assert "le terme était venu" in page_of(client)
    assert "Bonjour" not in page_of(client)
    assert client.post(PAGE, {"message": "Encore là ?"}).status_code == 302
    assert not CaseEvent.objects.exists()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_state_has_its_words(language: str) -> None:
    assert set(STANDINGS) == set(State)
    answered = RightsRequest(right=Right.QUESTION, state=State.DONE)
    partly = RightsRequest(right=Right.ERASURE, state=State.DONE, decision=Decision.PARTLY)
    assert len({standing(answered), standing(partly), *STANDINGS.values()}) == len(State) + 2
    for kind in Kind:
        assert told(CaseEvent(kind=kind))


def test_a_new_link_goes_to_its_own_address_alone_and_nobody_learns_which(client: Client) -> None:
    request = proved(email="zoe@example.com")
    Letter.objects.all().delete()
    seen = []
    for reference, email in (
        (request.reference, "zoe@example.com"),
        (request.reference, "other@example.com"),
        ("2222-2222", "zoe@example.com"),
    ):
        answer = client.post(at("rights-new-link"), {"reference": reference, "email": email})
        seen.append((answer.status_code, answer["Location"]))

    assert seen == [(302, at("rights-link-sent"))] * 3
    letters = Letter.objects.order_by("created_at").values_list("kind", "record_id")
    assert [*letters] == [("privacy.rights-link", request.pk), *[("privacy.rights-received", 0)] * 2]  # 0: about none.
    mail = send_link(request)
    assert mail is not None
    assert mail.to == "zoe@example.com"


def test_a_reference_is_read_as_people_type_it(client: Client) -> None:
    request = asked(email="zoe@example.com")
    Letter.objects.all().delete()
    typed = request.reference.lower().replace("-", " ")

    client.post(at("rights-new-link"), {"reference": f" {typed} ", "email": "ZOE@example.com"})
    wrong = client.post(at("rights-new-link"), {"reference": "12", "email": "zoe"})

    assert Letter.objects.get().kind == "privacy.rights-received", "the address is still to be proved"
    assert wrong.status_code == 422
    assert "K7QM-3XRT" in wrong.content.decode()
    assert 'value="12"' in wrong.content.decode()


@pytest.mark.parametrize("decision", [Decision.GRANTED, Decision.PARTLY, Decision.REFUSED])
def test_the_page_calls_a_decision_what_the_desk_calls_it(client: Client, decision: Decision) -> None:
    request = proved(Right.ERASURE)
    decided(request, decision, "Un procès dure.", Refusal.CLAIMS)

    page = page_of(following(client, RightsRequest.objects.get(pk=request.pk)))

    with translation.override("fr"):
        labels = {one: one.label for one in (Decision.GRANTED, Decision.PARTLY, Decision.REFUSED)}
    said = {one for one, label in labels.items() if f"demande a été {label}" in page or f"demande est {label}" in page}
    assert said == {decision}


@pytest.mark.promise("P6.3")
def test_a_paper_that_is_asked_for_is_sent_on_the_page(client: Client) -> None:
    officer = StaffMember.objects.create_user(email="dpo@example.com", password=None, is_staff=True)
    request = proved()
    request.refresh_from_db()
    ask(request.pk, by=officer.pk, seen=request.version, reasons="L’adresse est nouvelle.")
    page = page_of(following(client, request))
    send = {"papers-recto": SimpleUploadedFile("x.jpg", picture(), "image/jpeg")}

    wrong = client.post(at("rights-papers"), {"papers-recto": SimpleUploadedFile("x.jpg", b"%!PS", "image/jpeg")})
    empty = client.post(at("rights-papers"))
    sent = client.post(at("rights-papers"), send)

    assert "L’adresse est nouvelle." in page
    assert '<details class="more" open>' in page
    assert (wrong.status_code, empty.status_code, sent["Location"]) == (422, 422, PAGE)
    assert 'id="id_papers-recto_error"' in wrong.content.decode()
    assert Paper.objects.get().side == "recto"
    assert "Vous avez envoyé un justificatif" in page_of(client)


def test_once_it_is_decided_no_paper_is_taken_any_more(client: Client) -> None:
    request = proved()
    following(client, request)
    decided(request, Decision.REFUSED, "Non.", Refusal.OTHER)

    client.post(at("rights-papers"), {"papers-recto": SimpleUploadedFile("x.jpg", picture(), "image/jpeg")})

    assert "papers-recto" not in page_of(client)
    assert not Paper.objects.exists()
