"""A small disk, and how to leave no room on it."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own. Without one there is no such test, and that is a failure, not a pass."""
    disk = folder / "disk"
    disk.mkdir()
    folder.chmod(0o711)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "none", str(disk)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, f"This test mounts a small disk, which needs root: {made.stderr}"
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk: Path, *, leaving: int = 0) -> Path:
    """Leave no more room on it than so many bytes."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(64 * 1024)):
            pass
    if leaving:
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - leaving)
    return ballast
