"""install.py: what it refuses, and when it leaves the environment alone."""

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import install


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with a small environment, made once by hand; `pip` calls are only noted."""
    folder = tmp_path / "a project"
    folder.mkdir()
    (folder / "requirements.txt").write_text("# nothing\n", encoding="ascii")
    place(folder, monkeypatch)
    return folder


def place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "HERE", folder)
    monkeypatch.setattr(install, "ENVIRONMENT", folder / ".venv")
    monkeypatch.setattr(install, "PYTHON", folder / ".venv" / "bin" / "python")
    monkeypatch.setattr(install, "STAMP", folder / ".venv" / "installed.json")
    monkeypatch.setattr(install, "UNFINISHED", folder / ".venv" / "unfinished")


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What it ran: 'venv' is really made, without pip, and 'pip' is not run."""
    noted: list[str] = []

    def note(command: list[str], failure: str, **more: str) -> None:
        noted.append(command[2])
        if command[2] == "venv":
            subprocess.run([*command, "--without-pip"], check=True)

    monkeypatch.setattr(install, "run", note)
    return noted


@pytest.mark.parametrize("version", [(3, 6, 15), (3, 10, 13), (2, 7, 18)])
def test_an_old_python_is_told_which_is_needed(version: tuple[int, ...]) -> None:
    this = ".".join(map(str, version))

    with pytest.raises(install.CannotInstall, match=rf"Python 3.11 or later is needed, this is {this}: install"):
        install.check_version(version)


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_newer_python_is_fine(version: tuple[int, ...]) -> None:
    install.check_version(version)


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_module_is_named_with_its_package(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else found(name))

    with pytest.raises(install.CannotInstall, match=f"module {module} is missing.*apt install python3-venv"):
        install.check_system()


def test_the_second_time_it_does_nothing(project: Path, commands: list[str]) -> None:
    install.install(["requirements.txt"])
    install.install(["requirements.txt"])

    assert commands == ["venv", "pip"]


def test_changed_requirements_are_installed_into_what_is_there(project: Path, commands: list[str]) -> None:
    install.install(["requirements.txt"])
    (project / "requirements.txt").write_text("# changed\n", encoding="ascii")

    install.install(["requirements.txt"])

    assert commands == ["venv", "pip", "pip"]


def test_an_installation_that_was_cut_short_starts_over(
    project: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noting = install.run

    def cut_short(command: list[str], failure: str, **more: str) -> None:
        noting(command, failure, **more)
        if command[2] == "pip":
            raise KeyboardInterrupt

    monkeypatch.setattr(install, "run", cut_short)
    with pytest.raises(KeyboardInterrupt):
        install.install(["requirements.txt"])
    monkeypatch.setattr(install, "run", noting)

    install.install(["requirements.txt"])

    assert commands == ["venv", "pip", "venv", "pip"]
    assert json.loads(install.STAMP.read_text(encoding="utf-8"))["place"] == str(project)


def test_a_folder_that_was_moved_gets_its_environment_anew(
    project: Path, commands: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install.install(["requirements.txt"])
    moved = project.with_name("moved")
    shutil.move(project, moved)
    place(moved, monkeypatch)

    install.install(["requirements.txt"])

    assert commands == ["venv", "pip", "venv", "pip"]


def test_only_the_end_of_a_failure_is_shown_without_noise(project: Path) -> None:
    script = "print('Location x is ignored: it is neither a file nor a folder'); print('no space'); raise SystemExit(1)"

    with pytest.raises(install.CannotInstall) as refused:
        install.run([sys.executable, "-c", script], "It failed.")

    assert str(refused.value) == "no space\nIt failed."


def test_without_root_what_the_tests_of_deploy_need_is_named_and_all_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("install.os.geteuid", lambda: 1000)
    monkeypatch.setattr("install.shutil.which", lambda name, path=None: None)

    install.provide_programs()

    assert "`apt install nginx systemd openssl`" in capsys.readouterr().out


def test_as_root_the_missing_packages_are_added(monkeypatch: pytest.MonkeyPatch, commands: list[str]) -> None:
    there = {"apt-get", "systemd-analyze", "openssl"}
    added: list[str] = []
    monkeypatch.setattr("install.os.geteuid", lambda: 0)
    monkeypatch.setattr("install.shutil.which", lambda name, path=None: name if name in there else None)

    def add(names: list[str]) -> None:
        added.extend(names)
        there.add("nginx")

    monkeypatch.setattr(install, "add_packages", add)

    install.provide_programs()

    assert added == ["nginx"]
