"""When a choice no longer holds, and what a browser's own signal says instead of one."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils.html import strip_tags
from pytest_django import Settings

from cookies.banner import _shown
from cookies.catalogue import AUDIENCE
from cookies.models import CatalogueVersion, ChoiceEvent, RefusalCount
from privacy.limits.models import LimitCount
from tests.cookies.test_choosing import events
from tests.cookies.visitors import MANAGE, OURS, choose, has_banner, kept, words
from tests.site.pages import LANGUAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_audience")]


def test_a_changed_purpose_or_controller_asks_again_and_better_words_do_not(
    visitor: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(visitor, "all")
    asked_again = {}

    with monkeypatch.context() as patch:
        patch.setitem(AUDIENCE.__dict__, "what_for", "Better words.")
        settings.COOKIE_CHOICE_LIFE = timedelta(days=90)
        asked_again["words and life"] = has_banner(visitor)
    with monkeypatch.context() as patch:
        patch.setitem(AUDIENCE.__dict__, "revision", 2)
        asked_again["purpose"] = has_banner(visitor)
    with monkeypatch.context() as patch:
        patch.setitem(settings.CONTROLLER.__dict__, "name", "SOMEBODY ELSE")
        asked_again["controller"] = has_banner(visitor)
    settings.AUDIENCE = False
    asked_again["one purpose less"] = has_banner(visitor)
    settings.AUDIENCE = True

    assert asked_again == {"words and life": False, "purpose": True, "controller": True, "one purpose less": True}
    assert not has_banner(visitor)


def test_after_a_change_the_earlier_agreement_allows_nothing_and_its_proof_ends_with_the_next_choice(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(visitor, "all")
    monkeypatch.setitem(AUDIENCE.__dict__, "revision", 2)

    assert "/static/audience." not in visitor.get("/fr/").content.decode()
    choose(visitor, "none")

    assert events() == [("accepted", "audience"), ("withdrawn", "audience")]


def test_an_agreement_to_words_that_are_no_longer_shown_is_asked_again(visitor: Client) -> None:
    answer = choose(visitor, "all", catalogue="0" * 16)

    assert answer.status_code == 409
    assert "a changé depuis" in words(answer)
    assert (kept(visitor), events()) == ("", [])
    assert choose(visitor, "none", catalogue="0" * 16).status_code == 302


@pytest.fixture
def _afresh() -> Iterator[None]:
    """Words don't change while a process runs, so each version is made up once in it."""
    _shown.cache_clear()
    yield
    _shown.cache_clear()


@pytest.mark.promise("P11.1")
@pytest.mark.usefixtures("_afresh")
def test_each_version_of_the_catalogue_is_kept_once_with_the_banner_as_shown(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(visitor, "all")
    choose(Client(), "all")
    monkeypatch.setitem(AUDIENCE.__dict__, "title", "Better words")
    _shown.cache_clear()
    choose(Client(), "all", "en")

    old, new = CatalogueVersion.objects.order_by("pk")
    assert [event.version_id for event in ChoiceEvent.objects.order_by("pk")] == [old.pk, old.pk, new.pk]
    assert old.asked == new.asked
    for language in LANGUAGES:
        page = strip_tags(Client().get(f"/{language}/").content.decode())
        assert getattr(new, f"text_{language}") in re.sub(r"\s+", " ", unescape(page))
    assert "Tout accepter Tout refuser Choisir" in old.text_fr
    assert {tracker["name"] for tracker in old.catalogue["audience"]} == {"audience"}


@pytest.mark.promise("P11.5")
def test_the_signal_of_the_browser_refuses_without_a_cookie_or_a_row(visitor: Client) -> None:
    for language in LANGUAGES:
        answer = visitor.get(f"/{language}/", headers={"Sec-GPC": "1"})
        assert 'id="cookies"' not in answer.content.decode()
        assert "Global Privacy Control" in words(answer)
        assert "Global Privacy Control" in words(visitor.get(MANAGE[language], headers={"Sec-GPC": "1"}))

    assert not visitor.cookies
    assert not RefusalCount.objects.exists()
    assert not LimitCount.objects.exists()
    assert "Global Privacy Control" not in words(visitor.get("/fr/"))
    assert has_banner(visitor, **{"Sec-GPC": "0"})


def test_an_agreement_given_while_the_signal_was_on_wins_and_one_from_before_does_not(visitor: Client) -> None:
    def is_counted() -> bool:
        return "/static/audience." in visitor.get("/fr/", headers={"Sec-GPC": "1"}).content.decode()

    choose(visitor, "all")
    from_before = is_counted()
    choose(visitor, "all", headers={**OURS, "Sec-GPC": "1"})

    assert (from_before, is_counted()) == (False, True)
    assert kept(visitor).startswith("1g.")
