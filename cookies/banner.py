"""What the banner says, and the version of the catalogue it shows."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from html import unescape
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import strip_tags

from cookies import catalogue
from cookies.models import CatalogueVersion
from privacy.controller import Controller


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The purposes, the trackers and the banner's words in both languages, as one thing that has a hash."""

    asked: str
    catalogue: str
    text_fr: str
    text_en: str

    @property
    def digest(self) -> str:
        whole = "\0".join((self.asked, self.catalogue, self.text_fr, self.text_en))
        return hashlib.sha256(whole.encode()).hexdigest()

    @property
    def mark(self) -> str:
        """The beginning of the hash, which a page carries: an agreement names the words it was given to."""
        return self.digest[:16]

    def recorded(self) -> CatalogueVersion:
        version, _ = CatalogueVersion.objects.get_or_create(
            digest=self.digest,
            defaults={
                "asked": self.asked,
                "catalogue": json.loads(self.catalogue),
                "text_fr": self.text_fr,
                "text_en": self.text_en,
            },
        )
        return version


def shown() -> Shown:
    """The version of today."""
    return _shown(catalogue.fingerprint(), settings.CONTROLLER, settings.COOKIE_CHOICE_LIFE)


@lru_cache(maxsize=8)
def _shown(asked: str, controller: Controller, life: timedelta | None) -> Shown:
    """All that the words depend on is in these, so each version is made up once in a process."""
    return Shown(
        asked=asked,
        catalogue=json.dumps(catalogue.declared(), sort_keys=True, ensure_ascii=False),
        text_fr=_text("fr"),
        text_en=_text("en"),
    )


def _text(language: str) -> str:
    with translation.override(language):
        page = render_to_string("cookies/banner.html", context_of_questions())
    return re.sub(r"\s+", " ", unescape(strip_tags(page))).strip()


def context_of_questions() -> dict[str, Any]:
    return {
        "purposes": catalogue.optional(),
        "necessary": catalogue.NECESSARY,
        "controller": settings.CONTROLLER,
        "life": settings.COOKIE_CHOICE_LIFE,
    }
