"""kill -9 of a purge and of an erasure between their steps: no row half-emptied, and the next run finishes."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from contact.models import ContactRequest
from privacy.models import ErasureReceipt, RightsRequest
from privacy.rights.kinds import Right, State
from tests.fulfilment.granting import granted
from tests.privacy.planting import Canary
from tests.privacy.test_retention_at_once import closed_long_ago, state, wait_until_the_server_noticed

pytestmark = [
    pytest.mark.faults,
    pytest.mark.services,
    pytest.mark.timeout(900),
    pytest.mark.django_db(transaction=True),
]

POINTS = 40
"""Places to die at, evenly over all steps."""
KILLED = "died -9"


@contextmanager
def stepwise(work: str, var: Path, **given: str) -> "Iterator[subprocess.Popen[str]]":
    command = [sys.executable, "-m", "tests.faults.stepwise", str(connection.settings_dict["NAME"]), work]
    environment = {**os.environ, "CONTINUITY_STORAGE_OPTIONS": f'{{"location": "{var}"}}', **given}
    with subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
        env=environment,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(process: "subprocess.Popen[str]", *numbers: int) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(" ".join(map(str, numbers)) + "\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def points(steps: int) -> list[int]:
    return sorted({1 + number * steps // POINTS for number in range(POINTS)} | {steps})


@pytest.mark.promise("P8.4", "P7.3")
def test_a_purge_killed_at_any_step_leaves_rows_whole_or_emptied(tmp_path: Path) -> None:
    with stepwise("purge", tmp_path) as process:
        closed_long_ago(5)
        steps = int(ask(process, 0))
        for point in points(steps):
            ContactRequest.objects.all().delete()
            closed_long_ago(5)

            assert ask(process, point) == KILLED, f"{point} of {steps}"
            wait_until_the_server_noticed()
            assert set(state()) <= {"whole", "emptied"}, point
            assert int(ask(process, 0)) > 0
            assert state() == {"emptied": 5}, point


@pytest.mark.promise("P5.3", "P7.3")
def test_an_erasure_killed_at_any_step_is_finished_with_one_receipt(tmp_path: Path) -> None:
    def asked() -> RightsRequest:
        somebody = Canary.new()
        somebody.plant_everywhere()
        return granted(Right.ERASURE, somebody.address)

    def erased(request: RightsRequest) -> Counter[str]:
        """What its receipt counts."""
        document: Any = ErasureReceipt.objects.get(request=request).document
        return Counter({str(line["table"]): int(line["rows"]) for line in document["receipt"]["erased"]})

    with stepwise("erasure", tmp_path) as process:
        first = asked()
        steps = int(ask(process, 0, first.pk))
        for point in points(steps):
            request = asked()
            assert ask(process, point, request.pk) == KILLED, f"{point} of {steps}"
            wait_until_the_server_noticed()
            assert set(state()) <= {"whole", "emptied"}, point
            if RightsRequest.objects.get(pk=request.pk).state != State.DONE:
                assert int(ask(process, 0, request.pk)) > 0
            assert erased(request) == erased(first), point
