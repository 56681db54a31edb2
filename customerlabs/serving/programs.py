"""The site's own processes: web, worker and beat, as commands."""

import os
import sys
from pathlib import Path

from customerlabs.serving.children import PythonProgram
from customerlabs.serving.places import Places
from customerlabs.serving.web import CONFIGURATION, graceful_timeout


def web(places: Places, project: Path, port: int) -> PythonProgram:
    command = [sys.executable, "-m", "gunicorn", "--config", CONFIGURATION]
    return PythonProgram("web", command, project, environment(places, port), patience=graceful_timeout + 5)


def worker(places: Places, project: Path, port: int) -> PythonProgram:
    command = [
        *(sys.executable, "-m", "celery", "-A", "customerlabs", "worker"),
        *("--loglevel", "INFO", "--without-gossip", "--without-mingle"),
    ]
    # A task that is cut off is taken up again: late acknowledgement, and tasks that may run twice.
    return PythonProgram("worker", command, project, environment(places, port), patience=15)


def beat(places: Places, project: Path, port: int) -> PythonProgram:
    schedule = str(places.run / "beat-schedule")
    command = [*(sys.executable, "-m", "celery", "-A", "customerlabs", "beat"), "--schedule", schedule, "--pidfile", ""]
    return PythonProgram("beat", command, project, environment(places, port), patience=5)


def environment(places: Places, port: int) -> dict[str, str]:
    """Ours, with the folder and the port spelled out: a child must not read a relative VAR_DIR from elsewhere."""
    return {**os.environ, "VAR_DIR": str(places.var), "PORT": str(port), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
