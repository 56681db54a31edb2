"""The disk that everything shares runs full while people write: they are told, and all goes on once there is room."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.accounts import LONG, settle
from tests.faults.conftest import SETTINGS
from tests.faults.crowd import Crowd
from tests.faults.disk import fill, mounted
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(900)]

SIZE = "600m"
TOLD = 5
"""Answers that the site is not well, before there is room again."""
IN_HAND = 2
"""Mails that may leave twice: those the worker's two processes had in hand when there was no room to write so down."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path, SIZE) as disk:
        yield disk


@pytest.fixture
def small_site(small_disk: Path, one_office: PostOffice) -> Iterator[Site]:
    one_office.go_on()
    one_office.answers.clear()
    one_office.received.clear()
    site = Site(small_disk / "var")
    site.output = small_disk.parent / "site.output"
    try:
        site.start(EMAIL_URL=one_office.url, **SETTINGS)
        yield site
    finally:
        site.clear_away()


@pytest.mark.promise("P7.3")
def test_a_full_disk_is_admitted_and_costs_nothing_once_freed(small_site: Site, one_office: PostOffice) -> None:
    disk = small_site.var.parent
    crowd = Crowd(small_site.port, "full-disk.example").open_forms()
    with crowd.send() as sending:
        wait_until(lambda: sending.done >= 60, LONG, "some are acknowledged")
        ballast = fill(disk)
        wait_until(lambda: crowd.statuses()[503] >= TOLD, LONG, "visitors are told")
        ballast.unlink()

    assert set(crowd.statuses()) <= {302, 503}
    settle(small_site, one_office, crowd, duplicates=IN_HAND)
