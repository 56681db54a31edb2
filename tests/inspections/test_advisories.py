"""What `make audit` says is what it knows: a hole, nothing against anything, or that it could not look."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from inspections.advisories import ALL_WELL, HOLES, NOT_REACHED, audit, verdict

HOLE = {
    "id": "PYSEC-2026-1",
    "summary": "x",
    "details": "x",
    "aliases": [],
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "leaky"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}],
            "versions": ["1.0"],
        }
    ],
}


class Advisories(BaseHTTPRequestHandler):
    """Answers as a server of advisories does: of one package something is known."""

    known: ClassVar[dict[str, object]] = {"leaky": {"vulns": [HOLE]}}

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps(self.known.get(asked["package"]["name"], {})).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def advisories() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Advisories) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def pinned(folder: Path, *names: str) -> Path:
    file = folder / "requirements.txt"
    file.write_text("".join(f"{name}==1.0 --hash=sha256:{'a' * 64}\n" for name in names))
    return file


def asking(address: str, folder: Path) -> tuple[str, ...]:
    return ("--vulnerability-service", "osv", "--osv-url", address, "--cache-dir", str(folder / "cache"))


def test_a_known_hole_is_told_with_what_mends_it(advisories: str, tmp_path: Path) -> None:
    status, words = audit(pinned(tmp_path, "sound", "leaky"), *asking(advisories, tmp_path))

    assert status == HOLES == 1
    assert words.splitlines() == ["requirements.txt: 1 known.", "  leaky 1.0: PYSEC-2026-1, mended in 1.1"]


def test_nothing_known_is_said_of_what_was_looked_up(advisories: str, tmp_path: Path) -> None:
    found = audit(pinned(tmp_path, "sound", "firm"), *asking(advisories, tmp_path))

    assert found == (ALL_WELL, "requirements.txt: nothing known against 2 packages.")


def test_advisories_that_can_not_be_reached_are_no_comfort(tmp_path: Path) -> None:
    status, words = audit(pinned(tmp_path, "sound"), *asking("http://127.0.0.1:1/", tmp_path))

    assert status == NOT_REACHED == 3
    assert "NOT AUDITED" in words


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("", NOT_REACHED),
        ("not json", NOT_REACHED),
        ('{"dependencies": []}', NOT_REACHED),
        ('{"dependencies": [{"name": "a", "skip_reason": "not found"}]}', NOT_REACHED),
        (
            '{"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "x"}]}',
            NOT_REACHED,
        ),
        ('{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}', ALL_WELL),
    ],
)
def test_a_package_that_could_not_be_looked_up_is_no_sound_one(answer: str, status: int) -> None:
    assert verdict("requirements.txt", answer).status == status
