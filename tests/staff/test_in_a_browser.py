"""Signing in as people do it: a first time, with an app, by passkey, and once more before what can't be taken back."""

from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from customerlabs.security.reports.models import PolicyReport
from tests.browsing import faults_of, press
from tests.desk.desk import signed_in
from tests.servers import PLAIN_STORAGES
from tests.signing_in import code_of, cookie_of, five_minutes_later, sign_in_by_hand
from tests.staff.accounts import PASSWORD, colleague, with_app, with_passkey

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.promise("P7.1"),
]
DPO = "dpo@example.com"


@pytest.fixture(autouse=True)
def _as_it_is_seen(settings: Any, transactional_db: None) -> None:
    """With its style sheets; with the groups, which a test that flushed the tables took along."""
    settings.STORAGES = {**settings.STORAGES, **PLAIN_STORAGES}
    call_command("migrate", verbosity=0)


def tab(browser: Browser, url: str, *, width: int = 1280, language: str = "fr-FR", js: bool = True) -> Page:
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": 900}, locale=language, java_script_enabled=js
    )
    return context.new_page()


def by_name(live_server: LiveServer) -> str:
    """Browsers make passkeys for a name, never for an address."""
    return str(live_server.url).replace("127.0.0.1", "localhost")


def test_a_first_sign_in_a_second_one_a_passkey_and_a_confirmation(browser: Browser, live_server: LiveServer) -> None:
    ana = colleague("DPO", DPO, is_superuser=True)
    page = tab(browser, by_name(live_server))
    stopped: list[str] = []
    page.on("console", lambda said: stopped.append(said.text) if "policy" in said.text.lower() else None)
    page.on("pageerror", lambda error: stopped.append(str(error)))
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": key})

    secret = sign_in_by_hand(page, DPO, PASSWORD)

    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.locator("[name=passwordless]").check()
    page.locator("#passkey_add").click()
    expect(page.locator("h1")).to_have_text("Mon compte")
    expect(page.locator("main")).to_contain_text("Clé d’accès")
    press(page.locator("main form[action='/account/sign-out/'] button"))

    page.goto("/admin/")
    page.locator("[name=login]").fill(DPO)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[name=code]").fill(code_of(secret, ahead=1))
    page.keyboard.press("Enter")
    expect(page.locator("#user-tools")).to_be_visible()
    page.goto(reverse("account_logout"))
    press(page.locator("main button"))

    page.goto(f"{reverse('account_login')}?next=/admin/")
    page.locator("#passkey_login").click()
    expect(page.locator("#user-tools")).to_be_visible()

    page.goto(reverse("account_logout"))
    press(page.locator("main button"))
    again = signed_in(ana)
    five_minutes_later(again)
    page.context.add_cookies([cookie_of(again, by_name(live_server))])
    page.goto(reverse("admin:auth_group_add"))
    expect(page.locator("h1")).to_have_text("Est-ce bien vous\N{NO-BREAK SPACE}?")
    page.get_by_role("link", name="Avec une clé d’accès").click()
    page.locator("#passkey_confirm").click()
    expect(page.locator("#group_form")).to_be_visible()

    assert stopped == []
    assert not PolicyReport.objects.exists()
    page.context.close()


def test_everything_but_a_passkey_works_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    colleague("DPO", DPO)
    page = tab(browser, live_server.url, js=False)

    sign_in_by_hand(page, DPO, PASSWORD)

    page.context.close()


def pages_of_an_account() -> list[str]:
    names = ["mfa_index", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"]
    names += ["mfa_add_webauthn", "account_change_password", "account_logout", "mfa_deactivate_totp"]
    return [reverse(name) for name in names]


OPEN = ["account_login", "account_reset_password", "account_reset_password_done", "account_inactive"]


@pytest.mark.parametrize(("width", "language"), [(360, "fr-FR"), (1280, "en-GB")])
def test_axe_finds_nothing_on_any_page_of_an_account_and_none_is_too_wide(
    browser: Browser, live_server: LiveServer, width: int, language: str
) -> None:
    ana = colleague()
    page = tab(browser, by_name(live_server), width=width, language=language)
    found: dict[str, list[str]] = {}
    for here in [*map(reverse, OPEN), reverse("account_reset_password_from_key", args=["1", "x"])]:
        found[here] = problems(page, here)
    page.goto(reverse("account_login"))
    page.locator("[name=login]").fill("a@example.com")
    page.locator("[name=password]").fill("x")
    page.keyboard.press("Enter")
    expect(page.locator(".errors")).to_be_focused()
    found["a wrong password"] = problems(page)
    page.context.add_cookies([cookie_of(signed_in(ana), by_name(live_server))])
    found |= {f"{here} before": problems(page, here) for here in pages_of_an_account()[:2]}
    found["by password"] = problems(page, f"{reverse('account_reauthenticate')}?next=/admin/")
    with_app(ana)
    passkey = with_passkey(ana)
    of_it = [reverse(name, args=[passkey.pk]) for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")]
    found |= {here: problems(page, here) for here in [*pages_of_an_account(), *of_it]}
    for name in ("mfa_reauthenticate", "mfa_reauthenticate_webauthn"):
        found[name] = problems(page, f"{reverse(name)}?next=/admin/")
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.locator("[name=login]").fill(ana.email)
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[name=code]")).to_be_visible()
    found["a code"] = problems(page)

    assert {here: problem for here, problem in found.items() if problem} == {}
    assert not PolicyReport.objects.exists()
    page.context.close()


def problems(page: Page, here: str = "") -> list[str]:
    if here:
        answer = page.goto(here)
        assert answer is not None
        assert answer.status == 200, here
    return faults_of(page)
