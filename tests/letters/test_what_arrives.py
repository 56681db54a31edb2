"""What a reader of our letters sees: their own language, every accent, and nothing that a name could slip in."""

from email.policy import compat32
from typing import Any

import pytest

from contact.services import answer_contact_request
from privacy.letters.kinds import Message
from privacy.letters.mail import mail_of
from privacy.letters.models import Letter
from privacy.letters.queue import deliver_due
from tests.letters.writing import ADDRESS, acknowledgement, submit
from tests.post_office import PostOffice, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.promise("P3.1")
@pytest.mark.parametrize(
    ("language", "subject", "consent"),
    [
        ("fr", "CUSTOMER LABS a bien reçu votre message", "Vous pouvez retirer cet accord à tout moment"),
        ("en", "CUSTOMER LABS has received your message", "You can withdraw that agreement at any time"),
    ],
)
def test_the_acknowledgement_speaks_the_language_of_the_form(
    post_office: PostOffice, language: str, subject: str, consent: str
) -> None:
    acknowledgement(language=language)

    deliver_due()

    (mail,) = post_office.received
    assert mail["Subject"] == subject
    assert consent in text_of(mail)
    assert (mail["To"], mail["Reply-To"]) == (ADDRESS, "contact@customer-labs.com")
    assert mail["Auto-Submitted"] == "auto-generated"


def test_an_answer_arrives_as_it_was_typed(post_office: PostOffice) -> None:
    typed = "L'été & <b>l’œuvre</b> à 50 % — « oui » : {{ settings.SECRET_KEY }} {% debug %}\n\n.\nFin 🌻"
    request = submit()
    Letter.objects.all().delete()
    answer_contact_request(request.pk, author_id=None, body=typed)

    deliver_due()

    (mail,) = post_office.received
    assert typed in text_of(mail).replace("\r\n", "\n")
    assert mail["Subject"] == "CUSTOMER LABS répond à votre message"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_letter_shows_an_html_entity(post_office: PostOffice, language: str) -> None:
    request = submit(language=language)
    answer_contact_request(request.pk, author_id=None, body="L'été & l'hiver")

    deliver_due()

    assert len(post_office.received) == 3
    for mail in post_office.received:
        assert "&#" not in text_of(mail)
        assert "&amp;" not in text_of(mail)


@pytest.mark.promise("P7.1")
def test_the_notice_to_the_team_names_nobody(post_office: PostOffice) -> None:
    request = submit()
    Letter.objects.filter(kind="contact.acknowledgement").delete()

    deliver_due()

    (mail,) = post_office.received
    assert mail["To"] == "contact@customer-labs.com"
    assert f"/admin/contact/contactrequest/{request.pk}/change/" in text_of(mail)
    assert "Reply-To" not in mail
    for word in ("Zoé", "Lefèvre", ADDRESS, "+33123456789", "commande"):
        assert word not in mail.as_string() + text_of(mail)


@pytest.mark.parametrize("field", ["first_name", "last_name", "message"])
def test_nothing_a_visitor_types_becomes_a_header(post_office: PostOffice, field: str) -> None:
    acknowledgement(**{field: "Zoé\r\nBcc: everybody@example.net\r\n\r\nBuy!"})

    deliver_due()

    (mail,) = post_office.received
    assert mail["Bcc"] is None
    assert "everybody@example.net" not in mail.as_string() + text_of(mail)


def test_an_address_with_a_line_break_is_never_sent_to(post_office: PostOffice) -> None:
    letter = acknowledgement(email="zoe@example.com\nBcc: everybody@example.net")

    deliver_due()

    letter.refresh_from_db()
    assert post_office.received == []
    assert (letter.state, letter.error) == (Letter.State.QUEUED, "BadHeaderError")


@pytest.mark.parametrize("value", ["short", "long " * 40, "é" * 100, "x" * 200, ""])
def test_a_header_is_written_as_the_standard_library_writes_it(value: str) -> None:
    message = Message(to="zoé@example.com", subject=value or "-", body="Bonjour.", headers={"X-Note": value})
    mail: Any = mail_of(message, message_id="<1@example.com>").message()

    ours = mail.as_bytes(linesep="\r\n")
    mail.policy = compat32

    assert ours == mail.as_bytes(linesep="\r\n")
