"""The disk that everything shares runs full while people write: they are told, and all goes on once there is room."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.accounts import LONG, settle
from tests.faults.conftest import SETTINGS
from tests.faults.crowd import Crowd
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(900)]

SIZE = "600m"
TOLD = 5
"""Answers that the site is not well, before there is room again."""
UNWRITTEN = 10
"""Mails that may have left when there was no room to write so down: they leave once more."""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own. Without one there is no such test, and that is a failure, not a pass."""
    disk = tmp_path / "disk"
    disk.mkdir()
    tmp_path.chmod(0o711)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0711", "none", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, f"This test mounts a small disk, which needs root: {made.stderr}"
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


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


def fill(disk: Path) -> Path:
    """Leave no room on it, for the others write meanwhile."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(64 * 1024)):
            pass
    return ballast


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
    settle(small_site, one_office, crowd, duplicates=UNWRITTEN)
