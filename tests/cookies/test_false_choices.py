"""What is no choice: a post from elsewhere or of no button, a cookie that is not ours, a flood of agreements."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cookies.models import ChoiceEvent, RefusalCount
from tests.cookies.visitors import CHOOSE, MANAGE, OURS, choose, has_banner, kept, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_audience")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Origin": "http://testserver"}, 302),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"User-Agent": "no browser"}, 403),
    ],
)
def test_only_our_own_pages_make_a_choice(visitor: Client, headers: dict[str, str], status: int) -> None:
    answer = choose(visitor, "all", headers=headers)

    assert (answer.status_code, bool(kept(visitor))) == (status, status == 302)


@pytest.mark.parametrize("posted", [{}, {"choice": "everything"}, {"choice": ""}, {"choice": "all\x00"}])
def test_what_none_of_our_buttons_sends_is_refused(visitor: Client, posted: dict[str, str]) -> None:
    assert visitor.post(CHOOSE["fr"], posted, headers=OURS).status_code == 400
    assert not kept(visitor)


def test_a_purpose_nobody_asks_for_is_not_agreed_to(visitor: Client) -> None:
    choose(visitor, "these", purpose=["advertising", "necessary", "x" * 5000, "\x00"])

    assert kept(visitor).split(".")[3:] == ["0", "audience:0"]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:x"])
def test_a_choice_never_leads_to_another_site(visitor: Client, elsewhere: str) -> None:
    assert choose(visitor, "none", next=elsewhere)["Location"] == MANAGE["fr"]


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1",
        "1." * 400,
        "true",
        "%7B%22audience%22%3Atrue%7D",
        "2.{asked}.{day}.AAAA-AAAA-AAAA-AAAA.audience:1",
        "1.{asked}.{day}.0.audience:1",
        "1.{asked}.{day}.AAAA-AAAA-AAAA-AAAA.audience:0",
        "1.{asked}.{day}.AAAA-AAAA-AAAA-AAAA.audience:1.audience:0",
        "1.{asked}.{day}.AAAA-AAAA-AAAA-AAAA.audience:2",
        "1.{asked}.2026-02-30.AAAA-AAAA-AAAA-AAAA.audience:1",
        "1.{asked}.9999-12-31.AAAA-AAAA-AAAA-AAAA.audience:1",
        "1.{asked}.{tomorrow}.AAAA-AAAA-AAAA-AAAA.audience:1",
        "1.{asked}.{day}.<script>alert(1)</script>.audience:1",
        "1.{asked}.{day}.AAAA-AAAA-AAAA-AAAA.audience:1\n",
    ],
)
def test_a_cookie_we_did_not_write_is_no_choice(visitor: Client, written: str) -> None:
    choose(visitor, "none")
    _, asked, day, *_ = kept(visitor).split(".")
    tomorrow = timezone.localdate() + timedelta(days=1)

    visitor.cookies["eu-consent"] = written.format(asked=asked, day=day, tomorrow=tomorrow)

    assert has_banner(visitor)
    assert "/static/audience." not in visitor.get("/fr/").content.decode()
    assert choose(visitor, "none").status_code == 302


@pytest.mark.promise("P7.1")
def test_a_flood_of_agreements_is_refused_for_now_and_a_refusal_never(visitor: Client, settings: Settings) -> None:
    settings.COOKIE_LIMIT_CLIENT = 2

    statuses = [choose(Client(), "all").status_code for _ in range(3)]
    refused = choose(visitor, "all")

    assert statuses == [302, 302, 429]
    assert (refused.status_code, kept(visitor)) == (429, "")
    assert int(refused["Retry-After"]) > 0
    assert "Trop de choix" in words(refused)
    assert choose(visitor, "none").status_code == 302
    assert not RefusalCount.objects.exists()
    assert ChoiceEvent.objects.count() == 2


def test_the_whole_site_has_a_limit_too(settings: Settings) -> None:
    settings.COOKIE_LIMIT_SITE = 1

    assert [choose(Client(REMOTE_ADDR=f"192.0.2.{n}"), "all").status_code for n in (1, 2)] == [302, 429]
