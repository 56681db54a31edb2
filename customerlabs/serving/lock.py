"""One supervisor a data folder. The system frees the lock with the process, however that one ends."""

import fcntl
import os
from pathlib import Path

from customerlabs.serving.refusal import Refusal


def take_lock(path: Path) -> int:
    """Take the lock and write our pid there; the descriptor that holds it for as long as it is open.

    Raises Refusal, which says who runs already.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise Refusal(
            f"It already runs on {path.parent.parent} (process {holder}). Stop that one first, with Ctrl-C or "
            f"`kill {holder}`, or start this one with another VAR_DIR and PORT."
        ) from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
    return descriptor
