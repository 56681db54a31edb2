"""Log lines say what happened and where, never what a person typed (P7.1)."""

import copy
import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from privacy.audit.origin import job, request_id


class DiscreetFormatter(logging.Formatter):
    """Prints the kind and the place of an exception, not its message: a database error quotes the row it refused."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        return super().format(_scrubbed(record))

    def formatException(self, ei: Any) -> str:
        return "\n".join(_story(ei[1], set()))


class JsonFormatter(DiscreetFormatter):
    """One line of JSON a record, for a machine to read: with the request or the job that it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[1] if record.exc_info else None
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": told(record),
            "request": request_id(),
            "job": job(),
            "exception": _story(error, set()),
        }
        return json.dumps({name: value for name, value in line.items() if value}, ensure_ascii=False)


def told(record: logging.LogRecord) -> str:
    """The words of a record, without what somebody may have typed."""
    return _scrubbed(record).getMessage()


def _scrubbed(record: logging.LogRecord) -> logging.LogRecord:
    record = copy.copy(record)
    record.exc_text = None  # Another handler may have left the whole message there.
    record.stack_info = None
    record.args = _discreet(record.args)
    if isinstance(record.msg, BaseException):
        record.msg, record.args = _kind(record.msg), ()
    elif record.name.startswith("django.security.") and not record.args:
        record.msg = "A request was refused."  # The message quotes what was refused: a host, a name, a path.
    elif record.name.startswith("gunicorn") and str(record.msg).startswith("Invalid request"):
        record.msg, record.args = "A request that is none was refused.", ()  # It quotes the client's address.
    elif record.name.startswith(("django.request", "django.security", "gunicorn")):
        record.args = _without_addresses(record)
    return record


def _without_addresses(record: logging.LogRecord) -> Any:
    """An address of the site may hold a token, or whatever a stranger put there: the route is enough."""
    if not isinstance(record.args, tuple):
        return record.args
    match = getattr(getattr(record, "request", None), "resolver_match", None)
    route = f"/{match.route}" if match is not None else "(an address)"
    return tuple(route if isinstance(value, str) and "/" in value else value for value in record.args)


def _discreet(args: Any) -> Any:
    """The values of a log line, exceptions by their kind. Celery writes a task's exception, and its result, as text."""
    if isinstance(args, dict):
        return {
            name: "(not shown)" if name in {"exc", "return_value", "args", "kwargs"} else _discreet_value(value)
            for name, value in args.items()
        }
    return tuple(_discreet_value(value) for value in args) if isinstance(args, tuple) else args


def _discreet_value(value: Any) -> Any:
    return _kind(value) if isinstance(value, BaseException) else value


def _kind(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _story(error: BaseException | None, told: set[int]) -> list[str]:
    """An exception after those that led to it, each with its frames; one that comes round again is told once."""
    if error is None or id(error) in told:
        return []
    told.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    earlier = _story(before, told)
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), lookup_lines=False)
    return [
        *earlier,
        *(["which led to"] if earlier else []),
        _kind(error),
        *(f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames),
    ]
