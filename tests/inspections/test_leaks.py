"""A key that slipped into a file or a commit is found, and is not shown once more."""

import base64
import hashlib
import secrets
import string
import subprocess
import sys
from pathlib import Path

import pytest

from inspections.leaks import ROOT, leaks_in, main

pytestmark = pytest.mark.promise("P7.1")


def drawn(length: int, among: str = string.ascii_letters + string.digits) -> str:
    return "".join(secrets.choice(among) for _ in range(length - 2)) + "a7"


# Put together here, so that this file is none of what it looks for.
PLANTED = {
    "private key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "key of age": "AGE-SECRET-" + "KEY-1" + drawn(58, string.ascii_uppercase + string.digits).upper(),
    "key of a cloud": "AK" + "IA" + drawn(16, string.ascii_uppercase).upper(),
    "token of a forge": "gh" + "p_" + drawn(36),
    "token of a registry": "pypi" + "-AgE" + drawn(60),
    "token of a service": "xox" + "b-" + drawn(20),
    "signed token": ".".join("ey" + "J" + drawn(30) for _ in range(3)),
    "password in an address": "postgres://site:" + drawn(12) + "@db.example:5432/site",
    "key that is given a value": "SECRET" + f'_KEY = "{secrets.token_urlsafe(48)}"',
}
DIGEST = hashlib.sha256(b"a key of nobody").digest()
"""As good as drawn, and the same in every worker and on every day."""
HARMLESS = [
    "SECRET_KEY, *SECRET_KEY_FALLBACKS = ring('SECRET_KEY')",
    "| `DATABASE_URL` | `postgres://user:password@host:5432/name` |",
    'f"postgres://somebody:{PASSWORD}@127.0.0.1:{closed}/site"',
    "    --hash=sha256:9362660c4a31150cf18e78cae2ce8aa1e929fc6c6739e69f6dd5dbea9c3edc82",
    'path("verifier-une-attestation/", views.verify, name="verify-a-receipt-of-an-erasure")',
    "key = models.CharField(max_length=SUBJECT_KEY_LENGTH, db_index=True)",
    "subject_key = subject_key_of_somebody_that_is_long_enough_here",
]


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, "-C", str(folder), *arguments], check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init")
    (folder / "README.md").write_text("Nothing to hide.\n")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Begin")
    return folder


@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_known(kind: str) -> None:
    assert list(leaks_in(f"  {PLANTED[kind]}")) == [kind]


@pytest.mark.parametrize(
    "form",
    [base64.urlsafe_b64encode(DIGEST).decode().rstrip("="), DIGEST.hex(), base64.b64encode(DIGEST).decode()],
    ids=["urlsafe", "hex", "base64"],
)
@pytest.mark.parametrize("line", ["SUBJECT_KEYS={}", 'FILE_KEYS = ["{}"]', '"api_token": "{}"', "password: {}"])
def test_a_drawn_value_is_found_however_it_is_given(form: str, line: str) -> None:
    assert list(leaks_in(line.format(form))) == ["key that is given a value"]


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_looks_like_one_is_left_alone(line: str) -> None:
    assert list(leaks_in(line)) == []


def test_a_key_in_a_file_is_told_by_its_place_and_not_shown(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (clone / "notes.txt").write_text(f"first line\n{PLANTED['key of age']}\n")

    assert main(clone) == 1

    said = capsys.readouterr().out
    assert "notes.txt:2: key of age" in said
    assert PLANTED["key of age"] not in said


def test_a_key_that_was_taken_away_again_is_still_found(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (clone / "settings.py").write_text(f"{PLANTED['key that is given a value']}\n")
    git(clone, "add", ".")
    git(clone, "commit", "-m", "Settings")
    git(clone, "rm", "settings.py")
    git(clone, "commit", "-m", "No settings")

    assert main(clone) == 1

    assert "settings.py: key that is given a value" in capsys.readouterr().out


def test_another_branch_counts(clone: Path) -> None:
    git(clone, "checkout", "-b", "aside")
    (clone / "id_ed25519").write_text(f"{PLANTED['private key']}\n")
    git(clone, "add", ".")
    git(clone, "commit", "-m", "Mine")
    git(clone, "checkout", "-")

    assert main(clone) == 1


def test_what_git_ignores_is_nobodys(clone: Path) -> None:
    (clone / ".gitignore").write_text("var/\n")
    (clone / "var").mkdir()
    (clone / "var" / "recovery-key.txt").write_text(PLANTED["key of age"])

    assert main(clone) == 0


def test_a_shallow_clone_is_looked_at_as_far_as_it_goes(
    clone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone / "more.txt").write_text("More.\n")
    git(clone, "add", ".")
    git(clone, "commit", "-m", "More")
    git(tmp_path, "clone", "--depth", "1", clone.as_uri(), "shallow")

    assert main(tmp_path / "shallow") == 0
    assert "was not looked at" in capsys.readouterr().out

    (tmp_path / "shallow" / "more.txt").write_text(PLANTED["token of a forge"])
    assert main(tmp_path / "shallow") == 1


def test_files_without_git_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "key").write_text(PLANTED["key of age"])
    (tmp_path / "picture.png").write_bytes(b"\0" + PLANTED["key of age"].encode())
    assert main(tmp_path) == 0

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "how.md").write_text(PLANTED["password in an address"])
    assert main(tmp_path) == 1


def test_no_key_stands_in_this_project() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "inspections.leaks"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
