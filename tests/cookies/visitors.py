"""Visitors who choose, and what their browser then holds."""

import re
from typing import Any

from django.test import Client
from django.utils import translation

from cookies.banner import shown
from tests.site.pages import address

OURS = {"Sec-Fetch-Site": "same-origin"}
MANAGE = {language: address("cookies:manage", language) for language in ("fr", "en")}
CHOOSE = {language: address("cookies:choose", language) for language in ("fr", "en")}


def choose(visitor: Client, choice: str, language: str = "fr", **more: Any) -> Any:
    """Press a button of the banner as it is shown today."""
    headers = more.pop("headers", OURS)
    posted = {"choice": choice, "next": f"/{language}/", "catalogue": shown().mark, **more}
    return visitor.post(CHOOSE[language], posted, headers=headers)


def kept(visitor: Client) -> str:
    """What the browser holds of the choice."""
    cookie = visitor.cookies.get("eu-consent")
    return cookie.value if cookie else ""


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def has_banner(visitor: Client, page: str = "/fr/", **headers: str) -> bool:
    return 'id="cookies"' in visitor.get(page, headers=headers).content.decode()


def in_language(language: str, lazy: object) -> str:
    with translation.override(language):
        return str(lazy)


def let_go(answer: Any) -> None:
    """Close the file behind a static answer. (Closing the answer would close the test's own connection.)"""
    for close in answer._resource_closers:
        close()
