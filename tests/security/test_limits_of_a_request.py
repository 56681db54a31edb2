"""What one request may bring, and how long it may take to bring it."""

import contextlib
import io
import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customerlabs.serving import web as web_settings
from customerlabs.serving import web_worker
from customerlabs.serving.bodies import UPLOAD
from customerlabs.serving.web_worker import PATIENCE, TimedSocket
from privacy.limits.models import LimitCount
from privacy.papers.checking import LARGEST
from privacy.rights.kinds import Right
from tests.contact.posts import post
from tests.rights.pages import at, filled, following, form_of
from tests.rights.people import proved
from tests.serving.running import PROJECT, free_port

pytestmark = pytest.mark.promise("P7.3")


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("said", [str(UPLOAD + 1), "9" * 40, f"{UPLOAD + 1:040}", "-1", "many"])
def test_a_body_that_says_it_is_too_large_is_not_read(visitor: Client, said: str) -> None:
    body = io.BytesIO(b"message=x")

    given: dict[str, Any] = {"CONTENT_LENGTH": said, "wsgi.input": body}
    answer = visitor.post("/fr/contact/", **given)

    assert answer.status_code == 413
    assert body.tell() == 0
    assert "<h1" in answer.content.decode()


@pytest.mark.django_db
def test_too_much_text_too_many_fields_and_too_many_files_are_refused(visitor: Client) -> None:
    following(visitor, proved())
    files = {f"papers-{number}": SimpleUploadedFile("x.jpg", b"x") for number in range(5)}
    answers = [
        visitor.post("/fr/contact/", post(message="x" * (site.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))),
        visitor.post("/fr/contact/", {f"field{number}": "x" for number in range(1001)}),
        visitor.post(at("rights-papers"), files),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert 2 * LARGEST < UPLOAD


@pytest.mark.django_db
def test_a_flood_on_one_form_leaves_the_others_answering(visitor: Client) -> None:
    statuses = [
        visitor.post("/fr/contact/", post(email=f"zoe{number}@example.com")).status_code for number in range(25)
    ]
    others = [
        visitor.post(at("withdraw"), {"email": "zoe@example.com"}).status_code,
        visitor.post(at("rights-new-link"), {"reference": "2222-2222", "email": "zoe@example.com"}).status_code,
        visitor.get("/fr/").status_code,
    ]

    assert statuses[-1] == 429
    assert others == [302, 302, 200]
    assert LimitCount.objects.count() < 60


@pytest.mark.django_db
def test_a_flood_from_everywhere_on_one_right_leaves_the_other_rights_answering(visitor: Client, settings: Any) -> None:
    settings.RIGHTS_LIMIT_SITE = 3

    def ask(right: Right, number: int) -> int:
        typed = filled(right, email=f"zoe{number}@example.com")
        return visitor.post(form_of(right), typed, REMOTE_ADDR=f"192.0.2.{number}").status_code

    assert [ask(Right.ACCESS, number) for number in range(4)] == [302, 302, 302, 429]
    assert [ask(right, 99) for right in (Right.ERASURE, Right.MARKETING, Right.QUESTION)] == [302, 302, 302]


@pytest.fixture
def pair() -> Iterator[tuple[TimedSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with contextlib.closing(ours), contextlib.closing(theirs):
        yield TimedSocket(ours), theirs


def test_a_client_that_sends_a_letter_now_and_then_is_given_up_on(
    pair: tuple[TimedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a clock that is a second further at each look."""
    seconds = itertools.count()
    monkeypatch.setattr(web_worker, "time", SimpleNamespace(monotonic=lambda: float(next(seconds))))
    ours, theirs = pair
    ours.begin()

    got = 0
    with contextlib.suppress(ConnectionResetError):
        for _ in range(100):
            theirs.send(b"x")
            got += len(ours.recv(8192))

    assert 0 < got <= PATIENCE


def test_a_client_that_says_nothing_is_given_up_on(
    pair: tuple[TimedSocket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_worker, "PATIENCE", 0.1)
    ours, _ = pair
    ours.begin()

    with pytest.raises(ConnectionResetError):
        ours.recv(8192)


def test_a_large_body_on_a_poor_line_has_the_time_it_needs(pair: tuple[TimedSocket, socket.socket]) -> None:
    ours, theirs = pair
    before = ours._ends_at
    theirs.sendall(b"x" * 65536)
    while ours._ends_at - before < 65536 / web_worker.SLOWEST - 0.01:
        ours.recv(8192)

    assert LARGEST / web_worker.SLOWEST > 60
    assert ours.gettimeout() == web_worker.SENDING


@contextlib.contextmanager
def a_web(log: Path) -> Iterator[int]:
    """The worker of `serve` with two threads, before an application that reads no body. Gives its port."""
    port = free_port()
    kind = web_settings.worker_class
    options = ["--bind", f"127.0.0.1:{port}", "--worker-class", kind, "--threads", "2", "--no-control-socket"]
    with log.open("wb") as said:
        web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgiref.simple_server:demo_app", *options],
            cwd=PROJECT,
            stdout=said,
            stderr=said,
        )
        try:
            _wait_for(port)
            yield port
        finally:
            web.terminate()
            web.wait(30)


@pytest.mark.faults
def test_slow_clients_do_not_hold_the_site(tmp_path: Path) -> None:
    """Ten clients that trickle: whoever comes after them is answered."""
    with contextlib.ExitStack() as slow, a_web(tmp_path / "web.log") as port:
        for head in [
            b"GET / HTTP/1.1\r\nHost: x\r\nX-",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n",
        ] * 5:
            client = slow.enter_context(socket.create_connection(("127.0.0.1", port)))
            client.sendall(head)
        began = time.monotonic()
        _ask(port, timeout=8 * PATIENCE)
        waited = time.monotonic() - began

    assert waited < 6 * PATIENCE


@pytest.mark.parametrize("keeps", [b"", b"Connection: close\r\n"])
def test_whoever_sent_more_than_was_read_still_gets_the_answer(tmp_path: Path, keeps: bytes) -> None:
    answers = []
    with a_web(tmp_path / "web.log") as port:
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", port), 30) as client:
                client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n" + keeps + b"Content-Length: 8000000\r\n\r\n")
                client.sendall(b"x" * 8_000_000)
                answers.append(client.recv(100)[:12])

    assert answers == [b"HTTP/1.1 200"] * 5


def test_an_end_that_cannot_be_read_is_not_answered_a_second_time(tmp_path: Path) -> None:
    with a_web(tmp_path / "web.log") as port, socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(65536), b""))

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.startswith(b"HTTP/1.1 200")


def _ask(port: int, timeout: float) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = client.recv(100)
    assert answer.startswith(b"HTTP/1.1 200")
    return answer


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            _ask(port, timeout=5)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
