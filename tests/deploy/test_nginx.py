"""deploy/nginx, in a real nginx before a real site: what it adds is right, what the site says passes as it was said."""

import http.client
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import translation

from tests.deploy.front import STRANGER, Answer, Front
from tests.faults.visitor import PATH
from tests.serving.running import Site, free_port
from tests.site import pages
from tests.site.pages import LANGUAGES, PUBLIC, address

pytestmark = [pytest.mark.services]
SAID = (
    *("Strict-Transport-Security", "Reporting-Endpoints", "Permissions-Policy", "Cross-Origin-Opener-Policy"),
    *("Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "Referrer-Policy", "X-Content-Type-Options"),
)
FORMS = {address(name, language) for name in pages.FORMS for language in LANGUAGES}
with translation.override("fr"):
    TOKEN = reverse("withdraw-consent", args=["k" * 22])


@pytest.fixture
def alone(tmp_path: Path, site: Site) -> Iterator[Front]:
    """An nginx whose web processes are away."""
    front = Front(tmp_path, static=site.places.static, web=[free_port(), free_port()])
    try:
        front.start()
        yield front
    finally:
        front.stop()


def cookies(answer: Answer) -> str:
    return "; ".join(line.split(";")[0] for line in answer.headers.get_all("Set-Cookie", []))


def write(front: Front, source: str, **headers: str) -> Answer:
    """Send the contact form, as a browser at that address does."""
    form = front.ask(PATH, source=source)
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.text)
    fields = {name: unescape(value) for name, value in hidden if name != "next"} | {
        "kind": "contact",
        "first_name": "Zoé",
        "last_name": "Lefèvre",
        "email": "zoe@behind.example",
        "message": "Où en est ma commande d’été ?",
        "consent": "on",
    }
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": cookies(form),
        "Origin": front.url,
        "Referer": front.url + PATH,
        **headers,
    }
    return front.ask(PATH, method="POST", body=urlencode(fields).encode(), headers=sent, source=source)


def policy(answer: Answer) -> set[str]:
    return {directive.strip() for directive in answer.headers["Content-Security-Policy"].split(";")}


def direct(site: Site, path: str, **headers: str) -> Answer:
    """From the web itself, as nginx asks it."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
    connection.request("GET", path, headers={"Host": "localhost", "X-Forwarded-Proto": "https", **headers})
    answer = connection.getresponse()
    found = Answer(answer.status, answer.headers, answer.read())
    connection.close()
    return found


def test_it_starts_without_a_warning(front: Front) -> None:
    assert (front.folder / "start.log").read_text(encoding="utf-8") == ""


def test_a_page_comes_through_with_what_the_site_says_to_browsers(front: Front, site: Site) -> None:
    through, by_itself = front.ask("/fr/"), direct(site, "/fr/")

    assert through.status == by_itself.status == 200
    for name in (*SAID, "X-Frame-Options"):
        assert through.headers.get_all(name) == by_itself.headers.get_all(name)
    assert policy(through) == policy(by_itself)
    assert through.headers["Server"] == "nginx"


def test_http_leads_to_https_and_https_is_not_led_anywhere(front: Front) -> None:
    moved = front.ask("/fr/contact/?from=mail", plain=True)
    stubborn = front.ask("/fr/", headers={"X-Forwarded-Proto": "http", "X-Forwarded-Ssl": "off"})

    assert (moved.status, moved.headers["Location"]) == (301, f"{front.url}/fr/contact/?from=mail")
    assert stubborn.status == 200


def test_limits_count_the_visitor_whatever_the_visitor_says(front: Front) -> None:
    forged = [write(front, "198.51.100.4", **{"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(4)]
    somebody_else = write(front, "198.51.100.5", **{"X-Forwarded-For": "198.51.100.4"})

    assert [answer.status for answer in forged] == [302, 302, 302, 429]
    assert somebody_else.status == 302


@pytest.mark.parametrize("megabytes", [33, 4000])
def test_a_body_that_is_too_large_is_refused_in_both_languages(front: Front, megabytes: int) -> None:
    answer = front.ask(PATH, method="POST", body=b"", headers={"Content-Length": str(megabytes * 1024 * 1024)})

    assert answer.status == 413
    assert "trop gros" in answer.text
    assert "too large" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("megabytes", "status"), [(2, 403), (31, 413)])
def test_a_large_body_that_the_site_refuses_gets_its_refusal_and_harms_nobody_else(
    front: Front, megabytes: int, status: int
) -> None:
    """Django's 403, for want of a cookie, and 413, since a message is no 31 MB: nginx would say 503 for two seconds."""
    bodies = [front.ask(PATH, method="POST", body=b"x" * (megabytes * 1_000_000)).status for _ in range(8)]

    assert bodies == [status] * 8
    assert front.ask("/fr/contact/", source="198.51.100.9").status == 200


def test_static_files_are_served_without_the_web_and_say_the_same(front: Front, site: Site) -> None:
    (sheet,) = site.places.static.glob("site.*.css")
    path = f"/static/{sheet.name}"

    answer, line = front.watch(path)
    by_itself = direct(site, path)

    assert "web=- " in line
    assert answer.body == by_itself.body
    for name in (*SAID, "Cache-Control"):
        assert answer.headers.get_all(name) == by_itself.headers.get_all(name)
    assert policy(answer) == policy(by_itself)
    assert front.ask(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    assert front.ask("/static/../secrets/secret_key").status in (400, 404)


def test_while_the_web_is_away_a_page_says_so_in_both_languages(alone: Front) -> None:
    for method in ("GET", "POST"):
        answer = alone.ask("/fr/contact/", method=method)

        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert "De retour dans un instant" in answer.text
        assert "Back in a moment" in answer.text
        assert "default-src 'none'" in policy(answer)
    assert alone.ask("/static/site.css").status == 200


def test_a_page_without_cookies_is_kept_for_a_minute_and_is_the_one_the_site_gives(front: Front, site: Site) -> None:
    for here in PUBLIC:
        first = front.ask(here)
        second, line = front.watch(here)

        assert first.status == second.status == 200
        assert line.endswith("cache=HIT") == (here not in FORMS), here
        if here not in FORMS:
            assert second.body == first.body == direct(site, here).body
            assert not second.headers.get_all("Set-Cookie")
            assert "csrfmiddlewaretoken" not in second.text


def test_two_visitors_never_share_the_cookie_of_a_form(front: Front) -> None:
    assert cookies(front.ask(PATH)) != cookies(front.ask(PATH))


def test_who_has_chosen_gets_a_page_of_their_own_and_nobody_else_does(front: Front, site: Site) -> None:
    before = front.ask("/en/")
    chosen, line = front.watch("/en/", headers={"Cookie": "eu-consent=anything"})
    after = front.ask("/en/")

    assert line.endswith("cache=BYPASS")
    assert chosen.headers["Cache-Control"] == "private, no-cache"
    assert chosen.body == direct(site, "/en/", Cookie="eu-consent=anything").body
    assert after.body == before.body == direct(site, "/en/").body
    assert "Cookie" in after.headers["Vary"]


def test_the_signal_of_a_browser_and_its_languages_have_pages_of_their_own(front: Front, site: Site) -> None:
    manage = address("cookies:manage", "en")
    plain = front.ask(manage)
    signalled = [front.ask(manage, headers={"Sec-GPC": "1"}) for _ in range(2)]

    assert {answer.body for answer in signalled} == {direct(site, manage, **{"Sec-GPC": "1"}).body}
    assert front.ask(manage).body == plain.body != signalled[0].body


def test_an_address_with_a_token_is_never_kept(front: Front) -> None:
    for _ in range(2):
        _answer, line = front.watch(TOKEN)

        assert line.endswith("cache=MISS")


def test_the_log_names_nobody(front: Front) -> None:
    stranger = {"User-Agent": "Zoe", "Referer": "https://zoe.example/"}
    lines = [
        front.watch(f"{TOKEN}?who=zoe%40secret.example", headers=stranger)[1],
        front.watch("/zoe@secret.example/", source="2001:db8:77:1::9")[1],
        front.watch("/fr/zoe@secret.example/", source="2001:db8:77:1::9")[1],
    ]

    assert re.search(r"^\S+ 203\.0\.113\.0 GET /fr/\S+ \d{3} ", lines[0])
    assert re.search(r"^\S+ 2001:db8:: GET \(other\) 404 ", lines[1])
    assert re.search(r"^\S+ 2001:db8:: GET /fr 404 ", lines[2])
    for name in ("customerlabs.log", "customerlabs.errors.log", "start.log"):
        told = (front.folder / name).read_text(encoding="utf-8")

        for secret in ("kkkk", "zoe", "Zoe", "secret", "who", STRANGER, "db8:77"):
            assert secret not in told


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
def test_only_neighbours_ask_whether_the_site_is_well(front: Front, path: str) -> None:
    neighbour = front.ask(path, source="10.0.0.5")

    assert neighbour.status == 200
    assert "no-store" in neighbour.headers["Cache-Control"]
    assert front.ask(path).status == 403


def test_the_admin_is_kept_by_nobody(front: Front) -> None:
    _answer, line = front.watch("/admin/login/")

    assert line.endswith("cache=-")
