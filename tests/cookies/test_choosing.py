"""A choice: what the browser keeps, what the record keeps, how long it holds, how it is taken back."""

import re
from html import unescape

import pytest
import time_machine
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries, Settings

from cookies.choice import read_choice
from cookies.models import ChoiceEvent, RefusalCount
from privacy.registry import registry
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from tests.cookies.visitors import MANAGE, choose, has_banner, kept, words
from tests.site.pages import LANGUAGES, address

POLICY = [address("policy", language) for language in LANGUAGES]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_audience")]


def events() -> list[tuple[str, str]]:
    return list(ChoiceEvent.objects.order_by("pk").values_list("kind", "purposes"))


@pytest.mark.promise("P11.1", "P11.2", "P11.9")
def test_an_agreement_is_kept_in_the_browser_and_proved_by_a_row_that_finds_nobody(visitor: Client) -> None:
    answer = choose(visitor, "all")

    assert (answer.status_code, answer["Location"]) == (302, "/fr/")
    event = ChoiceEvent.objects.get()
    assert (event.kind, event.purposes, event.language) == ("accepted", "audience", "fr")
    assert kept(visitor).split(".")[3:] == [event.number, "audience:1"]
    columns = {field.name for field in ChoiceEvent._meta.get_fields()}
    assert columns == {"id", "kind", "number", "purposes", "version", "language", "at", "ends_at"}


@pytest.mark.promise("P11.5")
def test_a_refusal_has_no_number_and_is_only_counted(visitor: Client) -> None:
    choose(visitor, "none")
    choose(Client(), "none")
    choose(Client(), "these")

    assert kept(visitor).split(".")[3:] == ["0", "audience:0"]
    assert events() == []
    assert list(RefusalCount.objects.values_list("count", flat=True)) == [3]


@pytest.mark.promise("P11.2")
def test_choosing_keeps_one_answer_for_each_purpose(visitor: Client) -> None:
    choose(visitor, "these", purpose="audience")

    choice = read_choice(kept(visitor))
    assert choice
    assert choice.accepted == {"audience"}
    assert events() == [("accepted", "audience")]


@pytest.mark.promise("P8.3", "P11.4")
@pytest.mark.parametrize("choice", ["all", "none"])
def test_agreeing_and_refusing_last_the_same(visitor: Client, settings: Settings, choice: str) -> None:
    choose(visitor, choice)

    cookie = visitor.cookies["eu-consent"]
    assert cookie["max-age"] == 182 * 24 * 60 * 60
    assert (cookie["samesite"], cookie["path"], cookie["domain"], cookie["secure"]) == ("Lax", "/", "", "")
    settings.HTTPS = True
    choose(visitor, choice)
    assert visitor.cookies["eu-consent"]["secure"]


@pytest.mark.parametrize("choice", ["all", "none"])
def test_a_choice_may_last_until_the_browser_closes(visitor: Client, settings: Settings, choice: str) -> None:
    settings.COOKIE_CHOICE_LIFE = None

    choose(visitor, choice)

    assert (visitor.cookies["eu-consent"]["max-age"], visitor.cookies["eu-consent"]["expires"]) == ("", "")
    assert not has_banner(visitor)
    assert "à la fermeture du navigateur" in words(visitor.get(MANAGE["fr"]))


@pytest.mark.promise("P11.1", "P11.4")
@pytest.mark.parametrize("choice", ["all", "none"])
def test_the_banner_is_back_once_the_choice_is_over(visitor: Client, choice: str) -> None:
    with time_machine.travel("2026-11-23T12:00:00+01:00", tick=False):
        choose(visitor, choice)
        assert not has_banner(visitor)
    with time_machine.travel("2027-05-24T11:59:59+02:00", tick=False):
        assert not has_banner(visitor)
    with time_machine.travel("2027-05-25T00:00:01+02:00", tick=False):
        assert has_banner(visitor)


@pytest.mark.promise("P11.9")
def test_withdrawing_is_one_post_and_leaves_its_proof(visitor: Client) -> None:
    choose(visitor, "all")
    number = ChoiceEvent.objects.get().number
    page = words(visitor.get(MANAGE["fr"]))

    answer = choose(visitor, "none", next=MANAGE["fr"])

    assert number in page
    assert "Retirer mon accord" in page
    assert answer["Location"] == MANAGE["fr"]
    assert events() == [("accepted", "audience"), ("withdrawn", "audience")]
    accepted, withdrawn = ChoiceEvent.objects.order_by("pk")
    assert withdrawn.number == accepted.number == number
    assert accepted.ends_at == withdrawn.ends_at == withdrawn.at
    assert kept(visitor).split(".")[3] == "0"
    assert "Retirer mon accord" not in words(visitor.get(MANAGE["fr"]))
    assert not RefusalCount.objects.exists()


def test_withdrawing_twice_with_the_same_cookie_is_recorded_once(visitor: Client) -> None:
    choose(visitor, "all")
    cookie = kept(visitor)

    for _ in range(2):
        visitor.cookies["eu-consent"] = cookie
        assert choose(visitor, "none").status_code == 302

    assert events() == [("accepted", "audience"), ("withdrawn", "audience")]


def test_a_number_somebody_made_up_withdraws_nothing(visitor: Client) -> None:
    choose(visitor, "all")
    parts = kept(visitor).split(".")
    visitor.cookies["eu-consent"] = ".".join([*parts[:3], "AAAA-AAAA-AAAA-AAAA", "audience:1"])

    choose(visitor, "none")

    assert events() == [("accepted", "audience")]


def test_agreeing_again_ends_the_earlier_proof_and_gives_another_number(visitor: Client) -> None:
    choose(visitor, "all")

    choose(visitor, "all")

    first, second = ChoiceEvent.objects.order_by("pk")
    assert first.number != second.number
    assert first.ends_at == second.at


@pytest.mark.promise("P7.2")
@pytest.mark.parametrize("change", ["purposes = ''", "number = 'X'", "ends_at = ends_at + interval '1 day'"])
def test_a_proof_is_not_rewritten(visitor: Client, change: str) -> None:
    choose(visitor, "all")

    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cookies_choiceevent SET {change}")  # noqa: S608


@pytest.mark.promise("P7.2")
@pytest.mark.parametrize("table", ["choiceevent", "catalogueversion"])
def test_a_proof_is_not_deleted_by_hand(visitor: Client, table: str) -> None:
    choose(visitor, "all")

    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM cookies_{table}")  # noqa: S608


@pytest.mark.promise("P8.0", "P8.4")
@pytest.mark.django_db(transaction=True)
def test_a_proof_is_deleted_twelve_months_after_the_choice_ended(visitor: Client) -> None:
    with time_machine.travel("2026-11-23T12:00:00+00:00", tick=False):
        choose(visitor, "all")
        withdrawn = Client(enforce_csrf_checks=True)
        choose(withdrawn, "all")
        choose(withdrawn, "none")
    left = []

    for moment in ("2027-11-23T11:59:59", "2027-11-23T12:00:00", "2028-05-24T11:59:59", "2028-05-24T12:00:00"):
        with time_machine.travel(f"{moment}+00:00", tick=False):
            enforce_retention(RetentionRun.Trigger.COMMAND)
        left.append(ChoiceEvent.objects.count())

    assert left == [3, 1, 1, 0]


@pytest.mark.promise("P11.1")
def test_where_only_necessary_cookies_exist_one_may_still_choose(visitor: Client, settings: Settings) -> None:
    settings.AUDIENCE = False
    page = words(visitor.get("/fr/"))

    for choice in ("all", "none", "these"):
        choose(visitor, choice)
        assert not has_banner(visitor)

    assert "rien que le nécessaire" in page
    assert "Tout accepter Tout refuser Choisir" in page
    assert kept(visitor).split(".")[3:] == ["0"]
    assert events() == []  # Nothing was agreed to, so there is nothing to prove, and nobody gets a number.


def test_a_refusal_holds_without_the_database(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: object) -> None:
        raise DatabaseError

    monkeypatch.setattr("cookies.views.wait_in_turn", away)

    assert choose(visitor, "none").status_code == 302
    assert not has_banner(visitor)


@pytest.mark.promise("P11.9")
def test_a_withdrawal_holds_without_the_database_and_an_agreement_does_not(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: object, **more: object) -> None:
        raise OperationalError

    choose(visitor, "all")
    monkeypatch.setattr("cookies.views.record_choice", away)
    visitor.raise_request_exception = False

    agreed = choose(Client(raise_request_exception=False), "all")
    withdrawn = choose(visitor, "none")

    assert (agreed.status_code, withdrawn.status_code) == (503, 302)
    assert {"eu-consent", "audience;/;"} == set(withdrawn.cookies)
    assert kept(visitor).split(".")[3] == "0"
    assert "not recorded" in caplog.text


def test_pages_ask_the_database_for_nothing(visitor: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    choose(visitor, "all")
    visitor.get("/fr/")  # Whether the policy has changed is looked up once a minute.

    with django_assert_num_queries(0):
        for page in ("/fr/", MANAGE["fr"], MANAGE["en"]):
            visitor.get(page)
            Client().get(page)


@pytest.mark.promise("P11.8", "P11.9")
@pytest.mark.parametrize(("language", "day", "end"), [("fr", "23 novembre 2026", "24 mai 2027")])
def test_the_page_says_what_was_chosen_when_and_until_when(visitor: Client, language: str, day: str, end: str) -> None:
    with time_machine.travel("2026-11-23T12:00:00+01:00", tick=False):
        choose(visitor, "all", language)
        page = words(visitor.get(MANAGE[language]))

    assert day in page
    assert end in page
    assert ChoiceEvent.objects.get().number in page
    for browser in ("Firefox", "Chrome", "Safari", "Edge"):
        assert browser in page


@pytest.mark.promise("P11.6", "P11.7")
@pytest.mark.parametrize("page", [*MANAGE.values(), *POLICY])
def test_each_tracker_is_listed_with_its_purpose_its_kind_and_its_life(
    visitor: Client, settings: Settings, page: str
) -> None:
    language = page.split("/")[1]
    persistent, session = {"fr": ("persistant", "de session"), "en": ("persistent", "session")}[language]
    listed = re.sub(r"\s+", " ", strip_tags(unescape(visitor.get(page).content.decode())))
    settings.AUDIENCE = False
    without = strip_tags(visitor.get(page).content.decode())

    with translation.override(language):
        for tracker in registry.all_trackers:
            assert f"{tracker.name}{tracker.purpose.title}" in listed
            kind = persistent if tracker.is_persistent else session
            assert re.sub(r"\s+", " ", f"{tracker.what_for}{kind}") in listed
    assert "audience" not in re.findall(r"\b[a-z_-]+\b", without.split("csrftoken")[1].split("Firefox")[0])
