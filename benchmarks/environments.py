"""Environments of their own for what is measured beside the site, made on the first run under .bench/."""

import json
import os
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
GDPR_ASSIST = ("django-gdpr-assist==1.4.2", "Django==3.2.25", "psycopg2-binary==2.9.13", "pytz")
"""It needs a Django that is too old here."""
COOKIE_CONSENT = ("django-cookie-consent==1.0.0", "Django==5.2.*")


def python_with(packages: Sequence[str]) -> Path:
    """The Python of their environment, named for the first of them; made anew when it was left half-made."""
    home = ROOT / ".bench" / packages[0].partition("==")[0].removeprefix("django-")
    python, made = home / "bin" / "python", home / "made"
    if not made.exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)  # noqa: S603  (ours)
        made.touch()
    return python


def answer_of(packages: Sequence[str], module: str, *arguments: str, **environment: str) -> Any:
    """What a module of `benchmarks/beside/` prints on its last line, as JSON."""
    answer = subprocess.run(  # noqa: S603  (ours)
        [str(python_with(packages)), "-m", f"benchmarks.beside.{module}", *arguments],
        check=True,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
    )
    return json.loads(answer.stdout.splitlines()[-1])
