"""Canary words go through every flow of the site, and are then looked for wherever nothing of a person may stand."""

import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import unquote_plus

import pytest
from celery.signals import before_task_publish
from django.core import mail
from django.core.management import call_command
from django.core.signals import request_started
from django.test import Client
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from customerlabs.error_mail import ErrorMail
from customerlabs.logs import DiscreetFormatter, JsonFormatter
from privacy.letters.queue import deliver_due
from privacy.models import CaseFile, Letter, Paper
from privacy.rights.models import RightsRequest
from tests.audit.test_every_page import pages
from tests.desk.desk import member, signed_in
from tests.privacy.planting import database
from tests.security.robot import Robot
from tests.security.walks import without_limits, work_through, write_everywhere

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P7.1")]
CANARY = "canaribleu"
"""Part of everything that is typed: names, addresses, messages, the name of a file."""


class Watched(Client):
    """Notes where it is sent on to."""

    sent_on: list[str]

    def request(self, **request: Any) -> Any:
        answer = super().request(**request)
        self.sent_on.append(answer.headers.get("Location", ""))
        return answer


@pytest.fixture
def seen() -> Iterator[dict[str, list[str]]]:
    """Everything that was asked for and queued during the test."""
    seen: dict[str, list[str]] = {"asked for": [], "queued": []}

    def note_address(environ: dict[str, Any], **_: Any) -> None:
        seen["asked for"].append(unquote_plus(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"))

    def note_task(body: Any, headers: Any, **_: Any) -> None:
        seen["queued"].append(f"{body} {headers}")

    request_started.connect(note_address)
    before_task_publish.connect(note_task)
    yield seen
    request_started.disconnect(note_address)
    before_task_publish.disconnect(note_task)


@pytest.fixture
def logged(settings: Any) -> Iterator[StringIO]:
    """All that any logger says, in both forms, down to the last detail an operator can ask for."""
    settings.TECHNICAL_CONTACT = "operator@example.com"
    stream, root = StringIO(), logging.getLogger()
    handlers = [logging.StreamHandler(stream) for _ in range(2)]
    for handler, formatter in zip(handlers, (DiscreetFormatter(), JsonFormatter()), strict=True):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    yield stream
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def test_what_people_type_is_in_no_log_no_address_no_queue_and_no_error_report(
    seen: dict[str, list[str]], logged: StringIO, settings: Any, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    call_command("migrate", verbosity=0)  # A test that flushed the tables took the groups along.
    without_limits(settings)
    Watched.sent_on = []
    visitor = Robot(
        Watched(headers={"accept-language": "fr"}),
        words=lambda name: f"{CANARY} {name}, où en est-on ?",
        address=lambda name: f"{CANARY}.{name}@example.com",
        file_name=f"{CANARY}.jpg",
    )
    officer = member("DPO", email=f"{CANARY}.dpo@example.com", is_superuser=True)
    staff = signed_in(officer)

    write_everywhere(visitor)
    assert sum(status in {200, 302} for _, status in visitor.statuses) > 30, visitor.statuses
    work_through(staff, f"{CANARY} answers")
    for page in list(pages()):
        if not page.posted:
            staff.get(page.address)
    _break(visitor, monkeypatch)

    assert _kept_of_each()
    assert any(CANARY in row for row in database())  # The search finds what is there.
    assert seen["queued"]
    assert [where for where in seen["asked for"] if CANARY in where] == []
    assert [where for where in Watched.sent_on if CANARY in unquote_plus(where)] == []
    assert [task for task in seen["queued"] if CANARY in task] == []
    assert [line for line in logged.getvalue().splitlines() if CANARY in line] == []
    assert [line for line in "".join(capfd.readouterr()).splitlines() if CANARY in line] == []
    reports = [str(sent.message()) for sent in mail.outbox if sent.to == ["operator@example.com"]]
    assert reports
    assert [report for report in reports if CANARY in report] == []


def _kept_of_each() -> bool:
    """Whether the walk went through: something of each flow is there."""
    kinds = set(Letter.objects.values_list("kind", flat=True))
    assert ContactRequest.objects.exists()
    assert Prospect.objects.exists()
    assert RightsRequest.objects.values("right").distinct().count() >= 9
    assert CaseFile.objects.exists()
    assert len(kinds) >= 8, kinds
    return Paper.objects.exists()


def _break(visitor: Robot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page and a letter that fail with the canary in the error, and in the values of its frames."""

    def fail(*given: Any, **_: Any) -> None:
        typed = f"{CANARY} {given}"
        raise ValueError(typed)

    visitor.client.raise_request_exception = False
    monkeypatch.setattr("contact.views.submit_contact_request", fail)
    visitor.fill_in("/fr/contact/")
    assert visitor.statuses[-1][1] == 500
    Letter.objects.update(state=Letter.State.QUEUED, due_at=timezone.now(), attempts=0)
    monkeypatch.setattr("privacy.letters.queue.mail_of", fail)
    deliver_due()
    assert any(isinstance(handler, ErrorMail) for handler in logging.getLogger().handlers)
