"""A log line says what happened and where, never what a person typed."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from pytest_django import Settings

from customerlabs import error_mail
from customerlabs.error_mail import MOST, WINDOW, ErrorMail
from customerlabs.logs import DiscreetFormatter, JsonFormatter
from privacy.audit.origin import set_job

CANARY = "zoe.canary@example.com"


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the site's formatter writes for everything logged during the test."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(DiscreetFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


logger = logging.getLogger("tests.frame")


def _fail() -> None:
    raise ValueError(f"{CANARY} is not welcome")


@pytest.mark.promise("P7.1")
def test_an_exception_is_told_by_its_kind_and_place_only(written: StringIO) -> None:
    try:
        _fail()
    except ValueError:
        logger.exception("It failed.")

    assert CANARY not in written.getvalue()
    assert "ERROR tests.frame It failed." in written.getvalue()
    assert "builtins.ValueError" in written.getvalue()
    assert "in _fail" in written.getvalue()


@pytest.mark.promise("P7.1")
def test_a_database_error_does_not_quote_the_row_it_refused(written: StringIO, db: None) -> None:
    insert = "INSERT INTO privacy_wording (id, digest, text) VALUES (1, %s, ''), (2, %s, '')"

    with (
        pytest.raises(DatabaseError, match=CANARY) as refused,
        connection.cursor() as cursor,
    ):  # It stands in the DETAIL.
        cursor.execute(insert, [CANARY, CANARY])
    logger.error("It failed: %s", refused.value, exc_info=refused.value)

    assert CANARY not in written.getvalue()
    assert "django.db.utils.IntegrityError" in written.getvalue()


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize("explicit", [True, False])
def test_exceptions_that_led_to_another_are_told_as_discreetly(written: StringIO, explicit: bool) -> None:
    try:
        try:
            _fail()
        except ValueError as error:
            if explicit:
                raise KeyError(CANARY) from error
            raise KeyError(CANARY)  # noqa: B904  (the context is what this is about)
    except KeyError:
        logger.exception("It failed.")

    assert CANARY not in written.getvalue()
    assert written.getvalue().index("ValueError") < written.getvalue().index("KeyError")
    assert "which led to" in written.getvalue()


def test_a_suppressed_context_is_not_told(written: StringIO) -> None:
    try:
        try:
            _fail()
        except ValueError:
            raise KeyError from None
    except KeyError:
        logger.exception("It failed.")

    assert "ValueError" not in written.getvalue()


def test_exceptions_in_a_circle_are_told_once(written: StringIO) -> None:
    first, second = ValueError(CANARY), KeyError(CANARY)
    first.__cause__, second.__cause__ = second, first

    logger.error("It failed.", exc_info=first)

    assert written.getvalue().count("ValueError") == 1


@pytest.mark.promise("P7.1")
def test_what_another_handler_formatted_before_is_not_repeated() -> None:
    try:
        _fail()
    except ValueError as error:
        record = logging.LogRecord(
            "tests", logging.ERROR, "", 0, "It failed.", None, (ValueError, error, error.__traceback__)
        )
    logging.Formatter().format(record)
    assert record.exc_text is not None
    assert CANARY in record.exc_text

    line = DiscreetFormatter().format(record)

    assert CANARY not in line
    assert CANARY in record.exc_text  # Another handler's record is left as it was.


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize("expected", [True, False])
def test_celery_does_not_quote_the_exception_of_a_task(written: StringIO, expected: bool) -> None:
    app = Celery("tests", set_as_current=False)
    app.conf.task_always_eager = True

    @app.task(name="tests.fails", throws=(ValueError,) if expected else ())
    def fails() -> None:
        _fail()

    logging.getLogger("celery.app.trace").setLevel(logging.INFO)
    fails.delay()

    assert CANARY not in written.getvalue()
    assert "tests.fails" in written.getvalue()


def test_a_stack_is_not_printed(written: StringIO) -> None:
    logger.error("Where?", stack_info=True)

    assert written.getvalue().endswith("Where?\n")


@pytest.fixture
def lines(written: StringIO) -> StringIO:
    """The same as JSON, as in production."""
    handler = logging.getLogger().handlers[-1]
    assert isinstance(handler, logging.StreamHandler)
    handler.setFormatter(JsonFormatter())
    return written


def test_in_production_a_record_is_one_line_of_json_with_its_job(lines: StringIO) -> None:
    set_job("privacy.back_up")
    try:
        _fail()
    except ValueError:
        logger.exception("It failed\ntwice: %s", 2)
    set_job("")

    [line] = lines.getvalue().splitlines()
    record = json.loads(line)
    assert record.pop("at").endswith("+00:00")
    assert record.pop("exception")[0] == "builtins.ValueError"
    assert record == {
        "level": "ERROR",
        "logger": "tests.frame",
        "message": "It failed\ntwice: 2",
        "job": "privacy.back_up",
    }
    formatters: Any = settings.LOGGING["formatters"]
    assert formatters["lines"]["()"] == "customerlabs.logs.JsonFormatter"


@pytest.mark.promise("P7.1")
def test_an_address_of_the_site_is_told_by_its_route_since_it_may_hold_a_token(
    lines: StringIO, client: Client, db: None
) -> None:
    client.get(f"/en/contact/confirm/{CANARY}/")
    client.get(f"/fr/{CANARY}/?q={CANARY}")
    client.get("/fr/", headers={"host": f"{CANARY.replace('@', '.')}"})
    Client(enforce_csrf_checks=True).post(f"/en/contact/confirm/{CANARY}/")

    records = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert CANARY not in lines.getvalue()
    assert CANARY.replace("@", ".") not in lines.getvalue()
    assert any("confirm/<str:token>/" in record["message"] for record in records)
    assert {record["logger"] for record in records} >= {"django.request", "django.security.csrf"}
    assert all(len(record["request"]) == 16 for record in records if record["logger"] == "django.security.csrf")


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize(
    "told", [("Invalid request from ip=192.0.2.7: GET /?zoe",), ("Error handling request %s", "/?zoe")]
)
def test_what_gunicorn_says_of_a_request_is_told_without_address_and_client(
    lines: StringIO, told: tuple[str, ...]
) -> None:
    logging.getLogger("gunicorn.error").error(*told)

    assert "192.0.2.7" not in lines.getvalue()
    assert "zoe" not in lines.getvalue()
    assert "request" in lines.getvalue()


class _AtOnce:
    """A thread that is over before it began, so that nobody has to wait for it."""

    def __init__(self, target: Any, args: tuple[Any, ...], name: str) -> None:
        self.start = lambda: target(*args)


@pytest.fixture
def mailed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ErrorMail]:
    settings.TECHNICAL_CONTACT = "operator@example.com"
    monkeypatch.setattr(error_mail, "Thread", _AtOnce)
    root, handler = logging.getLogger(), ErrorMail()
    monkeypatch.setattr(root, "handlers", [each for each in root.handlers if not isinstance(each, ErrorMail)])
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


@pytest.mark.promise("P7.1")
def test_an_error_is_mailed_to_the_technical_contact_without_what_was_typed(
    mailed: ErrorMail, client: Client, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    def fail(*_: Any) -> None:
        local = CANARY  # noqa: F841  (a value of the frame, which may not be told)
        _fail()

    client.raise_request_exception = False
    monkeypatch.setattr("contact.views.ContactForm", fail)
    client.cookies["canary"] = CANARY

    status = client.post(f"/fr/contact/?q={CANARY}", {"email": CANARY}).status_code

    [told] = mail.outbox
    assert status == 500
    assert told.to == ["operator@example.com"]
    assert "builtins.ValueError" in told.body
    assert '"request"' in told.body
    assert CANARY not in str(told.message())


def test_a_storm_of_errors_sends_few_mails_and_the_next_hour_says_how_many_there_were(
    mailed: ErrorMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(error_mail, "monotonic", lambda: now[0])

    for number in range(100):
        logging.getLogger(f"tests.storm{number}").error("It failed.")
        logging.getLogger("tests.same").error("Number %s failed.", number)
    assert len(mail.outbox) == MOST
    now[0] += WINDOW
    logger.error("Another.")

    assert len(mail.outbox) == MOST + 1
    assert f"{200 - MOST} more errors" in mail.outbox[-1].body


def test_below_an_error_and_without_a_contact_nothing_is_mailed(mailed: ErrorMail, settings: Settings) -> None:
    logger.warning("Careful.")
    settings.TECHNICAL_CONTACT = ""
    logger.error("It failed.")

    assert mail.outbox == []


def test_a_mail_server_that_fails_makes_no_further_error(
    mailed: ErrorMail, written: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: object) -> None:
        raise OSError(CANARY)

    monkeypatch.setattr(mail.EmailMessage, "send", refuse)

    logger.error("It failed.")

    assert "An error could not be mailed (OSError)." in written.getvalue()
    assert CANARY not in written.getvalue()
