"""What the supervisor says: short plain lines, on standard output."""

import sys


class Terminal:
    """Lines for the person who started it. When nobody can read them any more, it goes on without."""

    def __init__(self) -> None:
        self.listening = sys.stdout is not None

    def say(self, text: str = "") -> None:
        if not self.listening:
            return
        encoding = sys.stdout.encoding or "ascii"
        try:
            sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
            sys.stdout.flush()
        except (OSError, ValueError):
            # The terminal was closed, or the reader of a pipe went away. The site must not stop for that.
            self.listening = False
