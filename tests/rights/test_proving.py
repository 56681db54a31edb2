"""The link that proves an address, and the papers that may be joined to a request."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from privacy.links import single_use
from privacy.papers.models import Paper
from privacy.rights.kinds import WITHOUT_PAPERS, Right, State
from privacy.rights.links import PROVE
from privacy.rights.models import RightsRequest
from tests.papers.corpus import picture
from tests.rights.pages import at, filled, form_of

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1")]


def proving_link(language: str = "fr") -> str:
    request = RightsRequest.objects.get()
    token = single_use.mint(PROVE, request, subject_key=request.subject_key, life=RightsRequest.PROVE_WITHIN)
    return at("rights-prove", token, language=language)


def test_the_link_shows_a_button_and_the_button_proves_the_address(client: Client) -> None:
    client.post(form_of(Right.ACCESS), filled(Right.ACCESS))
    link = proving_link()

    looked = client.get(link)
    unproved = RightsRequest.objects.get().state
    done = client.post(link)

    assert (looked.status_code, unproved) == (200, State.UNPROVED)
    assert looked["Referrer-Policy"] == "strict-origin"
    assert done["Location"] == at("rights-request")
    assert RightsRequest.objects.get().proof == "link"
    assert RightsRequest.objects.get().reference in client.get(done["Location"]).content.decode()


def test_a_used_link_says_that_all_is_well_and_opens_nothing(client: Client) -> None:
    client.post(form_of(Right.ACCESS), filled(Right.ACCESS))
    link = proving_link()
    client.post(link)
    stranger = Client()

    again, clicked = stranger.get(link), stranger.post(link)

    assert again.status_code == clicked.status_code == 200
    assert "déjà confirmée" in again.content.decode()
    assert stranger.get(at("rights-request")).status_code == 403


def test_a_wrong_link_leads_on(client: Client) -> None:
    gone = client.get(at("rights-prove", "made-up"))

    assert gone.status_code == 410
    assert at("rights-new-link") in gone.content.decode()
    assert client.post(at("rights-prove", "made-up")).status_code == 410


def upload(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("x.jpg", data, "image/jpeg")


@pytest.mark.promise("P6.3")
def test_a_paper_may_be_joined_and_is_never_needed(client: Client) -> None:
    page = client.get(form_of(Right.ACCESS, "en")).content.decode()
    client.post(form_of(Right.ACCESS), filled(Right.ACCESS, **{"papers-recto": upload(picture())}))

    assert "You need not: we ask for one only if we doubt who asks" in page
    assert "Making sure that a request about data comes from its person" in page
    assert Paper.objects.get().side == "recto"


@pytest.mark.promise("P6.3")
def test_a_file_that_is_no_paper_gets_a_word_at_its_field_and_nothing_is_filed(client: Client) -> None:
    sent = filled(Right.ACCESS, object="Gardez ceci", **{"papers-verso": upload(b"<svg/>")})

    answer = client.post(form_of(Right.ACCESS), sent)

    assert answer.status_code == 422
    assert 'id="id_papers-verso_error"' in answer.content.decode()
    assert "Gardez ceci" in answer.content.decode()
    assert not RightsRequest.objects.exists()


@pytest.mark.parametrize("right", sorted(WITHOUT_PAPERS - {Right.WITHDRAWAL}))
def test_some_rights_take_no_paper_even_when_one_is_sent(client: Client, right: Right) -> None:
    client.post(form_of(right), filled(right, **{"papers-recto": upload(picture())}))

    assert "papers-recto" not in client.get(form_of(right)).content.decode()
    assert RightsRequest.objects.count() == 1
    assert not Paper.objects.exists()
