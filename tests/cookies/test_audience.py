"""The count of visits: only for those who agreed, without an identifier, and not for longer than said."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cookies.models import AudienceCount
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from tests.cookies.visitors import OURS, choose
from tests.desk.desk import member, signed_in
from tests.site.pages import Elements

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_audience")]
CHART = "/admin/cookies/audiencecount/"


def read(visitor: Client, page: str = "/fr/", came_from: str = "", **headers: str) -> Any:
    return visitor.post("/audience/", {"page": page, "from": came_from}, headers={**OURS, **headers})


def counts() -> list[tuple[str, str, str, int, int]]:
    rows = AudienceCount.objects.order_by("day", "page", "referrer")
    return list(rows.values_list("page", "language", "referrer", "views", "visits"))


@pytest.fixture
def agreed(visitor: Client) -> Client:
    choose(visitor, "all")
    return visitor


def test_views_and_visits_of_a_day_are_counted_by_page_language_and_referrer(agreed: Client) -> None:
    other = Client()
    choose(other, "all")

    for visitor, page, came_from in [
        (agreed, "/fr/", "www.example.org"),
        (agreed, "/fr/contact/", ""),
        (agreed, "/fr/", ""),
        (other, "/en/", "WWW.Example.ORG"),
        (other, "/fr/", "www.example.org"),
    ]:
        assert read(visitor, page, came_from).status_code == 204

    assert counts() == [
        ("/en/", "en", "www.example.org", 1, 1),
        ("/fr/", "fr", "", 1, 0),
        ("/fr/", "fr", "www.example.org", 2, 1),
        ("/fr/contact/", "fr", "", 1, 0),
    ]


@pytest.mark.promise("P11.5")
def test_nobody_is_counted_who_did_not_agree(visitor: Client, settings: Settings) -> None:
    refused = Client()
    choose(refused, "none")

    statuses = [read(visitor).status_code, read(refused).status_code]
    choose(visitor, "all")
    statuses.append(read(visitor, **{"Sec-GPC": "1"}).status_code)
    statuses.append(read(visitor, **{"Sec-Fetch-Site": "cross-site"}).status_code)
    settings.AUDIENCE = False
    statuses.append(read(visitor).status_code)

    assert statuses == [403] * 5
    assert counts() == []


def test_off_by_default(settings: Settings) -> None:
    from customerlabs import settings as written

    assert written.AUDIENCE is False


@pytest.mark.promise("P8.3")
def test_the_tracker_holds_two_days_and_is_not_renewed(agreed: Client) -> None:
    lives = {}
    for day in ("2026-11-23", "2026-11-24", "2027-05-01"):
        with time_machine.travel(f"{day}T12:00:00+01:00", tick=False):
            choose(agreed, "all")
            read(agreed)
        lives[agreed.cookies["audience"].value] = agreed.cookies["audience"]["max-age"] / 86_400

    assert lives == {"2026-11-23.2026-11-23": 393, "2026-11-23.2026-11-24": 392, "2026-11-23.2027-05-01": 234}


@pytest.mark.parametrize(
    "written",
    ["x", "", "2026-11-23", "2026-11-24.2026-11-23", "2026-13-40.2026-11-23", "9999-12-31.9999-12-31", "1.2.3"],
)
def test_a_tracker_we_did_not_write_begins_anew(agreed: Client, written: str) -> None:
    agreed.cookies["audience"] = written

    assert read(agreed).status_code == 204
    day = AudienceCount.objects.get().day
    assert agreed.cookies["audience"].value == f"{day}.{day}"


@pytest.mark.parametrize(
    "page",
    [
        "",
        "/",
        "/admin/",
        "https://evil.example/",
        "/fr/nothing-here/",
        "/fr/contact/confirmer/abc/",
        "/fr/" * 100,
        "/fr/\x00",
    ],
)
def test_only_pages_with_the_same_address_for_everybody_are_counted(agreed: Client, page: str) -> None:
    assert read(agreed, page).status_code == 204
    assert counts() == []


@pytest.mark.parametrize("came_from", ["<script>", "a b", "x" * 300, "evil.example/path?q=secret", "..", "\x00"])
def test_what_is_no_host_is_not_kept(agreed: Client, came_from: str) -> None:
    read(agreed, came_from=came_from)

    assert counts() == [("/fr/", "fr", "", 1, 1)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.promise("P8.0")
def test_counts_are_deleted_after_twenty_five_months(agreed: Client) -> None:
    with time_machine.travel("2026-11-23T12:00:00+00:00", tick=False):
        choose(agreed, "all")
        read(agreed)
    left = []

    for moment in ("2028-12-23T11:59:59", "2028-12-23T12:00:00"):
        with time_machine.travel(f"{moment}+00:00", tick=False):
            enforce_retention(RetentionRun.Trigger.COMMAND)
        left.append(AudienceCount.objects.count())

    assert left == [1, 0]


def test_a_flood_of_views_is_not_counted(agreed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from cookies.audience import views
    from privacy.limits.counting import Limit

    limit = Limit(name="few", most=2, window=timedelta(hours=1))
    monkeypatch.setattr(views, "VIEWS_BY_CLIENT", limit)

    assert [read(agreed).status_code for _ in range(4)] == [204] * 4
    assert counts() == [("/fr/", "fr", "", 2, 1)]


def test_the_chart_is_drawn_by_the_server_and_said_in_tables() -> None:
    with time_machine.travel("2026-11-23T12:00:00+01:00", tick=False):
        for days, views, visits in ((0, 40, 20), (3, 10, 5), (40, 999, 999)):
            AudienceCount.objects.create(
                day=date(2026, 11, 23) - timedelta(days=days),
                page="/fr/",
                language="fr",
                referrer="www.example.org",
                began_at=timezone.now() - timedelta(days=days),
                views=views,
                visits=visits,
            )
        page = signed_in(member("DPO")).get(CHART).content.decode()

    drawn = Elements(page)
    bars = [(bar["class"], int(bar["y"]), int(bar["height"])) for bar in drawn.all("rect")]
    assert bars == [("kind-1", 140, 20), ("kind-2", 120, 20), ("kind-1", 80, 80), ("kind-2", 0, 80)]
    assert page.count('<tr><th scope="row">11/') == 23
    assert "50 views, 25 visits" in page
    assert "www.example.org" in page
    assert ">999<" not in page
    assert not [found for found in drawn.all("svg") if "style" in found]
    assert "<script>" not in page


def test_staff_of_the_desk_do_not_see_it() -> None:
    assert signed_in(member("Staff")).get(CHART).status_code == 403
