"""Staff search people, and no address, history or log learns for whom."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from cryptography.fernet import InvalidToken
from django.contrib.admin.views.main import SEARCH_VAR
from django.test import Client

from customerlabs.models import StaffMember
from privacy.search import LIFE, LONGEST, seal, unseal
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.privacy.search_urls")]

LIST = "/admin/customerlabs/staffmember/"
NOW = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)


def known(first_name: str, **given: Any) -> StaffMember:
    address = given.pop("email", f"{uuid.uuid4()}@example.com")
    return StaffMember.objects.create_user(address, first_name=first_name, **given)


def search(client: Client, words: str, query: str = "") -> Any:
    return client.post(f"{LIST}{query}", {SEARCH_VAR: words, "_search": "Search"})


def shown(page: Any) -> set[int]:
    return {row.pk for row in page.context["cl"].result_list}


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize("words", ["Zoé", "zoé lef", "zoe.lefevre@example.com", "LEFÈVRE"])
def test_a_person_is_found_and_the_address_bar_does_not_say_who(admin_client: Client, words: str) -> None:
    zoe = known("Zoé", last_name="Lefèvre", email="zoe.lefevre@example.com")
    known("Ana", last_name="Petit")

    answer = search(admin_client, words)
    page = admin_client.get(answer["Location"])

    assert answer.status_code == 302
    assert urlsplit(answer["Location"]).path == LIST
    sealed = parse_qs(urlsplit(answer["Location"]).query)[SEARCH_VAR][0]
    assert unseal(sealed) == words
    for word in words.split():
        assert word.casefold() not in answer["Location"].casefold()
    assert shown(page) == {zoe.pk}
    assert f'value="{words}"' in page.content.decode()


@pytest.mark.promise("P7.1")
def test_no_link_of_the_page_says_who_is_searched(admin_client: Client) -> None:
    for _ in range(3):
        known("Zoé")

    page = admin_client.get(search(admin_client, "Zoé")["Location"])

    links = re.findall(r'href="([^"]*)"', page.content.decode())
    assert any(f"{SEARCH_VAR}=" in link for link in links)
    assert [link for link in links if "zoé" in unquote(link).casefold()] == []


def test_pages_and_filters_keep_the_search(admin_client: Client) -> None:
    first, second = known("Zoé"), known("Zoé")
    known("Zoé", is_staff=True)
    known("Ana")

    location = search(admin_client, "Zoé", "?is_staff__exact=0&p=2")["Location"]
    pages = [admin_client.get(location), admin_client.get(f"{location}&p=2")]

    assert parse_qs(urlsplit(location).query)["is_staff__exact"] == ["0"]
    assert [page.context["cl"].result_count for page in pages] == [2, 2]
    assert [shown(page) for page in pages] == [{first.pk}, {second.pk}]


@pytest.mark.parametrize("sealed", ["Zoé", "x" * 400, "%00", "gAAAAA==", "altered"])
def test_a_search_that_was_not_sealed_here_shows_the_plain_list(admin_client: Client, sealed: str) -> None:
    if sealed == "altered":
        sealed = seal("Zoé")[:-4] + "AAA="

    answer = admin_client.get(LIST, {SEARCH_VAR: sealed, "is_staff__exact": "0"})

    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?is_staff__exact=0")


@pytest.mark.parametrize(("age", "kept"), [(LIFE - 1, True), (LIFE, True), (LIFE + 1, False)])
def test_a_sealed_search_is_opened_for_a_working_day(client: Client, admin_user: Any, age: int, kept: bool) -> None:
    with time_machine.travel(NOW, tick=False):
        sealed = seal("Zoé")

    with time_machine.travel(NOW + timedelta(seconds=age), tick=False):
        sign_in(client, admin_user)
        answer = client.get(LIST, {SEARCH_VAR: sealed})

    assert (answer.status_code == 200) is kept


def test_an_empty_search_is_the_plain_list(admin_client: Client) -> None:
    assert search(admin_client, "  ")["Location"] == LIST


@pytest.mark.parametrize("words", ["Zo\x00é", "é" * 5000, "%_\\' OR 1=1 --", "🐦"])
def test_any_words_can_be_searched(admin_client: Client, words: str) -> None:
    location = search(admin_client, words)["Location"]

    assert admin_client.get(location).status_code == 200
    assert len(location) < 2000
    assert len(unseal(parse_qs(urlsplit(location).query)[SEARCH_VAR][0])) <= LONGEST


def test_the_search_is_closed_to_those_who_are_not_signed_in(client: Client) -> None:
    answer = search(client, "Zoé")

    assert answer["Location"].startswith("/admin/login/")


def test_a_sealed_search_differs_each_time_and_never_holds_the_words() -> None:
    assert seal("Lefèvre") != seal("Lefèvre")
    assert "Lef" not in seal("Lefèvre")
    assert unseal(seal("Lefèvre")) == "Lefèvre"
    assert (seal(""), unseal("")) == ("", "")


def test_a_search_sealed_under_another_secret_is_not_opened(settings: Any) -> None:
    sealed = seal("Zoé")

    settings.SECRET_KEY = "another " * 8

    with pytest.raises(InvalidToken):
        unseal(sealed)
