"""What may be typed, and what is said when it may not."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from contact.forms import LONGEST_MESSAGE, SHORTEST_MESSAGE, ContactForm
from contact.models import ContactRequest
from tests.contact.posts import post

pytestmark = pytest.mark.django_db


def errors_of(client: Client, language: str = "fr", **changes: Any) -> str:
    answer = client.post(f"/{language}/contact/", post(**changes))
    assert answer.status_code == 422, answer.get("Location")
    assert not ContactRequest.objects.exists()
    return unescape(answer.content.decode())


def kept(client: Client, **changes: Any) -> ContactRequest:
    answer = client.post("/fr/contact/", post(**changes))
    assert answer.status_code == 302, unescape(answer.content.decode())
    return ContactRequest.objects.get()


@pytest.mark.parametrize(
    ("field", "value", "french", "english"),
    [
        ("last_name", "", "Indiquez votre nom.", "Enter your name."),
        ("email", "", "Indiquez votre adresse électronique", "Enter your e-mail address"),
        ("email", "zoe@", "Indiquez une adresse électronique complète", "Enter a whole e-mail address"),
        ("email", "zoe@example", "Indiquez une adresse électronique complète", "Enter a whole e-mail address"),
        ("email", "zoe@example.com\nBcc: a@example.com", "adresse électronique complète", "whole e-mail address"),
        ("phone", "12", "Indiquez un numéro comme", "Enter a telephone number such as"),
        ("message", "", "Écrivez votre message.", "Write your message."),
        ("message", "x" * (SHORTEST_MESSAGE - 1), "au moins 10 caractères", "at least 10 characters"),
        ("message", "x" * (LONGEST_MESSAGE + 1), "il en compte 5001", "it has 5001"),
        ("message", "bonjour\x00bonjour", "caractère de contrôle invisible", "invisible control character"),
        ("message", "bonjour\x1b[31mbonjour", "caractère de contrôle invisible", "invisible control character"),
        ("last_name", "Lef\x00èvre", "caractère de contrôle invisible", "invisible control character"),
        ("last_name", "Lef\u202eèvre", "caractère de contrôle invisible", "invisible control character"),
        ("kind", "treasure", "Choisissez de quoi parle", "Choose what your message is about"),
        ("consent", None, "Sans votre accord", "Without your agreement"),
    ],
)
def test_each_mistake_is_told_at_its_field_in_the_language_of_the_page_and_what_was_typed_is_kept(
    client: Client, field: str, value: str | None, french: str, english: str
) -> None:
    for language, words in (("fr", french), ("en", english)):
        page = errors_of(client, language, **{field: value})

        [told] = re.findall(rf'id="id_{field}_error"[^>]*>([^<]*)<', page)
        assert words in told
        assert re.search(rf'<li><a href="#id_{field}(_0)?">{re.escape(told)}</a></li>', page)
        assert "zoe.lefevre@example.com" in page or field == "email"
        assert "où en est ma commande" in page or field == "message"
        if value and field != "kind" and "\x00" not in value:
            assert value.splitlines()[0] in page


def test_a_field_in_error_is_marked_and_described_for_a_screen_reader(client: Client) -> None:
    page = errors_of(client, email="zoe@")

    [field] = re.findall(r"<input[^>]*name=\"email\"[^>]*>", page)
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_email_helptext id_email_error"' in field


@pytest.mark.parametrize(
    ("first_name", "last_name"),
    [
        ("", "Suharto"),
        ("Brahim", "O’Connor"),
        ("Jean-Noël", "d'Artois de La Tour"),
        ("美咲", "山田"),
        ("محمد", "الأحمد"),
        ("Ðuro", "Nguyễn"),
        ("Zoe\u0301", "Lefe\u0300vre"),
    ],
)
def test_names_come_in_any_script_and_one_is_enough(client: Client, first_name: str, last_name: str) -> None:
    request = kept(client, first_name=f"  {first_name} ", last_name=last_name.replace(" ", "  "))

    assert request.name.split() == f"{first_name} {last_name}".replace("e\u0301", "é").replace("e\u0300", "è").split()


@pytest.mark.parametrize(
    "address",
    [
        "Zoe.Lefevre+site@Example.COM",
        "o'hara@example.com",
        "zoé@exemple.fr",
        "用户@例子.广告",
        "contact@münchen.example.de",
        "a@xn--mnchen-3ya.de",
    ],
)
def test_an_address_is_kept_as_typed(client: Client, address: str) -> None:
    assert kept(client, email=f" {address} ").email == address


@pytest.mark.parametrize(
    ("typed", "stored", "french", "english"),
    [
        ("01 23 45 67 89", "+33123456789", "01 23 45 67 89", "+33 1 23 45 67 89"),
        ("+44 20 7946 0958", "+442079460958", "+44 20 7946 0958", "+44 20 7946 0958"),
        ("0033 1 23 45 67 89", "+33123456789", "01 23 45 67 89", "+33 1 23 45 67 89"),
        ("", "", "", ""),
    ],
)
def test_a_telephone_is_french_by_default_and_shown_as_its_reader_dials_it(
    client: Client, typed: str, stored: str, french: str, english: str
) -> None:
    from django.utils import translation

    request = kept(client, phone=typed)

    assert (request.phone.as_e164 if request.phone else "") == stored
    with translation.override("fr"):
        assert request.phone_to_read == french
    with translation.override("en"):
        assert request.phone_to_read == english


@pytest.mark.parametrize("length", [SHORTEST_MESSAGE, LONGEST_MESSAGE])
def test_a_message_of_the_shortest_and_of_the_longest_length_is_taken(client: Client, length: int) -> None:
    assert len(kept(client, message="é" * length).message) == length


def test_a_message_keeps_its_lines_its_emoji_and_its_signs(client: Client) -> None:
    message = "Ligne 1\r\nLigne 2 👩‍🚀 <b>pas du HTML</b> & ¿qué?\rLigne 3"

    assert kept(client, message=message).message == message.replace("\r\n", "\n").replace("\r", "\n")


def test_fields_that_all_forms_share_are_left_as_they_were_by_each(client: Client) -> None:
    def state() -> str:
        return repr({name: {**vars(field), "widget": vars(field.widget)} for name, field in shared.items()})

    shared = dict(ContactForm.base_fields)
    before = state()
    first = ContactForm(QueryDict(urlencode(post(email="zoe@", phone="12", kind="treasure"))))
    second = ContactForm(QueryDict(urlencode(post())))

    page = errors_of(client, email="zoe@", phone="12", kind="treasure")

    assert (first.is_valid(), second.is_valid()) == (False, True)
    assert "zoe@" in page
    assert "zoe@" not in client.get("/fr/contact/").content.decode()
    del first.fields["phone"]
    assert list(second.fields) == list(shared)
    assert state() == before


class AnyInput(TestCase):
    """Whatever is typed is kept or refused with a reason; it never breaks the page."""

    @settings(max_examples=60)
    @given(
        st.fixed_dictionaries(
            {
                name: st.text(max_size=60)
                for name in ("first_name", "last_name", "email", "phone", "message", "kind", "number", "website")
            }
        )
    )
    def test_any_text_in_any_field_is_answered(self, typed: dict[str, str]) -> None:
        answer = Client().post("/fr/contact/", {"consent": "on", **typed})

        assert answer.status_code in {302, 422, 429}

    @settings(max_examples=60)
    @given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=10, max_size=200))
    def test_any_message_without_control_characters_is_kept_to_the_letter(self, message: str) -> None:
        from django.conf import settings as site

        with self.settings(CONTACT_LIMIT_CLIENT=(10_000, 10_000), CONTACT_LIMIT_SITE=(10_000, 10_000)):
            assert site.CONTACT_LIMIT_CLIENT
            answer = Client().post("/fr/contact/", post(message=message))

        if len(message.strip()) >= SHORTEST_MESSAGE:
            assert answer.status_code == 302
            assert ContactRequest.objects.latest("pk").message == message.strip()
