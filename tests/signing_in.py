"""Signing staff in: quickly, for what comes after; and through the pages, as they do it."""

import time
from functools import cache
from typing import Any

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY, record_authentication
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory
from playwright.sync_api import Page, expect

from customerlabs.staff.sign_ins import IN_SESSION, SignIn

PERIOD = 30
"""Seconds that a code holds."""
A_SLOW_MACHINE = 3600
"""Seconds for which a test may go on before anything asks again."""


def sign_in(client: Client, member: Any) -> Client:
    """As if this member had just signed in with a second factor: nothing asks them to enrol or to confirm."""
    if not member.has_usable_password():  # Everybody has something to show who they are with.
        member.password = some_password()
        member.save(update_fields=["password"])
    client.force_login(member)
    SignIn.objects.filter(pk=client.session[IN_SESSION]).update(with_factor=True)
    confirm(client, member)
    return client


@cache
def some_password() -> str:
    """Hashed once: it takes its time."""
    return make_password("a password that nobody types")


def confirm(client: Client, member: Any) -> None:
    """As if they had just shown once more who they are."""
    request = RequestFactory().get("/")
    request.session = session = client.session
    record_authentication(request, member, "mfa", reauthenticated=True)
    session[AUTHENTICATION_METHODS_SESSION_KEY][-1]["at"] += A_SLOW_MACHINE
    session.save()


def five_minutes_later(client: Client) -> None:
    """As if it were long ago that they showed who they are."""
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = []
    session.save()


def cookie_of(client: Client, url: str) -> Any:
    """The session of a client, for a browser that visits the site at this address."""
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}


def code_of(secret: str, *, ahead: int = 0) -> str:
    """What an app shows now for this secret, or so many steps later: a code opens once."""
    return str(format_hotp_value(hotp_value("".join(secret.split()), int(time.time()) // PERIOD + ahead)))


def sign_in_by_hand(page: Page, email: str, password: str) -> str:
    """The first sign-in of somebody who needs a second factor, in English or French; returns the secret of the app."""
    page.goto("/admin/")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.keyboard.press("Enter")
    secret = page.locator("code.key").inner_text()
    page.locator("[name=code]").fill(code_of(secret))
    page.keyboard.press("Enter")
    expect(page.locator(".codes code").first).to_be_visible()
    page.locator("main a.button").click()
    expect(page.locator("#user-tools")).to_be_visible()
    return secret
