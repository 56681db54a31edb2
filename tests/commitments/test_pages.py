"""What is read of the commitments: by anybody, by programs, by the officer."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from customerlabs.staff.groups import DPO, STAFF
from customerlabs.staff.models import StaffMember
from privacy.commitments import frame
from privacy.commitments.checking import check_commitments
from privacy.commitments.frame import Finding
from privacy.commitments.models import WatchedCommitment
from privacy.models import Letter
from tests.commitments.test_checking import DAY, GREEN, promising
from tests.letters.writing import submit
from tests.privacy.planting import Canary, database
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.5")]

ADDRESSES = {"fr": "/fr/engagements/", "en": "/en/commitments/"}
JSON = "/commitments.json"
LIST = "/admin/privacy/watchedcommitment/"


def words(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def late_letter() -> Letter:
    submit()
    Letter.objects.filter(kind="contact.team_notice").delete()
    Letter.objects.update(due_at=timezone.now() - timedelta(hours=2))
    return Letter.objects.get()


def test_the_officer_s_page_of_a_commitment_is_called_by_its_promise_in_words_of_their_language(
    morning: datetime,
) -> None:
    check_commitments()
    watched = WatchedCommitment.objects.get(name="letters-leave")
    officer = member(DPO)
    officer.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"

    page = words(officer, f"{LIST}{watched.pk}/change/")

    assert "Les courriels en attente partent à l’heure. | Lire : engagement |" in page


@pytest.mark.parametrize(
    ("language", "told"), [("fr", "rien n’a encore été vérifié"), ("en", "nothing has been checked yet")]
)
def test_a_fresh_site_says_that_nothing_was_checked_yet(client: Client, language: str, told: str) -> None:
    page = words(client, ADDRESSES[language])

    assert told in page
    assert "✗" not in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", ["Tenu 0 courriel en retard", "vérifications au vert", "Lit ce que les pages", "Prouvée par"]),
        ("en", ["Kept 0 letters late", "checks are green", "Reads the facts", "Proved by"]),
    ],
)
def test_a_green_site_says_what_was_found(client: Client, morning: datetime, language: str, told: list[str]) -> None:
    check_commitments()

    page = words(client, ADDRESSES[language])

    for phrase in told:
        assert phrase in page
    assert "✗" not in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", ["Non tenu 1 courriel en retard", "1 vérification au rouge"]),
        ("en", ["Not kept 1 letter late", "1 check"]),
    ],
)
def test_a_broken_promise_is_said_in_words(client: Client, morning: datetime, language: str, told: list[str]) -> None:
    late_letter()
    check_commitments()

    page = words(client, ADDRESSES[language])

    for phrase in told:
        assert phrase in page
    assert page.count("✗") == 2  # Its own verdict, and the count above.


@pytest.mark.parametrize(
    ("language", "told"), [("fr", "Rien n’a été vérifié depuis deux jours"), ("en", "Nothing has been checked for two")]
)
def test_a_site_that_never_checked_anything_is_red_after_two_days(client: Client, language: str, told: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert told in words(client, ADDRESSES[language])


@pytest.mark.parametrize(("language", "told"), [("fr", "20 mai 2026 05:30"), ("en", "May 20, 2026, 5:30 a.m.")])
def test_the_date_is_the_reader_s(client: Client, monkeypatch: pytest.MonkeyPatch, language: str, told: str) -> None:
    monkeypatch.setattr(frame, "_commitments", {})
    frame.register_commitments(promising("first", lambda now: GREEN))
    with time_machine.travel(DAY, tick=False):
        check_commitments()

        assert told in words(client, ADDRESSES[language])


@pytest.mark.parametrize("address", [*ADDRESSES.values(), JSON])
def test_it_is_cached_and_not_sent_twice(client: Client, address: str) -> None:
    answer = client.get(address)

    assert answer["Cache-Control"] == "public, max-age=300"
    assert not answer.cookies
    again = client.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    check_commitments()
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 200


@pytest.mark.parametrize("address", [*ADDRESSES.values(), JSON])
def test_it_is_one_query_however_long_the_history(
    client: Client, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    check_commitments()

    with django_assert_num_queries(1):
        client.get(address)


def test_the_twin_for_programs_has_the_shape_it_promises(client: Client, morning: datetime) -> None:
    late_letter()
    check_commitments()

    answer = client.get(JSON)
    told = answer.json()

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert set(told) == {"site", "page", "checked_at", "green", "red", "promises", "commitments"}
    assert told["page"]["fr"].endswith(ADDRESSES["fr"])
    assert (told["red"], told["green"]) == (1, len(frame.all_commitments()) - 1)
    at = morning.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert next(each for each in told["commitments"] if each["name"] == "letters-leave") == {
        "name": "letters-leave",
        "promises": ["P7.3"],
        "said": {"fr": "Les courriels en attente partent à l’heure.", "en": "Letters in the queue leave on time."},
        "checked": {
            "fr": "Compte les courriels à une personne en retard d’une heure, ou en attente depuis un jour.",
            "en": "Counts letters to one person that are an hour late, or have waited for a day in all.",
        },
        "state": "broken",
        "since": at,
        "checked_at": at,
        "number": 1,
        "on": None,
        "figure": {"fr": "1 courriel en retard", "en": "1 letter late"},
    }
    promise = next(each for each in told["promises"] if each["id"] == "P8.2")
    assert set(promise) == {"id", "section", "title", "tests"}
    assert "tests/policy/test_policy_page.py::test_a_changed_setting_changes_the_page" in promise["tests"]


def test_nothing_about_anybody_is_written_or_shown(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    somebody = Canary.new()
    somebody.plant_everywhere()
    out, said = StringIO(), ""
    with time_machine.travel(timezone.now() + timedelta(days=20_000)):
        try:
            call_command("check_commitments", stdout=out)
        except CommandError as error:
            said = str(error)
        shown = [client.get(address).content.decode() for address in [*ADDRESSES.values(), JSON]]

    assert "not kept" in said
    results = [row for row in database() if row.startswith(("privacy_watchedcommitment", "privacy_commitmentcheck"))]
    everything = "\n".join([out.getvalue(), said, caplog.text, *shown, *results]).casefold()
    assert results
    assert [trace for trace in somebody.traces if trace.casefold() in everything] == []


def member(*groups: str, **more: Any) -> Client:
    user = StaffMember.objects.create_user(f"{groups}@customer-labs.com", is_staff=True, **more)
    user.groups.set(Group.objects.filter(name__in=groups))
    client = Client(headers={"accept-language": "en"})
    sign_in(client, user)
    return client


def test_the_first_page_shows_what_is_red_until_it_is_green(morning: datetime) -> None:
    officer, letter = member(DPO), late_letter()
    check_commitments()

    red = words(officer, "/admin/")
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.SENT)
    still = words(officer, "/admin/")
    check_commitments()
    green = words(officer, "/admin/")

    assert "Letters in the queue leave on time." in red
    assert "1 letter late" in still
    assert "Commitments that are not kept" not in green


def test_who_may_not_read_them_sees_none_on_the_first_page(morning: datetime) -> None:
    desk = member(STAFF)
    late_letter()
    check_commitments()

    assert "Letters in the queue" not in words(desk, "/admin/")
    assert desk.get(LIST).status_code == 403
    assert desk.post(f"{LIST}check/").status_code == 403


def test_what_was_not_checked_for_two_days_is_on_the_first_page_too() -> None:
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert "Not checked for two days" in words(member(DPO), "/admin/")


def test_the_officer_checks_them_with_a_button(morning: datetime) -> None:
    officer = member(DPO)
    late_letter()

    page = officer.post(f"{LIST}check/", follow=True).content.decode()

    assert f"{len(frame.all_commitments())} commitments were checked. 1 is not kept." in page
    assert WatchedCommitment.objects.filter(kept=False).count() == 1
    assert officer.get(f"{LIST}check/").status_code == 405


def test_each_has_a_page_with_its_history(morning: datetime) -> None:
    officer, letter = member(DPO), late_letter()
    check_commitments()
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.SENT)
    check_commitments()
    watched = WatchedCommitment.objects.get(name="letters-leave")

    page = words(officer, f"{LIST}{watched.pk}/change/")
    history = words(officer, f"/admin/privacy/commitmentcheck/?commitment__id__exact={watched.pk}")

    assert "Counts letters to one person" in page
    for read in (page, history):
        assert "Not kept" in read
        assert "1 letter late" in read
        assert "0 letters late" in read


def test_the_officer_is_told_where_and_the_public_is_not(
    client: Client, monkeypatch: pytest.MonkeyPatch, morning: datetime
) -> None:
    monkeypatch.setattr(frame, "_commitments", {})
    where = Finding(kept=False, number=1, where=("some.table",))
    frame.register_commitments(promising("first", lambda now: where))
    check_commitments()
    watched = WatchedCommitment.objects.get()

    assert "some.table" in words(member(DPO), f"{LIST}{watched.pk}/change/")
    assert not any("some.table" in client.get(each).content.decode() for each in [*ADDRESSES.values(), JSON])


def test_results_can_be_read_and_nothing_more(morning: datetime) -> None:
    officer = member(DPO)
    check_commitments()
    watched = WatchedCommitment.objects.all()[0]

    officer.post(f"{LIST}{watched.pk}/change/", {"name": "other"})
    officer.post(f"{LIST}{watched.pk}/delete/", {"post": "yes"})

    assert WatchedCommitment.objects.filter(pk=watched.pk, name=watched.name).exists()
    assert officer.get(f"{LIST}add/").status_code == 403


def test_a_commitment_that_left_the_code_is_still_readable(morning: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = member(DPO)
    late_letter()
    check_commitments()
    monkeypatch.delitem(frame._commitments, "letters-leave")
    watched = WatchedCommitment.objects.get(name="letters-leave")

    assert "No longer promised." in words(officer, f"{LIST}{watched.pk}/change/")
    assert "Commitments that are not kept" not in words(officer, "/admin/")
