from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page shows: who the controller is (P1.1) and where the same page stands in the other language."""
    here = request.path
    return {
        "controller": settings.CONTROLLER,
        "site_url": settings.SITE_URL,
        "languages": [
            {"code": code, "name": name, "url": translate_url(here, code), "current": code == get_language()}
            for code, name in (("fr", "Français"), ("en", "English"))
        ],
    }
