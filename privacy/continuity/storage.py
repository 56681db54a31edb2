"""Where the ledger and the backups are kept: any Django storage, and by default files that are safe once written."""

import os
import tempfile
from pathlib import Path
from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage, Storage, storages

PRIVATE = 0o700


def continuity() -> Storage:
    """The storage of settings.STORAGES["continuity"], which holds `ledger/` and `backups/`."""
    return storages["continuity"]


class DurableFiles(FileSystemStorage):
    """Files that are whole or not there, on the disk when `save` returns, and never written over.

    A file gets its name only once its content is on the disk, and the folder is written out too. A name that is taken
    raises FileExistsError, where Django's own class would choose another.
    """

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def _save(self, name: str, content: File[Any] | IO[Any]) -> str:
        place = Path(self.path(name))
        _make(place.parent)
        descriptor, temporary = tempfile.mkstemp(prefix=".", suffix=".part", dir=place.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                for chunk in content.chunks() if isinstance(content, File) else File(content).chunks():
                    file.write(chunk.encode() if isinstance(chunk, str) else chunk)
                file.flush()
                os.fsync(file.fileno())
            os.link(temporary, place)
        finally:
            os.unlink(temporary)  # noqa: PTH108
        _write_out(place.parent)
        return str(name).replace("\\", "/")

    def delete(self, name: str) -> None:
        super().delete(name)
        _write_out(Path(self.path(name)).parent)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """Without what a killed process left half-written."""
        folders, files = super().listdir(path)
        return folders, [name for name in files if not name.endswith(".part")]


def _make(folder: Path) -> None:
    """A new folder is written out with the one it stands in, or it could be lost with all that is in it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        _write_out(folder.parent)


def _write_out(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
