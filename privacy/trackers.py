"""What an app says of what it may leave in a browser, and what for. The cookies' catalogue is read from it."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.declarations import always
from privacy.periods import THIRTEEN_MONTHS


@dataclass(frozen=True, kw_only=True)
class TrackerPurpose:
    """What trackers are for, as the cookie banner names it (P11.2).

    Raise `revision` when what is done changes, and not for better words: visitors are then asked again. A purpose that
    is not `in_use` asks for nothing, is shown nowhere and lets no tracker through.
    """

    name: str
    title: StrOrPromise
    what_for: StrOrPromise
    is_necessary: bool = False
    revision: int = 1
    in_use: Callable[[], bool] = always

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z]{1,20}", self.name):
            raise ValueError("The name of a purpose is a word in small letters: it stands in the cookie of the choice.")


class Storage(TextChoices):
    """Where a tracker lies in the browser. What is not a cookie needs the same consent."""

    COOKIE = "cookie", _("cookie")
    LOCAL = "local", _("local storage")
    SESSION = "session", _("session storage")


@dataclass(frozen=True, kw_only=True)
class Tracker:
    """Something this site may leave in a browser (P11.6, P11.7).

    - `life`: from the last time it is set; None for what ends with the browser's session.
    - `set_by`: who, when it is not this site's controller.
    - `places`: each path and domain it may be set on; an empty domain is this host alone. Withdrawal deletes it there.
    """

    name: str
    purpose: TrackerPurpose
    what_for: StrOrPromise
    life: timedelta | None = None
    set_by: StrOrPromise = ""
    storage: Storage = Storage.COOKIE
    places: Collection[tuple[str, str]] = (("/", ""),)

    def __post_init__(self) -> None:
        if self.life is not None and not timedelta(0) < self.life <= THIRTEEN_MONTHS:
            raise ValueError(f"{self.name} would live for {self.life.days} days: thirteen months is the limit (P8.3).")

    @property
    def is_persistent(self) -> bool:
        """Whether it outlives the browser's session (P11.7)."""
        return self.life is not None
