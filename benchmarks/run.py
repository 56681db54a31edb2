"""`make bench`: every number that was asked for, as ratios, in one run. Writes benchmarks/results.md with `--write`.

Each part is a process of its own with a database of its own, so that one that fails or hangs costs the others nothing;
its part of the file is written as it ends. `--only NAME` measures one part, `--quick` all of them on small tables.
"""

import argparse
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

from benchmarks import figures
from benchmarks.database import served
from benchmarks.figures import Figure
from benchmarks.turns import say
from customerlabs.serving.processes import end

ENDS = (signal.SIGINT, signal.SIGTERM)
ROOT = Path(__file__).resolve().parent.parent
PARTS = {
    "purge": 480,
    "requests": 240,
    "cookies": 240,
    "banner": 180,
    "mailing": 240,
    "addresses": 240,
    "desk": 600,
    "people": 900,
}
"""The modules of this folder that measure, in order, and the seconds after which one is given up."""
ENDED_WITHIN = 120
"""Seconds that a part which is given up has to end its servers, before they are killed with it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=PARTS, action="append", help="measure this part alone; may be given again")
    parser.add_argument("--quick", action="store_true", help="small tables and few rounds: a look, never written")
    parser.add_argument("--rows", type=int, default=1_000_000, help="requests in the tables of purge and desk")
    parser.add_argument("--people", type=int, default=10_000_000, help="requests among which one person is looked for")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results.md")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    for number in ENDS:
        signal.signal(number, interrupted)
    if options.quick:
        options.rows, options.people, options.write = min(options.rows, 50_000), min(options.people, 100_000), False
    if options.into:
        measure(options)
    else:
        measure_all(options)


def interrupted(number: int, frame: FrameType | None) -> None:
    """Whatever ends this, its servers end first; asked a second time, it is at it."""
    for each in ENDS:
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit("Interrupted.")


def measure_all(options: argparse.Namespace) -> None:
    complete, began, parts = True, time.monotonic(), dict[str, str]()
    for name in options.only or PARTS:
        say(name)
        load, start = figures.load(), time.monotonic()
        found, why = apart(name, options)
        for figure in found:
            say(f"{figure.what}: {figure.found} (asked {figure.asked})")
        if why:
            complete = False
            say(f"{name}: {why}")
        parts[name] = figures.part(name, found, why, load=load, seconds=time.monotonic() - start)
        if options.write:
            write(parts)
    sys.stdout.write(f"{''.join(parts.values())}\n{(time.monotonic() - began) / 60:.1f} minutes.\n")
    if not complete:
        raise SystemExit(1)


def write(parts: dict[str, str]) -> None:
    """These parts into the file, which keeps the others as they are."""
    before = figures.RESULTS.read_text(encoding="utf-8") if figures.RESULTS.exists() else ""
    known = figures.parts_of(before) | parts
    figures.RESULTS.write_text(figures.page(known[name] for name in PARTS if name in known), encoding="utf-8")


def apart(name: str, options: argparse.Namespace) -> tuple[list[Figure], str]:
    """One part in a process of its own: the figures it came to, and why it came to no more."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # As root its servers run as somebody else, who must get at their own folders inside.
        into = Path(folder) / "figures"
        command = [sys.executable, "-m", "benchmarks.run", "--only", name, "--into", str(into)]
        command += ["--rows", str(options.rows), "--people", str(options.people), *["--quick"] * options.quick]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "TMPDIR": folder})  # noqa: S603  (ours)
        why = ""
        try:
            if process.wait(PARTS[name]):
                why = "it failed"
        except subprocess.TimeoutExpired:
            why = f"given up after {PARTS[name]} s"
        finally:
            if process.poll() is None:
                end(process.pid, signal.SIGTERM, lambda: ENDED_WITHIN)  # It ends its servers first.
                process.wait()
        lines = into.read_text(encoding="utf-8").splitlines() if into.exists() else []
    return [Figure(**json.loads(line)) for line in lines], why


def measure(options: argparse.Namespace) -> None:
    """One part, in this process, on a fresh database; each figure is written down as soon as it is known."""
    [name] = options.only
    os.environ.update(ENVIRONMENT)
    with served(), options.into.open("a", encoding="utf-8") as into:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("compile_translations", verbosity=0)  # The French addresses are among them.
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        part = importlib.import_module(f"benchmarks.{name}")
        for figure in part.measure(options):
            into.write(figure.written() + "\n")
            into.flush()


ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
    "LOG_LEVEL": "ERROR",
    # One client posts thousands of forms.
    "CONTACT_LIMIT_CLIENT": "1000000,2000000",
    "CONTACT_LIMIT_SITE": "1000000,2000000",
    "WITHDRAWAL_LIMIT_CLIENT": "1000000",
    "WITHDRAWAL_LIMIT_SITE": "1000000",
    "RIGHTS_LIMIT_CLIENT": "1000000",
    "RIGHTS_LIMIT_SITE": "1000000",
    "LETTERS_PER_ADDRESS": "1000000",
    "LETTERS_TO_STRANGERS": "1000000",
}
"""Set before the settings are read. What the machine's own environment says of these does not count."""

if __name__ == "__main__":
    main()
