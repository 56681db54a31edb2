"""The policy says what the declarations and the settings say, in both languages."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as site_settings
from django.db import OperationalError
from django.test import Client
from django.utils import translation

from privacy.periods import Period
from privacy.policy import rendering
from privacy.policy.models import PolicyVersionQuerySet
from privacy.processors import read_processors
from privacy.registry import registry

pytestmark = pytest.mark.django_db

ADDRESSES = {"fr": "/fr/confidentialite/", "en": "/en/privacy/"}


def text(client: Client, language: str) -> str:
    answer = client.get(ADDRESSES[language])
    assert answer.status_code == 200
    return spaced(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def spaced(words: object) -> str:
    return re.sub(r"\s+", " ", str(words))


@pytest.mark.promise("P1.1", "P2.1", "P5.0", "P10.1")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_policy_has_its_twelve_sections_and_its_facts(client: Client, language: str) -> None:
    page = client.get(ADDRESSES[language]).content.decode()

    assert [int(number) for number in re.findall(r'<h2 id="s(\d+)">\d+\.', page)] == list(range(1, 13))
    words = text(client, language)
    for fact in (
        "810 308 288",
        "Immeuble le Rifkin",
        "privacy@customer-labs.com",
        "3 Place de Fontenoy",
        "01 53 73 22 22",
    ):
        assert fact in words


@pytest.mark.promise("P8.0", "P8.1", "P8.2")
@pytest.mark.parametrize(
    ("name", "period", "french", "english"),
    [
        ("CONTACT_RETENTION", Period(days=41), "41 jours", "41 days"),
        ("PROSPECT_RETENTION", Period(years=2), "2 ans", "2 years"),
        ("LETTER_RETENTION", Period(days=17), "17 jours", "17 days"),
        ("STAFF_RETENTION", Period(months=5), "5 mois", "5 months"),
        ("BACKUP_ROLLOVER", Period(days=43), "plus de 43 jours", "more than 43 days"),
    ],
)
def test_a_changed_setting_changes_the_page(
    client: Client, settings: Any, name: str, period: Period, french: str, english: str
) -> None:
    before = {language: text(client, language) for language in ADDRESSES}

    setattr(settings, name, period)

    for language, words in (("fr", french), ("en", english)):
        assert words not in before[language]
        assert words in text(client, language)


@pytest.mark.promise("P2.2", "P3.1", "P3.2", "P4.1")
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_activity_and_every_cookie_is_told(client: Client, language: str) -> None:
    page = text(client, language)

    with translation.override(language):
        activities = {table.activity.name: table.activity for table in registry.tables()}
        for activity in activities.values():
            if not activity.in_use():
                continue
            assert spaced(activity.purpose) in page
            assert spaced(activity.recipients) in page
        for tracker in registry.trackers:
            assert tracker.name in page
            assert spaced(tracker.what_for) in page


@pytest.mark.promise("P11.6", "P8.3")
def test_no_cookie_lives_longer_than_thirteen_months() -> None:
    necessary = {"csrftoken", "django_language", "sessionid", "eu-consent"}
    assert {tracker.name for tracker in registry.trackers} == necessary
    assert {tracker.name for tracker in registry.all_trackers} == necessary | {"audience"}
    assert all(tracker.life is None or tracker.life.days <= 393 for tracker in registry.all_trackers)


COUNTED = (
    r"\d+|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|douze|treize|quinze|vingt|trente|soixante|cent"
    r"|a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|thirteen|fifteen|twenty|thirty|sixty|hundred"
)
UNITS = "heures?|jours?|semaines?|mois|ans?|années?|hours?|days?|weeks?|months?|years?"


def durations(prose: str) -> list[str]:
    """Spans of time written out, in figures or in words; “15 ans” is an age."""
    found = re.finditer(rf"\b({COUNTED})[\s\u202f-]+({UNITS})\b", prose, re.IGNORECASE)
    return [match[0] for match in found if match[1] != "15"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_duration_stands_in_the_prose_by_hand(language: str) -> None:
    prose = (Path(site_settings.BASE_DIR) / f"templates/privacy/policy/{language}.html").read_text(encoding="utf-8")

    assert durations(prose) == []


@pytest.mark.parametrize(
    "prose", ["gardé 3 ans", "trois ans", "un mois", "within a month", "for thirty days", "24\u202fheures", "13 months"]
)
def test_a_duration_by_hand_would_be_found(prose: str) -> None:
    assert durations(prose)


@pytest.mark.promise("P4.1")
def test_each_processor_is_named_with_its_country_and_its_safeguards(client: Client, settings: Any) -> None:
    settings.PROCESSORS = read_processors(
        """
        [[processor]]
        name = "Hébergeur Exemple SAS"
        what_for = {fr = "héberge le site", en = "hosts the site"}
        country = "FR"
        contract = 2026-01-15
        review = 2027-01-15
        [[processor]]
        name = "Exemple Mail Inc."
        what_for = {fr = "achemine les courriels", en = "carries the mail"}
        country = "US"
        safeguards = {fr = "clauses contractuelles types", en = "standard contractual clauses"}
        contract = 2026-02-01
        review = 2027-02-01
        sub_processors = ["Exemple Cloud Ltd"]
        """
    )

    french, english = text(client, "fr"), text(client, "en")

    assert "Hébergeur Exemple SAS héberge le site France sans objet –" in french
    assert "Exemple Mail Inc. achemine les courriels États-Unis clauses contractuelles types Exemple Cloud" in french
    assert "Exemple Mail Inc. carries the mail United States standard contractual clauses Exemple Cloud" in english


def test_the_same_settings_give_the_same_text_whoever_asks_and_when(client: Client) -> None:
    first = rendering.current()

    with time_machine.travel("2031-05-01"):
        client.get("/en/privacy/", headers={"accept-language": "de"})
        assert rendering.current() == first


def test_the_page_is_read_while_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise OperationalError

    monkeypatch.setattr(PolicyVersionQuerySet, "in_force_on", away)

    assert client.get(ADDRESSES["fr"]).status_code == 200


def test_the_text_is_printed_once_for_the_same_settings_and_declarations(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []

    def noted(template: str, context: dict[str, Any]) -> str:
        printed.append(template)
        return template

    monkeypatch.setattr(rendering, "render_to_string", noted)
    settings.HOST_NAME = "An Hôte"

    for _ in range(3):
        rendering.current()
    assert len(printed) == 2

    monkeypatch.setattr(registry, "outside", registry.outside[:-1])
    rendering.current()
    assert len(printed) == 4

    settings.HOST_NAME = "Another"
    rendering.current()
    assert len(printed) == 6


def test_where_templates_are_written_nothing_is_kept(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG = True
    before = rendering.text_in("fr")
    monkeypatch.setattr(rendering, "render_to_string", lambda template, context: "edited")

    assert rendering.text_in("fr") == "edited" != before
