"""What programs ask for at agreed addresses."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse

SECURITY_CONTACT_HOLDS = timedelta(days=180)
"""RFC 9116 advises less than a year."""


def plain(*lines: str) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def robots(request: HttpRequest) -> HttpResponse:
    return plain(
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Disallow: {reverse('mfa_index')}",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    )


def security(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116). Counted in whole days, so that the file can be cached."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return plain(
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {today + SECURITY_CONTACT_HOLDS:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.SITE_URL}{reverse('security')}",
    )


def change_password(request: HttpRequest) -> HttpResponse:
    """Where password managers send staff."""
    return redirect("account_change_password")


def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("favicon.svg"))
