"""`customerlabs COMMAND`, the operator's way to manage.py, and what it makes ready."""

import getpass
import os
import stat
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from customerlabs.management.preparing import collect_static
from tests.serving.running import PROJECT, surroundings


def customerlabs(settings_file: Path, var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    given = {
        **surroundings(var, 8000),
        "CUSTOMERLABS_SITE": str(PROJECT),
        "CUSTOMERLABS_SETTINGS": str(settings_file),
        "CUSTOMERLABS_ACCOUNT": getpass.getuser(),
    }
    command = [str(PROJECT / "deploy" / "customerlabs"), *words]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


def test_the_settings_of_the_file_reach_the_command(tmp_path: Path) -> None:
    settings_file = tmp_path / "site.env"
    settings_file.write_text("SITE_URL=https://www.example.org\nHOST_NAME='Un hébergeur'\n", encoding="utf-8")

    asked = "from django.conf import settings; print(settings.SITE_URL, settings.HOST_NAME)"
    done = customerlabs(settings_file, tmp_path / "var", "shell", "--no-imports", "-c", asked)

    assert (done.returncode, done.stdout) == (0, "https://www.example.org Un hébergeur\n"), done.stderr


def test_the_example_of_the_settings_can_be_read_and_each_name_is_a_setting() -> None:
    lines = (PROJECT / "deploy" / "site.env").read_text(encoding="utf-8").splitlines()
    names = {line.split("=")[0].removesuffix("_FILE") for line in lines if not line.startswith("#")}
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")

    assert {name for name in names if f"`{name}`" not in readme} == set()


def test_on_the_embedded_path_nothing_is_prepared(settings: Settings) -> None:
    settings.EMBEDDED_DATABASE = True

    with pytest.raises(CommandError, match="make run"):
        call_command("prepare")


def test_static_files_can_be_read_by_nginx_however_strict_the_operator_is(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    settings.PLACES = type(settings.PLACES)(tmp_path)
    settings.PLACES.run.mkdir()
    before = os.umask(0o077)
    try:
        collect_static()
        assert os.umask(0o077) == 0o077
    finally:
        os.umask(before)

    for path in settings.STATIC_ROOT.rglob("*"):
        wanted = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
        assert path.stat().st_mode & wanted == wanted, path
