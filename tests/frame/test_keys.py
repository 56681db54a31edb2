"""The keys of the embedded path are made once, and are nobody else's to read."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from customerlabs.keys import read_or_create


@pytest.mark.promise("P7.1")
def test_a_key_is_kept_in_a_file_only_its_owner_can_read(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"

    key = read_or_create(path)

    assert len(key) >= 43  # 256 bits
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["key"]


def test_a_key_is_made_once(tmp_path: Path) -> None:
    first = read_or_create(tmp_path / "key")

    second = read_or_create(tmp_path / "key")

    assert first == second
    assert first != read_or_create(tmp_path / "another key")


def test_those_who_create_a_key_at_once_agree(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def create(number: int) -> str:
        together.wait(10)
        return read_or_create(tmp_path / "secrets" / "key")

    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(create, range(8)))

    assert len(keys) == 1
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["key"]


def test_a_key_made_by_somebody_else_in_between_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"

    def made_meanwhile(size: int) -> str:
        path.write_text("theirs\n")
        return "ours"

    monkeypatch.setattr("customerlabs.keys.secrets.token_urlsafe", made_meanwhile)

    assert read_or_create(path) == "theirs"
    assert [file.name for file in tmp_path.iterdir()] == ["key"]
