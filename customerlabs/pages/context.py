from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from customerlabs.pages.languages import NAMES, in_language

SHOW_NO_PAGE = {"language", "cookies:choose", "audience"}
"""Addresses that are only posted to: nobody can be sent back there."""


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: who the controller is (P1.1), and where the same page stands in each language.

    Works before any middleware ran and touches no database, so that error pages can rely on it.
    """
    found = getattr(request, "resolver_match", None)
    return {
        "request": request,
        "controller": settings.CONTROLLER,
        "site_url": settings.SITE_URL,
        # None for one person's page, whose address holds a secret of theirs: not for search engines, not for sharing.
        "page_url": settings.SITE_URL + request.path if found and not found.kwargs else None,
        "here": "/" if found and found.view_name in SHOW_NO_PAGE else request.get_full_path(),
        "languages": [
            {"code": code, "name": name, "url": in_language(request.path, code), "current": code == get_language()}
            for code, name in NAMES.items()
        ],
    }
