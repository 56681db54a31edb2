"""Versions for the tests, as the services make them."""

from datetime import date
from typing import Any

from privacy.policy.models import PolicyVersion, today
from privacy.policy.publishing import import_text, publish
from privacy.policy.rendering import current


def published(*, is_important: bool = False, effective_from: date | None = None, **given: Any) -> PolicyVersion:
    """What the site does now, published."""
    return publish(
        changes_fr=given.pop("changes_fr", "Ce qui change."),
        changes_en=given.pop("changes_en", "What changes."),
        is_important=is_important,
        effective_from=effective_from or today(),
        edition=given.pop("edition", None) or current().digest,
    )


def imported(fr: str = "1. Introduction\nLe texte de 2020.", en: str = "", at: date = date(2020, 4, 1)) -> Any:
    return import_text(fr=fr, en=en, effective_from=at, changes_fr="Texte antérieur.", changes_en="Earlier text.")
