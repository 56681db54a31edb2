"""The notice that stands on every page while an important change is new (P12.2). No tracker: all see the same."""

import logging

from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone

from privacy.pages import pages_depend_on
from privacy.policy.models import PolicyVersion
from privacy.policy.rendering import NOTICE_LIFE

logger = logging.getLogger(__name__)

KEY = "privacy.policy.notice"
FRESH = 60
"""Seconds a process may go on showing what it knows, so that pages ask the database once a minute at most."""
NONE = 0


def notice(request: HttpRequest) -> dict[str, object]:
    """For templates: `policy_notice`, a callable, so that only a page that shows it looks."""
    return {"policy_notice": current_notice}


@pages_depend_on
def _which_notice(request: HttpRequest) -> int | None:
    announced = current_notice()
    return announced.pk if announced else None


def current_notice() -> PolicyVersion | None:
    """The important version published in the last days, if there is one. A dead database costs no page: None."""
    known = cache.get(KEY)
    if known is None:
        known = _look()
        cache.set(KEY, known, FRESH)
    return known if isinstance(known, PolicyVersion) else None


def look_again() -> None:
    """After a publication, in this process."""
    cache.delete(KEY)


def _look() -> PolicyVersion | int:
    since = NOTICE_LIFE.before(timezone.now())
    try:
        recent = PolicyVersion.objects.dated().filter(is_important=True, is_imported=False, published_at__gt=since)
        return recent.order_by("-pk").first() or NONE
    except DatabaseError:
        logger.warning("The database could not say whether the policy has changed.")
        return NONE
