"""A column nobody declared stops every process of the site, not only `manage.py`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from customerlabs.startup import REFUSED

CELERY = ("-m", "celery", "-A", "customerlabs")
GUNICORN = ("-m", "gunicorn", "customerlabs.wsgi", "--workers", "1", "--no-control-socket", "--bind", "unix:web.sock")


@pytest.mark.services
@pytest.mark.promise("P8.0")
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((*GUNICORN, "--preload"), id="web"),
        pytest.param(GUNICORN, id="web that loads the site in each worker"),
        pytest.param((*CELERY, "worker", "--pool", "solo"), id="worker"),
        pytest.param((*CELERY, "beat", "--schedule", "schedule", "--pidfile", ""), id="beat"),
    ],
)
def test_no_process_starts_with_a_column_nobody_declared(arguments: tuple[str, ...], tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.frame.undeclared_settings",
        "PYTHONPATH": str(settings.BASE_DIR),
    }

    ended = subprocess.run(
        [sys.executable, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
    )

    assert ended.returncode == REFUSED, ended.stderr
    assert "The column undeclared_app.Badge.owner_name is not declared." in ended.stderr
    assert "Not starting: " in ended.stderr
