"""Files made for a request: written and read piece by piece, sealed, so that memory stays small whatever their size."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Protocol

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from privacy.rights.fulfilment.models import Result, ResultChunk
from privacy.rights.models import CaseFile, CaseParty, RightsRequest
from privacy.sealing import CHUNK, seal, unseal


class Sink(Protocol):
    """What a maker writes to; there is no way back to what was written."""

    def write(self, data: bytes, /) -> int: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


class _Sealed:
    """Seals what is written into the chunks of a result, a mebibyte at a time."""

    def __init__(self, result: Result) -> None:
        self.result = result
        self.size = 0
        self._digest = hashlib.sha256()
        self._waiting = bytearray()

    def write(self, data: bytes, /) -> int:
        self._digest.update(data)
        self.size += len(data)
        self._waiting += data
        while len(self._waiting) >= CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]))
            del self._waiting[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Nothing is sealed before a chunk is full, or the file complete."""

    def close(self) -> None:
        """Closed by who opened it, once all is written."""

    def end(self) -> str:
        """Seal what is left. Returns the SHA-256 of the whole."""
        if self._waiting:
            self._seal(bytes(self._waiting))
            self._waiting.clear()
        return self._digest.hexdigest()

    def _seal(self, data: bytes) -> None:
        ResultChunk.objects.create(result=self.result, sealed=seal(data))


def keep(
    file: CaseFile,
    kind: Result.Kind,
    make: Callable[[Sink], None],
    *,
    name: str,
    recipient: CaseParty | None = None,
    content_type: str = "application/zip",
) -> Result:
    """Make a file and keep it for settings.RESULT_LIFE. To be called in the transaction that closes the request."""
    now = timezone.now()
    result = Result.objects.create(
        file=file,
        kind=kind,
        recipient=recipient,
        name=name,
        content_type=content_type,
        made_at=now,
        expires_at=settings.RESULT_LIFE.after(now),
    )
    sealed = _Sealed(result)
    make(sealed)
    result.sha256, result.size = sealed.end(), sealed.size
    result.save(update_fields=["sha256", "size"])
    return result


def read(result: Result) -> Iterator[bytes]:
    """The file piece by piece, one chunk in memory at a time. Raises CannotUnseal."""
    last = 0
    while (chunk := ResultChunk.objects.filter(result=result, pk__gt=last).order_by("pk").first()) is not None:
        last = chunk.pk
        yield unseal(bytes(chunk.sealed))


def results_of(request: RightsRequest) -> list[Result]:
    """What the person who asked may fetch now, the newest first."""
    return list(Result.objects.to_fetch().filter(file__request=request, recipient=None).order_by("-pk"))


def sent_on(request: RightsRequest) -> list[Result]:
    """What was made for a third party, so that the person sees whether it was fetched."""
    made = Result.objects.filter(file__request=request, recipient__isnull=False)
    return list(made.select_related("recipient").order_by("-pk"))


def note_fetched(result: Result) -> bool:
    """Count one download. Returns whether it is the first."""
    Result.objects.filter(pk=result.pk).update(fetched=F("fetched") + 1)
    return bool(Result.objects.filter(pk=result.pk, fetched_at=None).update(fetched_at=timezone.now()))
