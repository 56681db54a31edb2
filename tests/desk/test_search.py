"""Searching the inbox: by name, address or word, in any script, and never in an address of the site."""

from typing import Any

import pytest
from django.test import Client

from contact.models import ContactRequest
from tests.desk.desk import INBOX, Status, listed, member, request, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return signed_in(member())


def search(client: Client, words: str, **query: str) -> Any:
    address = f"{INBOX}?{'&'.join(f'{name}={value}' for name, value in query.items())}"
    return client.post(address, {"q": words, "_search": "Search"}, follow=True)


def finds(client: Client, words: str) -> bool:
    return bool(listed(search(client, words)))


@pytest.mark.parametrize(
    "words",
    [
        "lefevre", "LEFÈVRE", "Zoé", "zoe", "zo", "z", "efev", "Zoé Lefèvre", "lefevre zoe", "commande", "d’été",
        "d'ete", "ETE", "zoe.lefevre@", "example.com", "zoe.lefevre@example.com", "Zoe.Lefevre@Example.COM",
        "lefe\u0300vre",
        "lefevre commande", "100%", "a_b", "c\\d", "фёдор", "ФЕДОР", "李明", "明", "مرحبا", "🎉", "œuvre", "oeuvre",
        "Jean-Luc", "jean luc", "  commande  ",
    ],
)  # fmt: skip
def test_words_find_whatever_their_case_accents_and_script(client: Client, words: str) -> None:
    request(message="Où en est ma commande d’été ? 100% a_b c\\d Фёдор 李明 مرحبا 🎉 œuvre\nJean-Luc")

    assert finds(client, words)


@pytest.mark.parametrize(
    "words", ["lefebvre", "q303", "oe", "%%%", "_", "?", "100_", "commande absente", "zoe.lefevre@example.org", "axb"]
)
def test_other_words_do_not_find(client: Client, words: str) -> None:
    request(message="Où en est ma commande d’été ? 100% a_b")

    assert not finds(client, words)


@pytest.mark.promise("P7.1")
def test_what_is_searched_stands_in_no_address(client: Client) -> None:
    request()

    answer = search(client, "Lefèvre")

    address = answer.redirect_chain[-1][0]
    assert "lef" not in address.lower()
    assert "Lefèvre" in answer.content.decode()


def test_a_search_looks_everywhere_unless_a_view_is_chosen(client: Client) -> None:
    closed = request(status=Status.CLOSED)
    opened = request()
    request(status=Status.HELD)

    assert listed(search(client, "lefevre")) == [opened.pk, closed.pk]
    assert listed(search(client, "lefevre", view="closed")) == [closed.pk]


def test_a_whole_address_goes_through_the_subject_key(client: Client) -> None:
    theirs = request(email="zoe@straße.de")
    request(email="zoe@strasse.de")
    request(email="leo@example.com", message="My neighbour is zoe@straße.de")

    found = listed(search(client, "ZOE@straße.de"))

    assert found == [theirs.pk]


def test_an_anonymised_request_is_not_found(client: Client) -> None:
    request(is_anonymised=True, last_name="Lefèvre")

    assert not finds(client, "lefevre")


def test_a_nul_finds_nothing_and_breaks_nothing(client: Client) -> None:
    request()

    assert search(client, "lef\x00evre").status_code == 200
    assert ContactRequest.objects.count() == 1
