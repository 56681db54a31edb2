"""Files nobody else may read, and what a killed process left of them."""

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

PREFIX = "continuity-"


@contextlib.contextmanager
def private_folder() -> Iterator[Path]:
    """A folder under VAR_DIR/run for as long as the block runs. What a kill leaves of it goes at the next start."""
    run = settings.PLACES.run
    run.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_leftovers()
    folder, held = _new_folder(run)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _new_folder(run: Path) -> tuple[Path, int]:
    """It, and the descriptor that holds it. Another process may take it for a leftover before it is held."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=run))
        with contextlib.suppress(BlockingIOError, FileNotFoundError):
            held = _hold(folder)
            if folder.exists():
                return folder, held
            os.close(held)


def remove_leftovers() -> int:
    """Remove the folders whose process is gone: the system frees a lock with the process that held it."""
    removed = 0
    for folder in settings.PLACES.run.glob(f"{PREFIX}*"):
        with contextlib.suppress(BlockingIOError, FileNotFoundError):
            held = _hold(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(held)
            removed += 1
    return removed


def _hold(folder: Path) -> int:
    """Raises BlockingIOError when somebody else holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor


def write_private(path: Path, text: str, *, replace: bool = False) -> None:
    """Write a file of mode 0600 that is whole or not there, even after a power cut.

    Raises FileExistsError when something stands there, unless it is to be replaced.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
