"""An antivirus for the tests: it speaks INSTREAM as clamd does, and answers what it is told to."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FakeClamd:
    def __init__(self, answer: bytes | None) -> None:
        self.answer, self.heard = answer, b""

    def serve(self, listening: socket.socket) -> None:
        try:
            asker, _ = listening.accept()
        except OSError:
            return
        with asker:
            stream = asker.makefile("rb")
            assert stream.read(10) == b"zINSTREAM\0"
            while size := struct.unpack("!L", stream.read(4))[0]:
                self.heard += stream.read(size)
            if self.answer is not None:
                asker.sendall(self.answer)


@contextmanager
def clamd(answer: bytes | None, folder: Path, *, tcp: bool = False) -> Iterator[tuple[FakeClamd, str]]:
    """It, and the address for settings.CLAMD_URL; it takes one file. Without an answer it hangs up."""
    listening = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX)
    listening.bind(("127.0.0.1", 0) if tcp else str(folder / "clamd"))
    listening.listen()
    url = f"tcp://127.0.0.1:{listening.getsockname()[1]}" if tcp else f"unix://{folder / 'clamd'}"
    daemon = FakeClamd(answer)
    serving = threading.Thread(target=daemon.serve, args=[listening], daemon=True)
    serving.start()
    try:
        yield daemon, url
    finally:
        with socket.socket(listening.family) as last:  # In case nobody asked.
            last.connect(listening.getsockname())
        serving.join(10)
        listening.close()
