"""Log lines say what happened and where, never what a person typed (P7.1)."""

import logging
import traceback
from typing import Any


class DiscreetFormatter(logging.Formatter):
    """Prints the kind and the place of an exception, not its message: a database error quotes the row it refused."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def formatException(self, ei: Any) -> str:
        return "\n".join(self._story(ei[1]))

    def formatStack(self, stack_info: str) -> str:
        return ""

    def _story(self, error: BaseException | None) -> list[str]:
        if error is None:
            return []
        lines = []
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if before is not None:
            lines = [*self._story(before), "which led to"]
        kind = type(error)
        lines.append(f"{kind.__module__}.{kind.__qualname__}")
        for frame in traceback.extract_tb(error.__traceback__):
            lines.append(f"  {frame.filename}:{frame.lineno} in {frame.name}")
        return lines
