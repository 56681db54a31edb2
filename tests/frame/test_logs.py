"""A log line says what happened and where, never what a person typed."""

import logging
from collections.abc import Iterator
from io import StringIO

import pytest
from celery import Celery
from django.db import DatabaseError, connection

from customerlabs.logs import DiscreetFormatter

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
