"""deploy/systemd: units that systemd accepts, that run what `make run` runs, with next to no right to anything else."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from customerlabs.serving import programs
from customerlabs.serving.children import PythonProgram
from customerlabs.serving.places import Places
from customerlabs.startup import REFUSED
from tests.serving.running import PROJECT

GIVEN = PROJECT / "deploy" / "systemd"
SERVICES = ["customerlabs-web@8000.service", "customerlabs-worker.service", "customerlabs-beat.service"]
RUN = list(zip(SERVICES, [programs.web, programs.worker, programs.beat], strict=True))
EXPOSED = 15
"""Tenths of what `systemd-analyze security` counts up to 10: a service without any confinement has 96."""


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they would stand in /etc/systemd/system, were the project where it is."""
    folder = tmp_path / "units"
    shutil.copytree(GIVEN, folder)
    for unit in folder.glob("*.*"):
        if unit.is_file():
            text = unit.read_text(encoding="utf-8").replace("/opt/customerlabs/.venv/bin/python", sys.executable)
            unit.write_text(text, encoding="utf-8")
    for kind in ("service", "socket"):
        (folder / f"customerlabs-web@8000.{kind}").symlink_to(f"customerlabs-web@.{kind}")
    return folder


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def lines(unit: str) -> dict[str, str]:
    """The last word of a unit on each name, with what web, worker and beat have in common."""
    files = [GIVEN / "customerlabs-.service.d" / "10-confined.conf", GIVEN / unit.replace("@8000", "@")]
    written = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return dict(line.split("=", 1) for line in written if "=" in line and not line.startswith("#"))


def test_systemd_accepts_them_without_a_word(units: Path) -> None:
    everything = [*SERVICES, "customerlabs-web@8000.socket", "customerlabs.target"]

    answer = analyze("verify", *(units / name for name in everything))

    assert (answer.returncode, answer.stdout + answer.stderr) == (0, "")


def test_systemd_would_find_a_mistake_in_them(units: Path) -> None:
    worker = units / "customerlabs-worker.service"
    worker.write_text(worker.read_text(encoding="utf-8") + "[Service]\nProtectSystems=strict\n", encoding="utf-8")

    assert "ProtectSystems" in analyze("verify", worker).stderr


@pytest.mark.parametrize("name", SERVICES)
def test_next_to_nothing_is_open_to_whoever_breaks_in(units: Path, name: str) -> None:
    answer = analyze("security", "--offline=true", f"--threshold={EXPOSED}", units / name)

    assert answer.returncode == 0, answer.stdout[-200:]


@pytest.mark.parametrize(("name", "made"), RUN)
def test_they_run_what_make_run_runs_and_wait_as_long(
    name: str, made: Callable[[Places, Path, int], PythonProgram]
) -> None:
    program = made(Places(Path("/var/lib/customerlabs")), Path("/opt/customerlabs"), 8000)
    unit = lines(name)

    assert shlex.split(unit["ExecStart"]) == ["/opt/customerlabs/.venv/bin/python", *program.command[1:]]
    assert int(unit["TimeoutStopSec"]) >= program.patience


def test_a_refusal_of_the_system_checks_is_not_repeated_for_ever() -> None:
    assert lines(SERVICES[0])["RestartPreventExitStatus"] == str(REFUSED)
