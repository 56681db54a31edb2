"""The forms about rights: what they ask, what they write, and that they tell nobody who is known here."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import Settings

from privacy.letters.models import Letter
from privacy.registry import registry
from privacy.rights.asking.contents import what_was_asked
from privacy.rights.asking.forms import FORMS
from privacy.rights.asking.rights import OFFERS
from privacy.rights.kinds import Right, State
from privacy.rights.letters import send_received
from privacy.rights.models import CaseFile, RightsRequest
from tests.consents.people import wrote
from tests.contact.posts import number
from tests.rights.pages import at, filled, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]
PROVEN = [right for right in FORMS if right is not Right.MARKETING]
SCRIPT = '"><script>alert(1)</script>{{ 7|add:7 }}'


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_first_page_explains_each_right_and_leads_to_its_form(client: Client, language: str) -> None:
    page = client.get(at("rights", language=language)).content.decode()

    assert {offer.right for offer in OFFERS} == set(Right)
    with translation.override(language):
        for offer in OFFERS:
            assert f'href="{at(offer.where, language=language)}">{offer.title}' in page
            assert str(offer.words).count(". ") == 1, "two sentences"
    assert "privacy@customer-labs.com" in page


def test_the_first_page_stands_where_it_is_called_for(client: Client) -> None:
    assert at("rights") == "/fr/vos-droits/"
    assert at("rights", language="en") == "/en/your-rights/"
    for name in ("home", "contact:form", "policy", "legal-notice", "withdraw"):
        assert 'href="/fr/vos-droits/"' in client.get(at(name)).content.decode(), name
    assert "/en/your-rights/access/" in client.get("/sitemap.xml").content.decode()


@pytest.mark.promise("P5.0", "P3.4")
@pytest.mark.parametrize("right", list(FORMS))
def test_beside_each_form_stands_why_and_how_long(client: Client, right: Right) -> None:
    page = client.get(form_of(right, "en")).content.decode()

    with translation.override("en"):
        assert str(registry.activity("rights").basis.label) in page
    assert "5\N{NO-BREAK SPACE}years after the request is closed" in page
    assert "3 Place de Fontenoy" in page
    assert "privacy@customer-labs.com" in page
    assert client.get(form_of(right))["Cache-Control"] == "no-store, private"


@pytest.mark.promise("P6.2", "P3.4")
@pytest.mark.parametrize("right", PROVEN)
def test_each_form_makes_one_request_that_waits_for_its_address(client: Client, right: Right) -> None:
    answer = client.post(form_of(right), filled(right, object="Mon objet", context="Au salon de mars"))

    request = RightsRequest.objects.get()
    assert answer["Location"] == at("rights-received", request.reference)
    assert (request.right, request.state, request.channel, request.language) == (right, State.UNPROVED, "form", "fr")
    file = request.content
    assert file is not None
    assert (file.name, file.email, file.object) == ("Zoé Leroy", "zoe.leroy@example.com", "Mon objet")
    assert file.context == "Au salon de mars"
    assert Letter.objects.get(kind="privacy.rights-received").state == Letter.State.QUEUED
    page = client.get(answer["Location"])
    assert request.reference in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"


def test_what_each_right_asks_is_in_the_case_file(client: Client) -> None:
    for right in (Right.RECTIFICATION, Right.ERASURE, Right.RESTRICTION, Right.HEIRS, Right.QUESTION, Right.DIRECTIVE):
        client.post(form_of(right), filled(right))
    details = dict(CaseFile.objects.values_list("request__right", "details"))

    assert details[Right.RECTIFICATION] == {"wrong": "Mon nom est Leroi", "correct": "Mon nom est Leroy"}
    assert details[Right.ERASURE] == {"ground": "17(1)(f)"}
    assert details[Right.RESTRICTION] == {"restrict": "Tout", "ground": "18(1)(a)"}
    assert details[Right.HEIRS] == {"wish": "close", "proof": "Acte de notoriété du 3 mars 2026, Me Dupont"}
    assert details[Right.QUESTION] == {"question": "Qui lit ce que j’écris ?"}
    assert details[Right.DIRECTIVE] == {
        "choice": "communicate",
        "beneficiary": "Ma sœur Rose",
        "consent": "J’accepte que CUSTOMER LABS conserve cette directive, pour l’exécuter après ma mort. "
        "Je peux la modifier ou la révoquer à tout moment.",
    }


@pytest.mark.parametrize(
    ("right", "party"),
    [
        (Right.PORTABILITY, ("recipient", "Autre Service", "import@other.example", "")),
        (Right.DIRECTIVE, ("executor", "Rose Leroy", "rose@example.com", "")),
        (Right.HEIRS, ("deceased", "Jean Leroy", "jean@example.com", "fils")),
    ],
)
def test_other_people_are_found_by_their_own_address(client: Client, right: Right, party: tuple[str, ...]) -> None:
    client.post(form_of(right), filled(right))

    (found,) = CaseFile.objects.get().parties.all()
    assert (found.role, found.name, found.email, found.capacity) == party
    assert found.subject_key
    assert found.subject_key != CaseFile.objects.get().subject_key


def test_a_representative_joins_a_mandate(client: Client) -> None:
    mandate = {
        "representative_name": "Me Anne Roux",
        "representative_email": "roux@example.com",
        "representative_capacity": "avocate",
        "mandate": "Mandat signé le 2 mars 2026",
    }

    incomplete = client.post(form_of(Right.ACCESS), filled(Right.ACCESS, representative_name="Me Anne Roux"))
    client.post(form_of(Right.ACCESS), filled(Right.ACCESS, **mandate))

    assert incomplete.status_code == 422
    assert '<details class="more" open>' in incomplete.content.decode()
    assert incomplete.content.decode().count("Indiquez en quelle qualité agit le mandataire.") == 2
    file = CaseFile.objects.get()
    (party,) = file.parties.all()
    assert (party.role, party.name, party.capacity) == ("representative", "Me Anne Roux", "avocate")
    assert file.details == {"mandate": "Mandat signé le 2 mars 2026"}
    assert file.email == "zoe.leroy@example.com"


@pytest.mark.parametrize("right", list(FORMS))
def test_an_empty_form_comes_back_with_a_word_at_each_field(client: Client, right: Right) -> None:
    answer = client.post(form_of(right, "en"), {"number": number()})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert not RightsRequest.objects.exists()
    assert "Error: " in page
    form = answer.context["form"]
    assert {"name", "email"} <= set(form.errors)
    for name in form.errors:
        assert page.count(f'id="{form[name].auto_id}_error"') == 1, name
        assert f'href="#{form[name].auto_id}' in page, name


@pytest.mark.parametrize(
    ("right", "changes", "error"),
    [
        (Right.ACCESS, {"email": "zoé@"}, "whole e-mail address"),
        (Right.ACCESS, {"name": "Zoé\u202egnp.exe"}, "invisible control character"),
        (Right.ACCESS, {"object": "a\x00b"}, "Null characters"),
        (Right.ACCESS, {"object": "x" * 2001}, "at most 2000 characters"),
        (Right.ERASURE, {"ground": "99"}, "Choose why it should be erased."),
        (Right.PORTABILITY, {"recipient_email": ""}, "Enter the e-mail address of that service."),
        (Right.PORTABILITY, {"recipient": ""}, "Enter the name of the service"),
        (Right.DIRECTIVE, {"consent": None}, "Without your agreement"),
        (Right.DIRECTIVE, {"beneficiary": ""}, "Say to whom your data is to be handed over."),
        (Right.DIRECTIVE, {"executor": ""}, "Enter the name of that person."),
        (Right.HEIRS, {"deceased_email": "jean"}, "whole e-mail address"),
        (Right.RECTIFICATION, {"correct": "  "}, "Say what it should be."),
    ],
)
def test_a_wrong_field_gets_its_own_word_and_nothing_is_lost(
    client: Client, right: Right, changes: dict[str, Any], error: str
) -> None:
    answer = client.post(form_of(right, "en"), filled(right, context="Au salon <i>de mars</i>", **changes))
    page = answer.content.decode()

    assert answer.status_code == 422
    assert error in page
    assert "Au salon &lt;i&gt;de mars&lt;/i&gt;" in page
    assert not RightsRequest.objects.exists()


def test_what_is_typed_is_never_read_as_a_page_or_a_template(client: Client) -> None:
    typed = {"name": SCRIPT, "object": SCRIPT, "wrong": SCRIPT, "correct": SCRIPT}
    answer = client.post(form_of(Right.RECTIFICATION), filled(Right.RECTIFICATION, **{**typed, "email": "no"}))
    client.post(form_of(Right.RECTIFICATION), filled(Right.RECTIFICATION, **typed))

    assert "<script>alert" not in answer.content.decode()
    assert "{{ 7|add:7 }}" in answer.content.decode()
    mail = send_received(RightsRequest.objects.get())
    assert mail is not None
    assert "script" not in mail.body
    assert SCRIPT in dict(what_was_asked(CaseFile.objects.get())).values()


def test_a_double_click_is_one_request(client: Client) -> None:
    twice = filled(Right.ACCESS)

    first = client.post(form_of(Right.ACCESS), twice)
    second = client.post(form_of(Right.ACCESS), twice)

    assert RightsRequest.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_a_known_address_gets_the_same_answer_in_the_same_statements(client: Client) -> None:
    wrote("known@example.com")
    seen = []
    for email in ("known@example.com", "known@example.com", "nobody@example.com"):
        client.post(form_of(Right.ACCESS), filled(Right.ACCESS, email=f"warm-{email}"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.post(form_of(Right.ACCESS), filled(Right.ACCESS, email=email))
        reference = answer["Location"].rstrip("/").rpartition("/")[2]
        page = client.get(answer["Location"]).content.decode().replace(reference, "")
        seen.append((answer.status_code, [query["sql"].split()[:3] for query in asked], page))

    assert seen[0] == seen[1] == seen[2]


def test_too_many_from_one_client_wait_and_keep_what_was_typed(client: Client, settings: Settings) -> None:
    settings.RIGHTS_LIMIT_CLIENT = 1
    client.post(form_of(Right.ACCESS), filled(Right.ACCESS))

    refused = client.post(form_of(Right.ACCESS), filled(Right.ACCESS, object="Gardez ceci"))

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "Gardez ceci" in refused.content.decode()
    assert "privacy@customer-labs.com" in refused.content.decode()
    assert RightsRequest.objects.count() == 1


@pytest.mark.parametrize("trace", [{"website": "http://spam.example"}, {"number": "made up"}])
def test_what_a_program_may_have_filled_in_is_taken_and_counts_for_more(
    client: Client, settings: Settings, trace: dict[str, str]
) -> None:
    settings.RIGHTS_LIMIT_CLIENT = 4
    taken = client.post(form_of(Right.ACCESS), filled(Right.ACCESS, **trace))
    refused = client.post(form_of(Right.ACCESS), filled(Right.ACCESS))

    assert (taken.status_code, refused.status_code) == (302, 429)


def test_a_form_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(form_of(Right.ACCESS), filled(Right.ACCESS)).status_code == 403
    assert not RightsRequest.objects.exists()


@pytest.mark.parametrize("reference", ["K7QM-3XRO", "k7qm-3xrt", "x", "<script>"])
def test_a_reference_that_is_none_is_shown_to_nobody(client: Client, reference: str) -> None:
    assert client.get(f"/fr/vos-droits/recue/{reference}/").status_code == 404
