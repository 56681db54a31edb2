"""How long the logs of the programs stay: a file a month, six months of them at most (promises: security logs)."""

import contextlib
import shutil
import time
from pathlib import Path

LARGE_LOG = 10 * 1024 * 1024
"""Bytes. A larger log is put aside before its month is over."""
LOGS_KEPT = 5
"""Beside the one that is being written."""
LOG_LIFE = 150 * 24 * 60 * 60
"""Seconds since the last line of a log that was put aside; its first one is at most a month older."""


def month_of(seconds: float) -> tuple[int, int]:
    moment = time.gmtime(seconds)
    return moment.tm_year, moment.tm_mon


def turn_over(log: Path, *, new_month: bool = False, large: int = LARGE_LOG) -> None:
    """Put a log aside when it is large, or when its month is over; delete what was put aside too long ago.

    name.log.1 is the newest. The log is copied and emptied, since its program goes on writing at its end.
    """
    for kept in log.parent.glob(f"{log.name}.*"):
        if kept.stat().st_mtime < time.time() - LOG_LIFE:
            kept.unlink()
    if not log.exists() or log.stat().st_size <= (0 if new_month else large):
        return
    for number in range(LOGS_KEPT, 1, -1):
        newer = log.with_name(f"{log.name}.{number - 1}")
        if newer.exists():
            newer.replace(log.with_name(f"{log.name}.{number}"))
    with contextlib.suppress(OSError):  # A full disk: it is tried again, and nothing is lost meanwhile.
        shutil.copy2(log, log.with_name(f"{log.name}.1"))
        with log.open("r+b") as file:
            file.truncate(0)
