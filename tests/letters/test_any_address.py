"""A letter reaches addresses with accents where the server takes them, and says so where it does not."""

from typing import Any

import pytest

from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from tests.letters.conftest import use
from tests.letters.writing import acknowledgement
from tests.post_office import PostOffice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _our_backend(settings: Any) -> None:
    settings.EMAIL_BACKEND = "privacy.letters.smtp.EmailBackend"


def go_through(office: PostOffice, settings: Any, address: str) -> Letter:
    letter = acknowledgement(email=address)
    use(settings, office.port, EMAIL_BACKEND="privacy.letters.smtp.EmailBackend")
    deliver_due()
    letter.refresh_from_db()
    return letter


@pytest.mark.parametrize("address", ["zoé@exemple.fr", "用户@example.com", "zoé@münchen.example.de"])
def test_accents_before_the_at_arrive_where_the_server_takes_them(settings: Any, address: str) -> None:
    with PostOffice().serving(accents=True) as office:
        letter = go_through(office, settings, address)

    assert letter.state == Letter.State.SENT
    [mail] = office.received
    assert address in str(mail["To"])
    assert mail["Message-ID"] == letter.message_id
    assert "Votre message est arrivé" in mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_where_the_server_does_not_the_letter_fails_for_good_and_the_next_one_leaves(settings: Any) -> None:
    other = acknowledgement(email="plain@example.com")

    with PostOffice().serving() as office:
        letter = go_through(office, settings, "zoé@exemple.fr")

    other.refresh_from_db()
    assert (letter.state, letter.error) == (Letter.State.FAILED, "SMTPNotSupportedError")
    assert other.state == Letter.State.SENT


def test_an_accent_after_the_at_needs_nothing_of_the_server(settings: Any) -> None:
    with PostOffice().serving() as office:
        letter = go_through(office, settings, "zoe@münchen.example.de")

    assert letter.state == Letter.State.SENT
    assert "xn--mnchen-3ya.example.de" in str(office.received[0]["To"])


def test_each_letter_has_a_text_part_and_an_html_part_that_say_the_same(settings: Any) -> None:
    with PostOffice().serving() as office:
        go_through(office, settings, "zoe@example.com")

    [mail] = office.received
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert '<html lang="fr">' in html.get_content()
    assert "Votre message est arrivé" in text.get_content()
    assert "Votre message est arrivé" in html.get_content()
