"""The site's own web processes, as `make run` starts them, and clients that ask them as quickly as they answer."""

import os
import re
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CONNECTIONS = 4
LENGTH = re.compile(rb"(?i)\r\ncontent-length: (\d+)")
ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def site() -> Iterator[int]:
    """Two gunicorn processes with the benchmark's addresses beside the site's. Gives their port."""
    from django.conf import settings

    from customerlabs.serving.port import status_of
    from customerlabs.serving.programs import web

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    program = web(settings.PLACES, ROOT, port)
    process = subprocess.Popen(program.command, cwd=ROOT, env={**os.environ, "PORT": str(port)})  # noqa: S603  (ours)
    try:
        deadline = time.monotonic() + 60
        while status_of(port, "/livez", f"127.0.0.1:{port}") is None:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("The web processes did not start.")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def a_request(method: str, path: str, port: int, body: bytes = b"", **headers: str) -> bytes:
    """As a browser sends it."""
    sent = {"Host": f"127.0.0.1:{port}", "Accept-Encoding": "gzip", "Accept-Language": "fr", **headers}
    if body:
        sent |= {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in sent.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def rate(port: int, requests: Sequence[bytes], *, status: int) -> float:
    """Answers a second to these requests, from several clients that each keep their connection."""
    shares = [requests[number::CONNECTIONS] for number in range(CONNECTIONS)]
    wrong: list[bytes] = []

    def client(share: Sequence[bytes]) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
            for request in share:
                line.sendall(request)
                answer = read(line)
                if answer[9:12] != str(status).encode():
                    wrong.append(answer[:200])
                    return

    threads = [threading.Thread(target=client, args=[share]) for share in shares]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    if wrong:
        raise SystemExit(f"The web answered otherwise: {wrong[0]!r}")
    return len(requests) / seconds


def read(line: socket.socket) -> bytes:
    """One whole answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += more(line)
    head, _, rest = got.partition(b"\r\n\r\n")
    found = LENGTH.search(head)
    left = (int(found[1]) if found else 0) - len(rest)
    while left > 0:
        piece = more(line)
        got += piece
        left -= len(piece)
    return got


def more(line: socket.socket) -> bytes:
    piece = line.recv(1 << 16)
    if not piece:
        raise SystemExit("The web hung up.")
    return piece
