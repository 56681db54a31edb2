"""When staff looked at somebody's data, and what for; never who (P5.1). The trail stands in a room of its own."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string

TRAIL = "privacy.audit.services.consultations_about"


def looks_at(address: str) -> Iterable[tuple[datetime, Any]]:
    """Each consultation of this person's data with its purpose, the oldest first; nothing on a site without a trail."""
    try:
        told: Callable[[str], Iterable[tuple[datetime, Any]]] = import_string(TRAIL)
    except ImportError:
        return ()
    return told(address)
