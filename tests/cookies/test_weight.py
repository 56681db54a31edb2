"""What the banner adds to a page: at most 3 kB, with its style and its script. Gzip weighs more than brotli would."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings as site
from django.test import Client
from pytest_django import Settings

from tests.cookies.visitors import choose
from tests.site.pages import LANGUAGES

STATIC = Path(site.BASE_DIR) / "static"
HEAVIEST = 3_000
HEAVIEST_SCRIPTS = 6_000
SECTION = re.compile(r"/\* Cookies: .*?(?=\n@media \(prefers-reduced-motion)", re.DOTALL)


def weight(text: str) -> int:
    return len(gzip.compress(text.encode(), 9, mtime=0))


@pytest.mark.django_db
@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_banner_adds_at_most_three_kilobytes_with_all_it_needs(
    visitor: Client, settings: Settings, language: str, counts: bool
) -> None:
    settings.AUDIENCE = counts
    sheet = (STATIC / "site.css").read_text(encoding="utf-8")
    asking = visitor.get(f"/{language}/").content.decode()
    choose(visitor, "none", language)
    chosen = visitor.get(f"/{language}/").content.decode()

    page = weight(asking) - weight(chosen)
    style = weight(sheet) - weight(SECTION.sub("", sheet))
    script = weight((STATIC / "cookies.js").read_text(encoding="utf-8"))

    assert min(page, style, script) > 300
    assert page + style + script <= HEAVIEST


def test_all_scripts_of_the_site_weigh_at_most_six_kilobytes() -> None:
    assert sum(weight(path.read_text(encoding="utf-8")) for path in STATIC.glob("*.js")) <= HEAVIEST_SCRIPTS
