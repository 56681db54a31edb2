"""The site's own processes: web, worker and beat, as commands."""

import os
import sys
from pathlib import Path

from customerlabs.serving.children import PythonProgram
from customerlabs.serving.places import Places
from customerlabs.serving.port import HOST

WEB_PROCESSES = 2
WEB_THREADS = 4
REQUEST_LIMIT = 10
"""Seconds that requests under way get to finish when the web stops."""


def web(places: Places, project: Path, port: int) -> PythonProgram:
    # gunicorn's sign of life is a file it touches all the time: in memory where there is such a folder.
    in_memory = Path("/dev/shm")  # noqa: S108  (gunicorn removes its file as soon as it has opened it)
    signs = in_memory if os.access(in_memory, os.W_OK) else places.run
    command = [
        *(sys.executable, "-m", "gunicorn", "customerlabs.wsgi"),
        *("--bind", f"{HOST}:{port}"),
        *("--worker-class", "customerlabs.serving.web_worker.ImpatientWorker"),
        *("--workers", str(WEB_PROCESSES), "--threads", str(WEB_THREADS)),
        *("--graceful-timeout", str(REQUEST_LIMIT), "--worker-tmp-dir", str(signs)),
        *("--preload", "--no-control-socket", "--log-level", "warning"),
    ]
    return PythonProgram("web", command, project, environment(places, port), patience=REQUEST_LIMIT + 5)


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
