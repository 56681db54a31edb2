"""Log lines say what happened and where, never what a person typed (P7.1)."""

import copy
import logging
import traceback
from typing import Any


class DiscreetFormatter(logging.Formatter):
    """Prints the kind and the place of an exception, not its message: a database error quotes the row it refused."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.exc_text = None  # Another handler may have left the whole message there.
        record.stack_info = None
        record.args = _discreet(record.args)
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        return "\n".join(_story(ei[1], set()))


def _discreet(args: Any) -> Any:
    """The values of a log line, exceptions by their kind. Celery writes a task's exception, and its result, as text."""
    if isinstance(args, dict):
        return {
            name: "(not shown)" if name in {"exc", "return_value"} else _discreet_value(value)
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
