"""Known holes in the packages that are pinned: `python -m inspections.advisories`, which is `make audit`.

Exit status 0: every package was looked up, and nothing is known against any. 1: something is known. 3: the data of
advisories could not be reached, for some packages at least, so that nothing is known of those. pip-audit by itself ends
with 0 where an index answers that it knows no such package; that would be a comfort without a reason.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PINNED = ("requirements.txt", "requirements-dev.txt")
ALL_WELL, HOLES, NOT_REACHED = 0, 1, 3
PATIENCE = 300
"""Seconds for all packages of one file."""


class Verdict(NamedTuple):
    status: int
    words: str


def audit(file: Path, *options: str) -> Verdict:
    """What is known of the packages in a file of pinned requirements; `options` are pip-audit's own."""
    command = [
        *(sys.executable, "-m", "pip_audit", "--requirement", str(file), "--disable-pip", "--require-hashes"),
        *("--format", "json", "--progress-spinner", "off", "--timeout", "10", *options),
    ]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603  (no shell)
    except subprocess.TimeoutExpired:
        return Verdict(NOT_REACHED, f"{file.name}: NOT AUDITED. The data of advisories did not answer in time.")
    return verdict(file.name, ended.stdout)


def verdict(name: str, answer: str) -> Verdict:
    """Of what pip-audit wrote, which is no JSON when it could not do its work."""
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Verdict(NOT_REACHED, f"{name}: NOT AUDITED. The data of advisories can’t be reached from here.")
    holes = [
        f"  {package['name']} {package['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'none'}"
        for package in packages
        for hole in package.get("vulns", ())
    ]
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if holes:
        return Verdict(HOLES, "\n".join([f"{name}: {len(holes)} known.", *holes]))
    if unknown or not packages:
        return Verdict(
            NOT_REACHED,
            f"{name}: NOT AUDITED. {len(unknown)} of {len(packages)} packages could not be looked up: nothing is known "
            "of them. Try again where the data of advisories can be reached.",
        )
    return Verdict(ALL_WELL, f"{name}: nothing known against {len(packages)} packages.")


def main(options: Sequence[str] = ()) -> int:
    """The worst of all files; a hole counts for more than what is not known."""
    verdicts = [audit(ROOT / name, *options) for name in PINNED]
    sys.stdout.write("".join(f"{verdict.words}\n" for verdict in verdicts))
    statuses = {verdict.status for verdict in verdicts}
    return next(status for status in (HOLES, NOT_REACHED, ALL_WELL) if status in statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
