"""What was measured, what is asked, what was found; and the file that says so."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results.md"
HEAD = """# What `make bench` found

{machine}, {day}. Load of the machine as it began: {load}.

The sides take turns, and each figure is the median of the ratios of several rounds, since a machine has other things to
do as well. Each part has an embedded PostgreSQL of its own, as durable as in use. “–” stands where nothing was asked.

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


def page(figures: list[Figure], failed: dict[str, str], load: str) -> str:
    """The whole file: every figure, why one falls short, and the parts that could not be measured."""
    head = HEAD.format(machine=machine(), day=f"{datetime.now(UTC):%d %B %Y}".lstrip("0"), load=load)
    sign = {True: "✓", False: "short", None: ""}
    rows = [f"| {figure.what} | {figure.asked} | {figure.found} | {sign[figure.holds]} |" for figure in figures]
    reasons = [f"- {figure.what}: {figure.why}" for figure in figures if figure.why and figure.holds is False]
    missing = [f"- {name}: not measured in this run ({why})." for name, why in failed.items()]
    ends = ["", "## Notes", "", *reasons, *missing] if reasons or missing else []
    return head + "\n".join([*rows, *ends]) + "\n"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
