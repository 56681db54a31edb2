"""Requests as far as the worker takes them, and what was made of them."""

import io
import json
import zipfile
from typing import Any

from django.db import transaction

from privacy.models import CaseFile, Result, RightsRequest
from privacy.rights import states
from privacy.rights.carrying_out import carriers
from privacy.rights.fulfilment.results import read
from privacy.rights.kinds import Decision, Right, State
from tests.rights.people import proved


def granted(right: Right, email: str, **more: Any) -> RightsRequest:
    """Proved, decided, and waiting for the worker."""
    request = proved(right, email=email, **more)
    with transaction.atomic():
        states.decide(states.locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    return RightsRequest.objects.get(pk=request.pk)


def carry_out(request: RightsRequest) -> RightsRequest:
    carrier = carriers.of(request)
    assert carrier is not None
    carrier.carry_out(request.pk)
    return RightsRequest.objects.get(pk=request.pk)


def file_of(request: RightsRequest) -> CaseFile:
    return CaseFile.objects.get(request=request)


def opened(result: Result) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(b"".join(read(result))))


def text_of(archive: zipfile.ZipFile, ending: str) -> str:
    name = next(name for name in archive.namelist() if name.endswith(ending))
    return archive.read(name).decode()


def json_of(archive: zipfile.ZipFile, ending: str = "my-data.json") -> Any:
    return json.loads(text_of(archive, ending))
