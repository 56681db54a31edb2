"""What trackers are for. The trackers themselves are declared by whoever sets them, in a `personal_data.py` (P11.6)."""

import hashlib
import json

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from privacy.registry import registry
from privacy.trackers import Tracker, TrackerPurpose

NECESSARY = TrackerPurpose(
    name="necessary",
    title=_("Necessary"),
    what_for=_("What the site can’t work without. No agreement is asked for it."),
    is_necessary=True,
)


def audience_is_counted() -> bool:
    return bool(settings.AUDIENCE)


AUDIENCE = TrackerPurpose(
    name="audience",
    title=_("Counting visits"),
    what_for=_("Knowing how often each page is read. No identifier; nobody but us receives the counts."),
    in_use=audience_is_counted,
)
PURPOSES = (NECESSARY, AUDIENCE)


def optional() -> list[TrackerPurpose]:
    """The purposes visitors are asked about, as this site is set up."""
    return [purpose for purpose in PURPOSES if purpose.in_use() and not purpose.is_necessary]


def by_purpose() -> list[tuple[TrackerPurpose, list[Tracker]]]:
    """Each purpose in use with its trackers."""
    return [
        (purpose, [tracker for tracker in registry.trackers if tracker.purpose is purpose])
        for purpose in PURPOSES
        if purpose.in_use()
    ]


def fingerprint() -> str:
    """What decides whether visitors are asked again: who asks, and for which purposes. Better words don't."""
    asked = [
        [purpose.name, purpose.revision, sorted({_plain(tracker.set_by) for tracker in trackers})]
        for purpose, trackers in by_purpose()
        if not purpose.is_necessary
    ]
    return _digest([settings.CONTROLLER.name, settings.CONTROLLER.register, asked])[:12]


def declared() -> dict[str, list[dict[str, object]]]:
    """The whole catalogue, as a version of it keeps it."""
    return {
        purpose.name: [
            {
                "name": tracker.name,
                "storage": tracker.storage.value,
                "days": tracker.life.total_seconds() / 86_400 if tracker.life else None,
                "set_by": _plain(tracker.set_by) or settings.CONTROLLER.name,
                "what_for": _plain(tracker.what_for),
            }
            for tracker in trackers
        ]
        for purpose, trackers in by_purpose()
    }


def _plain(words: object) -> str:
    """The same whatever the reader's language."""
    with translation.override("en"):
        return str(words)


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
