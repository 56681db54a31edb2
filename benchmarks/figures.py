"""What was measured, what is asked, what was found; and the file that says so."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results.md"
HEAD = """# What `make bench` found

The sides take turns, and each figure is the median of the ratios of several rounds, since a machine has other things to
do as well. Each part has an embedded PostgreSQL of its own, as durable as in use. “–” stands where nothing was asked.
A part that is measured again (`make bench ARGS='--only desk'`) leaves the others as they were, with their dates.
"""
MARK = "\n## "
PART = """
## {name}

{day}, {machine}. Load of the machine as it began: {load}. It took {minutes:.1f} minutes.
"""
TABLE = """
| what | asked | found | |
|---|---|---|---|
"""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`asked` and `found` are for reading; `holds` is None where nothing is asked.

    `why` is what the limit is, told when it falls short.
    """

    what: str
    asked: str = "–"
    found: str
    holds: bool | None = None
    why: str = ""

    def written(self) -> str:
        return json.dumps(asdict(self))


def at_least(what: str, least: float, found: float, *, why: str = "") -> Figure:
    """A ratio that should be so large."""
    return Figure(what=what, asked=f"≥ {least:g}", found=f"{found:.2f}", holds=found >= least, why=why)


def at_most(what: str, most: float, found: float, *, why: str = "") -> Figure:
    """A ratio that should be no larger."""
    return Figure(what=what, asked=f"≤ {most:g}", found=f"{found:.2f}", holds=found <= most, why=why)


def machine() -> str:
    names = [line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")]
    kind = names[0].partition(":")[2].strip() if names else platform.machine()
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} processors ({kind}), {system}"


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def part(name: str, figures: list[Figure], why: str, *, load: str, seconds: float) -> str:
    """One part of the file: its figures, why one falls short, and why there are no more (`why`, if any)."""
    head = PART.format(
        name=name, day=f"{datetime.now(UTC):%d %B %Y}".lstrip("0"), machine=machine(), load=load, minutes=seconds / 60
    )
    sign = {True: "✓", False: "short", None: ""}
    rows = [f"| {figure.what} | {figure.asked} | {figure.found} | {sign[figure.holds]} |\n" for figure in figures]
    notes = [f"- {figure.what}: {figure.why}\n" for figure in figures if figure.why and figure.holds is False]
    if why:
        notes.append(f"- {'The rest was' if rows else 'It was'} not measured: {why}.\n")
    return head + "".join([*[TABLE] * bool(rows), *rows, *["\n"] * bool(notes), *notes])


def page(parts: Iterable[str]) -> str:
    return HEAD + "".join(parts)


def parts_of(page: str) -> dict[str, str]:
    """The parts of a file, by name, as they stand there."""
    parts = page.split(MARK)[1:]
    return {part.partition("\n")[0]: MARK + part for part in parts}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
