"""What becomes of somebody's data after their death: as they said, otherwise what the law leaves heirs (P5.8)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation

from contact.models import ContactRequest
from privacy.commitments.frame import all_commitments
from privacy.consents.withdrawal import Way, given_by, withdraw
from privacy.directives.letters import change_url
from privacy.directives.models import Directive, Executor, HeirsMeasure
from privacy.directives.services import DirectiveRefused, carry_out, end_without_data, release_executors
from privacy.erasure import erase_person
from privacy.letters.queue import deliver_due
from privacy.models import Consent, Hold, Letter, RetentionRun, SingleUseLink
from privacy.retention.engine import enforce_retention
from privacy.rights.carrying_out import carriers
from privacy.rights.intake import Party, submit
from privacy.rights.kinds import Decision, Right, State
from privacy.rights.models import CaseParty, RightsRequest
from privacy.rights.states import decide, locked
from privacy.rights.working import carry_out_granted
from tests.consents.people import ZOE, wrote
from tests.desk.desk import member, signed_in
from tests.objections.test_objecting import proves
from tests.privacy.planting import database

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.8")]
EVA = "eva.roux@example.com"
PAGES = "/admin/privacy/directive/"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


def leaves(choice: str = "erase", *, executor: str = EVA, **details: Any) -> Directive:
    """Somebody fills the form and opens the link of their mail."""
    parties = [Party(CaseParty.Role.EXECUTOR, "Eva Roux", executor)] if executor else []
    request = submit(
        Right.DIRECTIVE,
        name="Zoé Lefèvre",
        email=ZOE,
        language="fr",
        details={"choice": choice, **details},
        parties=parties,
    )
    assert not Directive.objects.exists()
    assert proves(request).state == State.DONE
    return Directive.objects.get(request=request)


def letters() -> list[str]:
    mail.outbox.clear()
    deliver_due()
    return [f"{each.to[0]} {each.subject}" for each in mail.outbox]


def page(directive: Directive, language: str = "fr") -> str:
    return "/" + change_url(directive, language).split("//", 1)[1].partition("/")[2]


def test_it_is_registered_on_the_proved_address_with_a_consent_of_its_own_and_all_are_told() -> None:
    directive = leaves("communicate", beneficiary="Ma sœur, Léa")

    assert directive.consent is not None
    assert (directive.consent.purpose, directive.beneficiary) == ("directive", "Ma sœur, Léa")
    executor = Executor.objects.get()
    assert (executor.directive, executor.email) == (directive, EVA)
    told = letters()
    assert len([one for one in told if one.startswith(ZOE)]) == 1
    assert len([one for one in told if one.startswith(EVA)]) == 1
    body = next(str(each.body) for each in mail.outbox if each.to == [EVA])
    assert "Zoé Lefèvre" in body
    assert "3 Place de Fontenoy, 75007 Paris" in body
    assert len([one for one in told if one.startswith("privacy@") and "irectives" in one]) == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_page_shows_it_and_a_get_changes_nothing(client: Client, language: str) -> None:
    directive = leaves()

    shown = client.get(page(directive, language))

    assert shown.status_code == 200
    assert EVA in shown.content.decode()
    assert "noindex" in shown["X-Robots-Tag"]
    assert Directive.objects.filter(changed_at=None).count() == 1


def test_it_is_changed_by_its_link_and_a_replaced_executor_is_told(client: Client) -> None:
    directive = leaves()
    letters()
    typed = {"wish": "keep", "beneficiary": "", "executor": "Max Roux", "executor_email": "max@example.com"}

    wrong = client.post(page(directive), {**typed, "executor": "", "wish": "communicate"})
    answer = client.post(page(directive), {**typed, "do": "change"})

    assert (wrong.status_code, answer["Location"]) == (422, "/fr/directive/modifiees/")
    directive.refresh_from_db()
    assert directive.wish == "keep"
    assert {one.split()[0] for one in letters()} == {ZOE, EVA, "max@example.com"}
    assert Executor.objects.get(directive=directive).email == "max@example.com"
    assert release_executors() == 0


def test_it_is_revoked_by_its_link_and_nothing_of_it_is_left_in_time(client: Client) -> None:
    wrote()
    directive = leaves()
    letters()
    link = page(directive)

    answer = client.post(link, {"do": "revoke"})

    assert answer["Location"] == "/fr/directive/revoquees/"
    assert not Directive.objects.exists()
    assert [one.split()[0] for one in letters()] == [EVA]
    assert client.get(link).status_code == 410
    assert client.post(link, {"do": "revoke"}).status_code == 410
    assert ContactRequest.objects.filter(email=ZOE).exists()
    enforce_retention(RetentionRun.Trigger.COMMAND, now=timezone.now() + timedelta(days=31))
    assert EVA not in " ".join(database())


@pytest.mark.promise("P5.6")
@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_whatever_takes_it_away_its_executor_is_told(way: str) -> None:
    leaves()
    letters()

    if way == "withdrawn":
        withdraw(given_by(ZOE), way=Way.FORM, language="fr")
    else:
        erase_person(ZOE)

    assert not Directive.objects.exists()
    assert (release_executors(), release_executors()) == (1, 0)
    assert [one.split()[0] for one in letters()] == [EVA]


def test_an_executor_who_wants_it_is_forgotten_and_the_directive_stays() -> None:
    leaves()

    erase_person(EVA)

    assert not Executor.objects.exists()
    assert Directive.objects.exists()


def test_without_a_proof_of_death_nothing_is_carried_out() -> None:
    directive = leaves()

    with pytest.raises(DirectiveRefused):
        carry_out(directive.pk, by=member("DPO").pk, proof_seen="  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        Directive.objects.update(ended="carried-out", ended_at=timezone.now())

    assert Directive.objects.filter(ended_at=None).count() == 1


def test_to_erase_begins_an_erasure_that_the_officer_decides_with_the_proof_seen() -> None:
    wrote()
    directive = leaves("erase")
    dpo = signed_in(member("DPO"))
    address = f"{PAGES}{directive.pk}/carry-out/"

    asked = dpo.get(address)
    wrong = dpo.post(address, {"proof_seen": ""})
    dpo.post(address, {"proof_seen": "Acte de décès du 3 mars."})
    again = dpo.post(address, {"proof_seen": "Acte de décès du 3 mars."})

    assert (asked.status_code, wrong.status_code, again.status_code) == (200, 422, 404)
    begun = RightsRequest.objects.get(right=Right.ERASURE)
    assert (begun.state, begun.proof, begun.file.proof_seen) == (State.OPEN, "seen", "Acte de décès du 3 mars.")
    assert ContactRequest.objects.filter(email=ZOE).exists()
    directive.refresh_from_db()
    assert (directive.ended, directive.ended_by is not None) == ("carried-out", True)
    assert Executor.objects.get().released_at is not None
    assert dpo.get(f"{PAGES}{directive.pk}/change/").status_code == 200


def test_to_hand_over_begins_a_transfer_to_whom_the_officer_names() -> None:
    directive = leaves("communicate", beneficiary="Ma sœur, Léa")
    dpo = signed_in(member("DPO"))
    address = f"{PAGES}{directive.pk}/carry-out/"

    wrong = dpo.post(address, {"proof_seen": "Acte de décès."})
    dpo.post(address, {"proof_seen": "Acte.", "recipient": "Léa", "recipient_email": "lea@example.com"})

    assert wrong.status_code == 422
    begun = RightsRequest.objects.get(right=Right.PORTABILITY)
    assert begun.file.parties.get().email == "lea@example.com"


def test_to_keep_is_a_hold_on_the_ground_the_law_gives() -> None:
    wrote()
    directive = leaves("keep")

    carry_out(directive.pk, by=member("DPO").pk, proof_seen="Acte de décès.")
    erase_person(ZOE)

    assert Hold.objects.get().ground == "17(3)(b)"
    assert ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.parametrize(("held", "days", "ended"), [(True, 90, 0), (False, 90, 1), (False, 29, 0)])
def test_it_ends_when_no_data_is_left(held: bool, days: int, ended: int) -> None:
    if held:
        wrote()
    directive = leaves(executor="")
    letters()
    Letter.objects.all().delete()
    SingleUseLink.objects.all().delete()

    assert end_without_data(timezone.now() + timedelta(days=days)) == ended

    directive.refresh_from_db()
    assert directive.stands is not bool(ended)


def test_who_answers_requests_sees_no_directive() -> None:
    directive = leaves()
    staff = signed_in(member("Staff"))

    for address in (PAGES, f"{PAGES}{directive.pk}/change/", f"{PAGES}{directive.pk}/carry-out/"):
        assert staff.get(address).status_code == 403


def test_the_officer_finds_one_by_its_address(client: Client) -> None:
    leaves()
    dpo = signed_in(member("DPO"))

    found = dpo.post(PAGES, {"q": ZOE.upper(), "_search": "Search"}, follow=True)
    other = dpo.post(PAGES, {"q": "other@example.com", "_search": "Search"}, follow=True)

    assert found.context["cl"].result_count == 1
    assert other.context["cl"].result_count == 0


def heirs(wish: str = "close") -> RightsRequest:
    request = submit(
        Right.HEIRS,
        name="Léa Lefèvre",
        email="lea@example.com",
        language="fr",
        details={"wish": wish},
        parties=[Party(CaseParty.Role.DECEASED, "Zoé Lefèvre", ZOE, "sœur")],
    )
    done = proves(request)
    assert done.state == State.OPEN
    return done


@pytest.mark.parametrize(
    ("ground", "right"),
    [("85-II-2", Right.ERASURE), ("85-II-1-settle", Right.PORTABILITY), ("85-II-1-goods", Right.PORTABILITY)],
)
@pytest.mark.django_db(transaction=True)
def test_heirs_are_granted_what_the_law_leaves_them_on_a_ground_the_officer_chose(ground: str, right: Right) -> None:
    wrote()
    request = heirs()
    carrier = carriers.of(request)
    assert carrier is not None
    with translation.override("en"):
        before = str(carrier.unready(request))
    officer = member("DPO")
    answer = signed_in(officer).post(
        f"/admin/privacy/heirsmeasure/prepare/{request.pk}/", {"ground": ground, "because": "Acte de notoriété."}
    )
    with transaction.atomic():
        decide(locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=officer.pk)

    carry_out_granted()
    carry_out_granted()

    assert ("Say first" in before, answer.status_code) == (True, 302)
    begun = RightsRequest.objects.get(right=right)
    assert (begun.state, begun.proof) == (State.OPEN, "seen")
    assert begun.file.email == ZOE
    parties = list(begun.file.parties.values_list("email", flat=True))
    assert parties == ([] if right == Right.ERASURE else ["lea@example.com"])
    assert ContactRequest.objects.filter(email=ZOE).exists()


def test_against_a_directive_heirs_are_granted_nothing() -> None:
    leaves("keep")
    request = heirs()
    HeirsMeasure.objects.create(request=request, ground="85-II-2", because="x")
    carrier = carriers.of(request)

    assert carrier is not None
    with translation.override("en"):
        assert "comes first" in str(carrier.unready(request))
    shown = signed_in(member("DPO")).get(f"/admin/privacy/heirsmeasure/prepare/{request.pk}/").content.decode()
    assert "comes first" in shown


def test_an_executor_whom_nobody_told_turns_a_commitment_red() -> None:
    leaves()
    commitment = next(each for each in all_commitments() if each.name == "executors-told")
    Executor.objects.update(directive=None)

    later = timezone.now() + timedelta(days=3)
    before = commitment.check(later).kept
    release_executors()

    assert (before, commitment.check(later).kept) == (False, True)


def test_a_directive_whose_consent_has_ended_turns_a_commitment_red() -> None:
    leaves()
    commitment = next(each for each in all_commitments() if each.name == "directives-with-consent")
    before = commitment.check(timezone.now()).kept

    Consent.objects.update(ended_at=timezone.now() - timedelta(days=3))

    assert (before, commitment.check(timezone.now()).kept) == (True, False)
