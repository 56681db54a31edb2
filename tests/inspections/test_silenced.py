"""A linter's rule about security is silenced in one place at a time, and says there why."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("customerlabs", "privacy", "contact", "cookies", "inspections")
SILENCED = re.compile(r"# noqa: (?:\w+, ?)*(?:S\d+|BLE\d+)(?P<why>.*)")
RUFF = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["ruff"]["lint"]


def test_every_silenced_rule_of_security_says_why() -> None:
    files = [ROOT / "install.py", ROOT / "manage.py", *(path for app in OURS for path in (ROOT / app).rglob("*.py"))]
    found = [
        (f"{path.relative_to(ROOT)}:{number}", silenced["why"])
        for path in files
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (silenced := SILENCED.search(line))
    ]

    assert len(found) > 10
    assert [where for where, why in found if not re.fullmatch(r"(?:, ?\w+)*  \([^)]{4,}\)?.*", why)] == []


def test_no_rule_of_security_is_silenced_for_all_of_the_site() -> None:
    assert {"S", "BLE"} <= set(RUFF["select"])
    assert [rule for rule in RUFF["ignore"] if rule.startswith(("S", "BLE"))] == []
    assert set(RUFF["per-file-ignores"]) == {"tests/**", "customerlabs/demo/**"}
    assert RUFF["per-file-ignores"]["customerlabs/demo/**"] == ["S311"]  # Invented people are drawn by chance.
