"""A ZIP written as a stream: each file in it piece by piece, its SHA-256 noted for the manifest."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone

from privacy.rights.fulfilment.results import Sink

PIECE = 1 << 16


class Archive:
    """To be used in a `with`: what is written last is the list of what is in it."""

    def __init__(self, sink: Sink) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED)
        self._now = timezone.localtime()
        self.manifest: dict[str, str] = {}

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, kind: object, *more: object) -> None:
        if kind is None:
            self._zip.close()

    def add(self, name: str, pieces: Iterable[str]) -> None:
        digest = hashlib.sha256()
        with self._zip.open(self._entry(name), "w", force_zip64=True) as entry:
            for piece in gathered(pieces):
                data = piece.encode()
                digest.update(data)
                entry.write(data)
        self.manifest[name] = digest.hexdigest()

    def add_manifest(self, name: str = "manifest.json") -> None:
        listed = {"algorithm": "SHA-256", "files": self.manifest}
        self.add(name, [json.dumps(listed, indent=2) + "\n"])

    def _entry(self, name: str) -> zipfile.ZipInfo:
        moment: datetime = self._now
        entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        return entry


def gathered(pieces: Iterable[str]) -> Iterator[str]:
    """The same text in larger pieces: thousands of small ones would each be compressed and hashed by themselves."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield "".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting)
