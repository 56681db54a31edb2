"""The machine: its clock, its disk, and the storage of backups and ledger."""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from customerlabs.doctor.frame import Diagnosis, ok, warning, wrong
from customerlabs.health.asking import reach_database
from privacy.continuity.storage import continuity

APART = 2.0
"""Seconds two clocks may differ: less than anything here depends on."""
FAR_APART = 60.0
"""Seconds from which a limit, a link or a letter comes at the wrong time."""
WATCHED = 1.0
"""Seconds the clock is watched."""
JUMP = 0.1
GIB = 1 << 30
LITTLE, TOO_LITTLE = 2 * GIB, GIB // 4
"""Bytes left on a disk."""
PROBE = b"written, read and deleted by manage.py doctor\n"


def clock() -> Iterator[Diagnosis]:
    """Whether somebody moves it, and whether it agrees with the database's."""
    before = _ahead()
    time.sleep(WATCHED)
    moved = _ahead() - before
    if abs(moved) > JUMP:
        yield warning(f"was moved by {moved:+.1f} s while it was watched", "Let one program alone set it: chrony, say.")
    reach_database()
    with connection.cursor() as cursor:
        asked_at = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        (theirs,) = cursor.fetchone() or (0.0,)
        apart = theirs - (asked_at + time.time()) / 2
    if abs(apart) <= APART:
        yield ok(f"agrees with the database’s ({apart:+.2f} s)")
    else:
        found = wrong if abs(apart) > FAR_APART else warning
        yield found(
            f"and the database’s are {abs(apart):.0f} s apart",
            "Set both by the network: `timedatectl set-ntp true` on each machine.",
        )


def _ahead() -> float:
    """Seconds the clock is ahead of one that nobody can set; a busy machine may pause between the two readings."""
    return max(time.time() - time.monotonic() for _ in range(5))


def disk() -> Iterator[Diagnosis]:
    folder: Path = settings.PLACES.var
    if not folder.is_dir():
        yield wrong(f"{folder} is not there", "Start the site once (`make run`), or set VAR_DIR to its folder.")
        return
    yield from _room(folder)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(PROBE)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield wrong(
            f"{folder} can’t be written ({error.strerror})", "Run this as the site’s account, or give it the folder."
        )


def _room(folder: Path) -> Iterator[Diagnosis]:
    free, files = shutil.disk_usage(folder).free, os.statvfs(folder)
    said = f"{free / GIB:.1f} GiB free under {folder}"
    if free < TOO_LITTLE:
        yield wrong(said, "Make room now: PostgreSQL stops when the disk is full. See `du -xh --max-depth=2` there.")
    elif free < LITTLE:
        yield warning(said, "Make room: old logs, former databases (`manage.py drop_former`).")
    else:
        yield ok(said)
    if files.f_files and files.f_favail < files.f_files // 50:
        yield warning(f"{files.f_favail} files may still be made under {folder}", "Delete files, or use a larger disk.")


def storage() -> Iterator[Diagnosis]:
    """What backups and ledger need of it: a file written is there, is what was written, and can go."""
    place, name = continuity(), f"probes/{secrets.token_hex(8)}"
    step = "written"
    try:
        given = place.save(name, ContentFile(PROBE))
        step = "read"
        with place.open(given, "rb") as file:
            same = file.read() == PROBE
        step = "deleted"
        place.delete(given)
        gone = not place.exists(given)
    except Exception as error:  # noqa: BLE001  (a storage of the operator's own may raise anything)
        yield wrong(
            f"a file can’t be {step} ({type(error).__name__}): no backup is made, and nothing erased",
            "See CONTINUITY_STORAGE and CONTINUITY_STORAGE_OPTIONS, and the rights of the site’s account there.",
        )
        return
    if not (same and gone and given == name):
        yield wrong("it does not keep what it is given, or does not let it go", "Use another CONTINUITY_STORAGE.")
    else:
        yield ok("a file was written, read and deleted")
