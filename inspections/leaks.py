"""Looks for keys and tokens in the files and in all that ever stood in them: `python -m inspections.leaks [FOLDER]`.

Part of `make lint`. A key that was committed once is known to whoever has a clone, even when the next commit takes it
away: it has to be changed, not only removed. Exit status 1 when something was found; where it is and of what kind is
told, itself is never shown.

It is small on purpose: a few forms that don't occur by chance, in a second, without a network. It works in a shallow
clone, with the history there is, and outside of git.
"""

import math
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
LARGEST = 1 << 20
"""Bytes of a file that is looked at."""
NOT_OURS = {".git", ".venv", "var", "node_modules", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
"""Folders that are looked into by nobody where there is no git to say which files count."""

KINDS = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "key of age": re.compile(r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    "key of a cloud": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}\b"),
    "token of a forge": re.compile(r"\b(?:gh[opusr]_[0-9A-Za-z]{36}|github_pat_\w{60,}|glpat-[\w-]{20})\b"),
    "token of a registry": re.compile(r"\b(?:pypi-AgE[\w-]{50,}|npm_[0-9A-Za-z]{36})\b"),
    "token of a service": re.compile(r"\b(?:xox[abeprs]-[\w-]{10,}|sk_live_\w{20,}|SG\.[\w-]{22}\.[\w-]{43})\b"),
    "signed token": re.compile(r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"),
    "password in an address": re.compile(
        r"\b[a-z][a-z0-9+.-]{2,15}://[^\s:/@]{0,40}:(?P<word>[^\s:/@<>{}$%…*]{6,})@[\w\[]"
    ),
    "key that is given a value": re.compile(
        r"(?:secret|passw(?:or)?d|token|key)s?[\"']?\s*[:=]\s*[\"'\[(]{0,2}(?P<drawn>[0-9A-Za-z+/_=-]{24,})(?![\w(.\[{-])",
        re.IGNORECASE,
    ),
}
NO_PASSWORDS = {"password", "secret", "passwort", "motdepasse", "example", "never-shown"}
BITS_A_CHARACTER = 4.0
"""Entropy above which a value was drawn and not written: words and names stay under it."""


class Leak(NamedTuple):
    """`where`: a path and a line, after the commit's id when it stood there once."""

    where: str
    kind: str


def leaks_in(line: str) -> Iterator[str]:
    """The kinds of secrets in one line."""
    for kind, form in KINDS.items():
        for found in form.finditer(line):
            parts = found.groupdict()
            if "word" in parts and parts["word"].lower().strip("-_") in NO_PASSWORDS:
                continue
            if "drawn" in parts and not _was_drawn(parts["drawn"]):
                continue
            yield kind


def _was_drawn(value: str) -> bool:
    entropy = -sum(times / len(value) * math.log2(times / len(value)) for times in Counter(value).values())
    has_digits = any(character.isdigit() for character in value)
    is_hexadecimal = len(value) >= 32 and re.fullmatch(r"[0-9a-f]+", value) is not None
    return has_digits and (entropy >= BITS_A_CHARACTER or (is_hexadecimal and entropy >= 3))


def leaks_in_files(folder: Path) -> Iterator[Leak]:
    for path in _files(folder):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= LARGEST:
            text = path.read_bytes()
            if b"\0" not in text[:8000]:
                lines = text.decode("utf-8", "replace").splitlines()
                yield from (
                    Leak(f"{path.relative_to(folder)}:{number}", kind)
                    for number, line in enumerate(lines, 1)
                    for kind in leaks_in(line)
                )


def _files(folder: Path) -> Iterator[Path]:
    """Those that git would take, or all but what is no source where there is no git."""
    if is_clone(folder):
        listed = _git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard").stdout
        yield from (folder / os.fsdecode(name) for name in listed.split(b"\0") if name)
        return
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        yield from (Path(parent) / name for name in names)


def leaks_in_history(folder: Path) -> Iterator[Leak]:
    """All lines that any commit of any branch has added."""
    command = (
        "log",
        "-p",
        "--all",
        "--format=commit %h",
        "--unified=0",
        "--no-color",
        "--no-textconv",
        "--no-ext-diff",
    )
    process = subprocess.Popen(_command(folder, *command), stdout=subprocess.PIPE)  # noqa: S603  (no shell)
    assert process.stdout is not None  # noqa: S101  (asked for above)
    with process.stdout:
        yield from _added(raw.decode("utf-8", "replace").rstrip("\n") for raw in process.stdout)
    if process.wait() != 0:
        raise OSError("git log failed: the history was not looked at.")


def _added(lines: Iterable[str]) -> Iterator[Leak]:
    commit = path = ""
    for line in lines:
        if line.startswith("commit "):
            commit = line.removeprefix("commit ")
        elif line.startswith("+++ "):
            path = line.removeprefix("+++ ").removeprefix("b/")
        elif line.startswith("+"):
            yield from (Leak(f"{commit} {path}", kind) for kind in leaks_in(line))


def is_clone(folder: Path) -> bool:
    return (folder / ".git").exists() and _git(folder, "rev-parse", "--git-dir").returncode == 0


def is_shallow(folder: Path) -> bool:
    return _git(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def _git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(_command(folder, *arguments), capture_output=True, check=False)  # noqa: S603  (no shell)


def _command(folder: Path, *arguments: str) -> list[str]:
    """Whoever owns the folder: a clone that belongs to another account is only read."""
    return ["git", "-c", f"safe.directory={folder}", "-C", str(folder), *arguments]


def main(folder: Path) -> int:
    found = set(leaks_in_files(folder))
    if is_clone(folder):
        found |= set(leaks_in_history(folder))
        if is_shallow(folder):
            sys.stdout.write("A shallow clone: what came before it was not looked at.\n")
    for leak in sorted(found):
        sys.stdout.write(f"{leak.where}: {leak.kind}\n")
    if found:
        sys.stdout.write("Change what leaked: taking it out of the newest commit is not enough.\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT))
