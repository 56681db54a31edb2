"""Each right in a real browser, in French: the form, the mails, the officer's admin, the result, the database."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.admin import site
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, FilePayload, expect
from pytest_django.live_server_helper import LiveServer

from contact.models import ContactRequest, Prospect
from privacy.consents.models import Consent
from privacy.declarations import KeptGround
from privacy.directives.models import Directive
from privacy.holds.models import Hold
from privacy.holds.services import place_on_person
from privacy.letters.queue import deliver_due
from privacy.papers.models import Paper
from privacy.rights.fulfilment.erasing import forget_delivered
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseEvent, RightsRequest
from tests.browsing import press
from tests.consents.people import wrote
from tests.papers.corpus import picture
from tests.post_office import PostOffice, text_of
from tests.privacy.planting import database
from tests.prospects.people import confirmed
from tests.rights.pages import OWN
from tests.rights.walking import LINK, ZOE, Walk, address
from tests.servers import PLAIN_STORAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def walk(browser: Browser, live_server: LiveServer, post_office: PostOffice, settings: Any) -> Iterator[Walk]:
    settings.SITE_URL = live_server.url
    settings.STORAGES = {**settings.STORAGES, **PLAIN_STORAGES}
    call_command("migrate", verbosity=0)  # A test that flushed the tables took the groups along.
    walk = Walk(browser, live_server.url, post_office)
    yield walk
    walk.person.context.close()
    walk.officer.context.close()


@pytest.mark.promise("P5.5")
def test_objecting_to_marketing_stops_it_at_once_and_can_be_undone(walk: Walk) -> None:
    confirmed(ZOE)
    request = walk.ask(Right.MARKETING)
    assert request.state == State.DONE
    assert not Prospect.objects.confirmed().exists()
    walk.open_mail()
    assert Prospect.objects.confirmed().exists()


@pytest.mark.promise("P5.5")
def test_objecting_to_all_erases_what_rests_on_consent_once_the_address_is_proved(walk: Walk) -> None:
    confirmed(ZOE)
    wrote(ZOE)
    request = walk.ask_and_prove(Right.OBJECTION)
    request.refresh_from_db()
    assert request.state == State.DONE
    assert not Prospect.objects.exists()
    assert ContactRequest.objects.get().is_anonymised
    assert not Consent.objects.filter(ended_at=None).exists()


@pytest.mark.promise("P5.4")
def test_a_restriction_is_prepared_granted_and_in_force(walk: Walk) -> None:
    confirmed(ZOE)
    request = walk.ask_and_prove(Right.RESTRICTION)
    officer = walk.case(request)
    officer.get_by_role("link", name="Préparer").click()
    officer.locator("[name=reason]").fill("Exactitude contestée")
    press(officer.get_by_role("button", name="Préparer la limitation"))
    walk.grant(request)
    request.refresh_from_db()
    assert request.state == State.DONE
    assert Prospect.objects.exists()
    assert not Prospect.objects.confirmed().exists()


@pytest.mark.promise("P6.1")
def test_a_confidential_question_is_answered_by_mail(walk: Walk) -> None:
    request = walk.ask_and_prove(Right.QUESTION)
    officer = walk.case(request)
    expect(officer.locator(".asked")).to_contain_text("Qui lit ce que j’écris ?")
    officer.locator("[name=message]").fill("Le délégué, et lui seul.")
    press(officer.get_by_role("button", name="Répondre et clore"))
    assert "Le délégué, et lui seul." in walk.mail()
    request.refresh_from_db()
    assert request.state == State.DONE


@pytest.mark.promise("P6.3")
def test_papers_asked_on_a_doubt_are_given_seen_and_gone_with_the_decision(walk: Walk) -> None:
    request = walk.ask_and_prove(Right.ACCESS)
    officer = walk.case(request)
    officer.get_by_role("link", name="Identité").click()
    officer.locator("[name=words]").fill("Le nom ne correspond pas.")
    press(officer.get_by_role("button", name="Demander une pièce"))
    request.refresh_from_db()
    assert request.paused_at is not None
    assert "Le nom ne correspond pas." in walk.mail()
    walk.open_mail()
    walk.person.locator("[name$=recto]").set_input_files(
        files=FilePayload(name="x.jpg", mimeType="image/jpeg", buffer=picture())
    )
    press(walk.person.locator("form[enctype] button[type=submit]"))
    assert Paper.objects.count() == 1
    walk.case(request).get_by_role("link", name="Identité").click()
    officer.locator("summary").first.click()
    expect(officer.locator("details img")).to_be_visible()
    press(officer.get_by_role("button", name="L’identité est établie"))
    again = RightsRequest.objects.get(pk=request.pk)
    assert (again.state, again.paused_at, Paper.objects.count()) == (State.OPEN, None, 0)
    assert CaseEvent.objects.filter(file__request=request, kind="read").exists()


@pytest.mark.promise("P10.1")
def test_a_refusal_says_why_and_where_to_complain(walk: Walk) -> None:
    request = walk.ask_and_prove(Right.ACCESS)
    officer = walk.case(request, "decide")
    officer.get_by_label("La refuser").check()
    officer.locator("[name=ground]").select_option("12(5)")
    officer.locator("[name=words]").fill("Dixième demande identique cette semaine.")
    press(officer.get_by_role("button", name="Décider"))
    said = walk.mail()
    for words in ("Dixième demande", "manifestement infondée", "CNIL", "tribunal"):
        assert words in said


@pytest.mark.promise("P6.1")
def test_an_extension_moves_the_date_on_the_person_s_page_and_in_their_mail(walk: Walk) -> None:
    request = walk.ask_and_prove(Right.ACCESS)
    before = request.due_on
    officer = walk.case(request)
    officer.locator("[name=reasons]").fill("Dix ans de courriers à relire.")
    press(officer.get_by_role("button", name="Prolonger à trois mois"))
    request.refresh_from_db()
    assert request.due_on > before
    assert "Dix ans de courriers" in walk.mail()
    walk.person.reload()
    expect(walk.person.locator("main")).to_contain_text("Dix ans de courriers")


def test_of_two_officers_at_once_one_wins_and_the_other_is_told(walk: Walk) -> None:
    request = walk.ask_and_prove(Right.QUESTION)
    other = walk.case(request, tab=walk._officer("second@example.com"))
    first = walk.case(request)
    first.locator("[name=message]").fill("La première réponse.")
    press(first.get_by_role("button", name="Répondre et clore"))
    other.locator("[name=message]").fill("La seconde réponse.")
    press(other.get_by_role("button", name="Répondre et clore"))
    expect(other.locator(".messagelist")).to_contain_text("Quelqu’un a été plus rapide")
    assert CaseEvent.objects.filter(file__request=request, kind="answer").count() == 1


def test_a_wrong_link_and_a_used_one_lead_on(walk: Walk) -> None:
    walk.ask_and_prove(Right.ACCESS)
    used = LINK.search(text_of(walk.office.to(ZOE)[0]))
    assert used is not None
    stranger = walk.person.context.new_page()
    for link in (used[0], "/fr/vos-droits/prouver/nimportequoi/"):
        stranger.goto(link)
        assert not stranger.locator("main form[method=post] button").count()
        assert stranger.locator("main a").count()


@pytest.mark.promise("P6.3")
def test_a_paper_that_is_none_is_refused_at_its_field_and_the_request_is_kept(walk: Walk) -> None:
    walk.ask_and_prove(Right.ACCESS)
    walk.person.locator("summary", has_text="pièce d’identité").click()
    walk.person.locator("[name$=recto]").set_input_files(
        files=FilePayload(name="passeport.jpg", mimeType="image/jpeg", buffer=b"<svg xmlns='x'/>")
    )
    press(walk.person.locator("form[enctype] button[type=submit]"))
    expect(walk.person.locator("#id_papers-recto_error, .field .error, [id*=recto][id*=error]").first).to_be_visible()
    assert not Paper.objects.exists()


@pytest.mark.promise("P5.3")
def test_what_a_hold_keeps_is_said_in_the_dry_run_and_in_the_receipt(walk: Walk) -> None:
    kept = wrote(ZOE)
    hold = Hold(ground=KeptGround.CLAIMS, reason="Litige 12/2026", review_on=timezone.localdate())
    place_on_person(hold, ZOE)
    walk.ask_and_prove(Right.ERASURE)
    said = walk.grant(RightsRequest.objects.latest("pk"))
    assert "17(3)(e)" in said or "art. 17" in said
    assert "17" in walk.mail()
    kept.refresh_from_db()
    assert kept.email == ZOE


@pytest.mark.promise("P5.1")
def test_a_copy_of_everything_is_looked_through_granted_and_downloaded(walk: Walk) -> None:
    wrote(ZOE)
    confirmed(ZOE)
    request = walk.ask_and_prove(Right.ACCESS)
    officer = walk.case(request)
    officer.get_by_role("link", name="Préparer").click()
    press(officer.get_by_role("button", name="Je les ai tous relus"))
    walk.grant(request)
    assert "téléchargé" in walk.mail()
    walk.open_mail()
    with walk.person.expect_download() as download:
        walk.person.get_by_role("button", name="Télécharger").click()
    with ZipFile(download.value.path()) as archive:
        names = archive.namelist()
        page = archive.read(next(name for name in names if name.endswith(".html"))).decode()
        held = json.loads(archive.read(next(name for name in names if name.endswith(".json"))))
    assert ZOE in page
    assert "CNIL" in page
    assert ZOE in json.dumps(held)
    assert CaseEvent.objects.filter(file__request=request, kind="fetched").exists()


@pytest.mark.promise("P5.7")
def test_what_was_provided_goes_to_the_person_and_to_the_service_they_name(walk: Walk) -> None:
    wrote(ZOE)
    request = walk.ask_and_prove(Right.PORTABILITY)
    officer = walk.case(request)
    officer.get_by_role("link", name="Préparer").click()
    press(officer.get_by_role("button", name="Je les ai tous relus"))
    walk.grant(request)
    service = OWN[Right.PORTABILITY]["recipient_email"]
    found = LINK.search(walk.mail(service))
    assert found is not None
    other = walk.person.context.new_page()
    other.goto(found[0])
    expect(other.locator("main")).to_contain_text("Zoé Lefèvre")
    with other.expect_download() as download:
        other.locator("main form button").first.click()
    assert ZipFile(download.value.path()).namelist()
    assert other.goto(found[0]).status == 410  # type: ignore[union-attr]
    walk.person.reload()
    expect(walk.person.locator("main")).to_contain_text("a récupéré vos données")


@pytest.mark.promise("P5.2")
def test_a_name_is_corrected_in_every_table(walk: Walk) -> None:
    wrote(ZOE)
    confirmed(ZOE)
    request = walk.ask_and_prove(Right.RECTIFICATION)
    officer = walk.case(request)
    officer.get_by_role("link", name="Préparer").click()
    for column in (
        officer.locator("fieldset", has_text="Nom").filter(has=officer.locator("[name$=last_name-value]")).all()
    ):
        column.locator("[type=checkbox]").check()
        column.locator("[name$=-value]").fill("Leroy")
    press(officer.get_by_role("button", name="Noter ces rectifications"))
    walk.grant(request)
    assert "Rectifi" in walk.mail() or "Corrig" in walk.mail()
    assert ContactRequest.objects.get().last_name == "Leroy"
    assert Prospect.objects.get().last_name == "Leroy"


@pytest.mark.promise("P5.3")
def test_an_erased_person_gets_a_receipt_that_verifies_and_is_nowhere_any_more(
    walk: Walk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrote(ZOE)
    confirmed(ZOE)
    request = walk.ask_and_prove(Right.ERASURE)
    said = walk.grant(request)
    assert "Demandes" in said
    found = LINK.search(walk.mail())
    assert found is not None
    walk.person.goto(found[0])
    expect(walk.person.locator("main")).to_contain_text(request.reference)
    file = tmp_path / "receipt.json"
    with walk.person.expect_download() as download:
        walk.person.locator("form[action$='/json/'] button").click()
    download.value.save_as(file)
    out = StringIO()
    call_command("verify_receipt", str(file), stdout=out)
    forget_delivered()
    assert request.reference in out.getvalue()
    request.refresh_from_db()
    assert request.state == State.DONE
    traces = [row for row in database() if ZOE in row or "Lefèvre" in row]
    assert traces == []
    assert ZOE not in caplog.text
    for model in site._registry:
        page = walk.officer.goto(reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist"))
        assert page is not None
        assert ZOE not in page.text(), model
        assert "Lefèvre" not in page.text(), model


@pytest.mark.promise("P5.6")
def test_withdrawing_leads_to_the_form_that_asks_nothing_but_an_address(walk: Walk) -> None:
    wrote(ZOE)
    walk.person.goto(address("rights"))
    walk.person.locator(f"main a[href='{address('withdraw')}']").first.click()
    walk.person.locator("[name=email]").fill(ZOE)
    press(walk.person.locator("main form button[type=submit]"))
    walk.open_mail()
    expect(walk.person.locator("h1")).to_contain_text("C’est fait")
    assert ContactRequest.objects.get().is_anonymised


@pytest.mark.promise("P5.8")
def test_a_directive_is_registered_its_executor_told_and_revoked_by_link(walk: Walk) -> None:
    request = walk.ask_and_prove(Right.DIRECTIVE)
    request.refresh_from_db()
    assert request.state == State.DONE
    assert Directive.objects.count() == 1
    deliver_due()
    assert walk.office.to(OWN[Right.DIRECTIVE]["executor_email"])
    mails = [text_of(mail) for mail in walk.office.to(ZOE)]
    link = next(found[0] for mail in mails if (found := re.search(r"http\S+directive\S+", mail)))
    walk.person.goto(link)
    press(walk.person.get_by_role("button", name="Révoquer"))
    assert not Directive.objects.exists()


@pytest.mark.promise("P5.8")
def test_heirs_get_what_the_law_leaves_them(walk: Walk) -> None:
    deceased = OWN[Right.HEIRS]["deceased_email"]
    wrote(deceased)
    request = walk.ask_and_prove(Right.HEIRS)
    officer = walk.case(request)
    officer.get_by_role("link", name="Préparer").click()
    officer.locator("[name=ground]").select_option("85-II-2")
    officer.locator("[name=because]").fill("Acte de notoriété vu")
    press(officer.locator("button.default, input.default").first)
    walk.grant(request)
    request.refresh_from_db()
    assert request.state == State.DONE
