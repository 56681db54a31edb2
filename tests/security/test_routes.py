"""Each address of the site is declared once, and every answer it gives is as declared."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customerlabs.security.routes import NO_STORE, ROUTES, For
from privacy.limits.counting import Limit
from tests.cookies.visitors import OURS, choose
from tests.rights.pages import at, following
from tests.rights.people import proved
from tests.security.addresses import addresses
from tests.security.robot import Robot
from tests.security.walks import PICKED, without_limits
from tests.signing_in import sign_in
from tests.site.pages import FORMS, address
from tests.staff.accounts import colleague, give_code, give_password, with_app, with_passkey

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]


def filled(route: str) -> str:
    """With something in the place of each parameter."""
    route = re.sub(r"<int:[^>]+>|<path:[^>]+>", "1", route.replace("<str:reference>", "2222-2222"))
    return re.sub(r"<[^>]+>|\(\?P.*\)", "contact", route).rstrip("$")


ADDRESSES = {name: filled(route) for name, route in addresses()}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False, headers={"accept-language": "fr"})


def test_every_address_is_declared_and_every_declared_one_exists() -> None:
    existing = {name for name, _ in addresses()}

    assert sorted(existing - ROUTES.keys()) == []
    assert sorted(ROUTES.keys() - existing) == []
    assert len(existing) > 200


def test_a_method_that_is_not_declared_is_refused_before_anything_else(visitor: Client) -> None:
    wrong = []
    for name, route in ROUTES.items():
        answers = {method: visitor.generic(method, ADDRESSES[name]) for method in METHODS}
        taken = {method for method, answer in answers.items() if answer.status_code != 405}
        refused = {
            (answer["Allow"], answer["Cache-Control"]) for answer in answers.values() if answer.status_code == 405
        }
        if taken != set(route.methods) or refused != {(", ".join(route.methods), "no-store")}:
            wrong.append((name, taken, refused))

    assert wrong == []


def test_each_answer_is_kept_as_declared_and_an_error_never(visitor: Client) -> None:
    for name, route in ROUTES.items():
        method = "GET" if "GET" in route.methods else "POST"
        answer = visitor.generic(method, ADDRESSES[name])
        kept = answer["Cache-Control"]

        assert answer.status_code < 500, name
        assert kept == route.cache or "no-store" in kept, (name, kept)
        if answer.status_code < 400 or route.cache == NO_STORE:
            assert ("no-store" in kept) == (route.cache == NO_STORE), (name, kept)


def test_an_address_with_a_token_is_for_its_holder_and_never_passed_on(visitor: Client) -> None:
    with_token = {name for name, route in addresses() if "<str:token>" in route or "<str:reference>" in route}
    assert {name for name in with_token if ROUTES[name].who is not For.HOLDER} == set()
    assert len(with_token) >= 13

    for name in with_token:
        answer = visitor.generic("GET" if "GET" in ROUTES[name].methods else "POST", ADDRESSES[name])

        assert answer["X-Robots-Tag"] == "noindex", name
        assert answer["Referrer-Policy"] == "strict-origin", name
        assert "no-store" in answer["Cache-Control"], name


def test_whatever_is_for_staff_is_behind_the_sign_in(visitor: Client) -> None:
    open_to_all = {name for name, route in ROUTES.items() if route.who in {For.ANYBODY, For.HOLDER}}
    inside = {name for name, route in addresses() if route.startswith(("/admin/", "/account/"))} - open_to_all
    behind = {For.COLLEAGUE, For.STAFF, For.DPO, For.ADMINISTRATOR, For.NOBODY}
    assert {name for name in inside if ROUTES[name].who not in behind} == set()
    assert {name for name, route in ROUTES.items() if route.who in behind} == inside

    for name in inside:
        answer = visitor.generic("GET" if "GET" in ROUTES[name].methods else "POST", ADDRESSES[name])

        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/admin/login/?next=") or name == "admin:logout", name
    assert {name for name, route in addresses() if route.startswith("/admin/")} & open_to_all == {"admin:login"}


@pytest.mark.parametrize(
    "name", ["contact:form", "withdraw", "rights-access", "rights-request", "admin:login", "language"]
)
def test_a_body_larger_than_its_page_takes_is_not_read(visitor: Client, name: str) -> None:
    body = io.BytesIO(b"message=x")
    said: dict[str, Any] = {"CONTENT_LENGTH": str(ROUTES[name].body + 1), "wsgi.input": body}

    answer = visitor.post(ADDRESSES[name], **said)

    assert (answer.status_code, answer["Cache-Control"], body.tell()) == (413, "no-store", 0)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of the limits that were counted against."""
    names: set[str] = set()
    window_at = Limit.window_at

    def noted(self: Limit, now: Any) -> Any:
        names.add(self.name)
        return window_at(self, now)

    monkeypatch.setattr(Limit, "window_at", noted)
    return names


def test_what_is_sent_counts_against_the_limits_that_are_declared(counted: set[str], settings: Any) -> None:
    settings.AUDIENCE = True
    without_limits(settings)
    limited = {name: set(route.limits) for name, route in ROUTES.items() if route.limits}
    found = {}
    for name, send in posts():
        counted.clear()
        send()
        found[name] = {limit for limit in counted if not limit.startswith("letters")}

    assert found == limited
    assert {name for name, route in ROUTES.items() if route.who is For.ANYBODY and "POST" in route.methods} == {
        *(name for name, route in ROUTES.items() if route.who is For.ANYBODY and route.limits),
        "language",  # Sets a cookie, and writes nothing.
        *("admin:login", "account_logout"),
        "mfa_login_webauthn",  # Nothing in it can be guessed.
    }


def posts() -> Iterator[tuple[str, Any]]:
    """One post of each page that is counted, such as a visitor would send it."""
    robot = Robot(Client(), words=lambda name: f"Quelques mots {name}", address=lambda name: "zoe@example.com")
    for name in FORMS:
        robot.chosen = {
            **PICKED,
            "reference": "2222-2222",
            **({"ground": "18(1)(a)"} if name == "rights-restriction" else {}),
        }
        yield name, lambda name=name: robot.fill_in(address(name, "fr"))
    agreeing = Client(headers=OURS)
    yield "cookies:choose", lambda: choose(agreeing, "all")
    yield "audience", lambda: agreeing.post("/audience/", {"page": "/fr/"})
    yield "policy-reports", lambda: agreeing.post("/policy-reports/", b"[]", content_type="application/reports+json")
    yield from posts_of_staff()
    holder = following(Client(), proved())
    yield "rights-request", lambda: holder.post(at("rights-request"), {"message": "Où en est ma demande ?"})
    yield "rights-papers", lambda: holder.post(at("rights-papers"))


def posts_of_staff() -> Iterator[tuple[str, Any]]:
    """Signing in, and what asks once more for a password or a code."""
    stranger, half_way, with_password = Client(), Client(), Client()
    yield "account_reset_password", lambda: stranger.post(reverse("account_reset_password"), {"email": "a@example.com"})
    ana, leo = colleague(), colleague(email="leo@example.com")
    yield "account_login", lambda: give_password(with_password, password="not the right one")
    with_app(leo)
    give_password(half_way, "leo@example.com")
    yield "mfa_authenticate", lambda: give_code(half_way, "000000")
    sign_in(with_password, ana)
    typed = {"password": "x", "oldpassword": "x", "code": "000000"}
    for name in ("account_reauthenticate", "account_change_password", "mfa_activate_totp"):
        yield name, lambda name=name: with_password.post(reverse(name), typed)
    sign_in(half_way, leo)
    yield "mfa_reauthenticate", lambda: half_way.post(reverse("mfa_reauthenticate"), typed)
    with_passkey(leo)
    by_passkey = reverse("mfa_reauthenticate_webauthn")
    yield "mfa_reauthenticate_webauthn", lambda: half_way.post(by_passkey, {"credential": "[1]"})
