from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from privacy.policy.publishing import publish_first
from tests.mailings.conftest import _no_worker

__all__ = ["_no_worker"]


@pytest.fixture
def morning() -> Iterator[datetime]:
    """A morning after the site was made, at a known time."""
    now = timezone.now().replace(hour=4, minute=7, second=0, microsecond=0) + timedelta(hours=24)
    with time_machine.travel(now, tick=False):
        yield now


@pytest.fixture(autouse=True)
def _published(request: pytest.FixtureRequest) -> None:
    """A site in good order has published its policy."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if _is_transactional(request) else "db")
        publish_first()


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))
