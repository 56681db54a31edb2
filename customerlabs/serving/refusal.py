"""The one way the parts that serve say no."""


class Refusal(Exception):
    """Serving cannot start or go on. The message is one clear sentence or two: what is wrong, and what to do."""


def reason(error: BaseException) -> str:
    """The last part of the first line of a server's answer; the address before it may hold a name."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rsplit("failed: ", 1)[-1].strip().rstrip(".")
