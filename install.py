#!/usr/bin/env python3
"""Makes the virtual environment in .venv and installs the pinned requirements there.

    python3 install.py          what the site needs
    python3 install.py --dev    and what the tests and linters need, with Chromium, nginx and systemd-analyze

Standard library only. An old Python 3 must be able to read this file as far as the sentence that says it is too old:
no syntax newer than 3.6, and annotations that it would have to evaluate stay in quotes.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

try:
    import fcntl
except ImportError:  # the sentence for Windows is in `check_system`
    fcntl = None  # type: ignore[assignment]

OLDEST = (3, 11)
HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / "installed.json"
"""What was installed, and where. Written last, so a killed installation leaves no trace of success."""
UNFINISHED = ENVIRONMENT / "unfinished"
"""Stands while pip works. Found at the start, it means that an installation was cut short."""
DEPLOYING = {"nginx": "nginx", "systemd": "systemd-analyze", "openssl": "openssl"}
"""Package and program: what the tests of deploy/ run."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class CannotInstall(Exception):
    """The message says what is wrong and what to do."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def check_version(version: "tuple[int, ...]") -> None:
    """Raise CannotInstall for a Python that is too old: (3, 9, 2) is Python 3.9.2."""
    if tuple(version[:2]) < OLDEST:
        this = ".".join(str(part) for part in version[:3])
        raise CannotInstall(
            f"Python 3.11 or later is needed, this is {this}: install a newer one, "
            "or name it, as in `make run PYTHON=python3.12`."
        )


def check_system() -> None:
    if fcntl is None:
        raise CannotInstall("This runs on Linux and macOS. On Windows, use the Windows Subsystem for Linux.")
    missing = [name for name in ("venv", "ensurepip") if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotInstall(
            f"Python's module {missing[0]} is missing. On Debian and Ubuntu: `apt install python3-venv`; "
            "elsewhere, use a Python from python.org."
        )


def wait_for_turn() -> int:
    """Hold the project's folder against a second installation; the system lets go when this process ends."""
    descriptor = os.open(str(HERE), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        say("Another installation is at work here: waiting for it…")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def python_of_environment() -> "str | None":
    """'3.11' for an environment that works where it stands; None for one that is missing or broken."""
    question = "import sys; print(sys.prefix); print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run(  # noqa: S603  (the command is ours)
            [str(PYTHON), "-I", "-c", question],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    prefix, version = answer.stdout.rsplit("\n", 2)[:2]
    numbers = tuple(int(part) for part in version.split("."))
    return version if Path(prefix) == ENVIRONMENT and numbers >= OLDEST else None


def read_stamp() -> "dict[str, str]":
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def must_be_made_anew(stamp: "dict[str, str]", version: "str | None") -> bool:
    """A moved folder breaks the commands in .venv/bin, whose first lines hold the old path."""
    if version is None or UNFINISHED.exists():
        return True
    return stamp.get("place", first_line_place()) != str(HERE) or stamp.get("python", version) != version


def first_line_place() -> str:
    """For an environment that somebody else made: the folder it was made for, as its own script tells."""
    try:
        head = (ENVIRONMENT / "bin" / "pip").read_text(encoding="utf-8", errors="replace")[:4096]
    except OSError:
        return "nowhere"
    return str(HERE) if str(ENVIRONMENT) in head else "elsewhere"


def install(requirements: "list[str]") -> None:
    """Bring .venv up to date with these files. Does nothing when it is."""
    stamp = read_stamp()
    version = python_of_environment()
    wanted = {name: digest(HERE / name) for name in requirements}
    anew = must_be_made_anew(stamp, version)
    if not anew and all(stamp.get(name) == value for name, value in wanted.items()):
        return
    if anew:
        say("Making the virtual environment in .venv…")
        run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], "The virtual environment could not be made.")
        stamp, version = {}, python_of_environment()
        if version is None:
            raise CannotInstall("The virtual environment was made but does not work: is the disk full?")
    UNFINISHED.touch()
    if STAMP.exists():
        STAMP.unlink()
    say("Installing " + " and ".join(requirements) + " (a minute or two the first time)…")
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    for name in requirements:
        command += ["-r", name]
    run(command, "The requirements could not be installed.")
    stamp.update(wanted, place=str(HERE), python=version or "")
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    draft.replace(STAMP)
    UNFINISHED.unlink()


def run(command: "list[str]", failure: str, **more: str) -> None:
    """Run quietly; show the end of what it printed when it fails."""
    environment = dict(os.environ, **more)
    # A terminal's Ctrl-C reaches it too; an interruption of ours kills it before we go.
    answer = subprocess.run(  # noqa: S603  (the commands are ours)
        command,
        cwd=str(HERE),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if answer.returncode != 0:
        printed = answer.stdout.decode("utf-8", "replace").splitlines()
        useful = [line for line in printed if line.strip() and "is ignored: it is" not in line]
        raise CannotInstall("\n".join([*useful[-25:], failure]))


def find_browser() -> "str | None":
    for name in BROWSERS:
        path = shutil.which(name)
        if path and works([path, "--version"]):
            return path
    return None


def works(command: "list[str]") -> bool:
    try:
        answer = subprocess.run(  # noqa: S603  (the commands are ours)
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )
    except OSError:
        return False
    return answer.returncode == 0


def provide_browser() -> None:
    """The browser tests need a Chromium: the system's, else Debian's package when we may, else playwright's own."""
    if find_browser():
        return
    reasons = []
    if may_add_packages():
        say("Installing Chromium with apt-get…")
        try:
            add_packages(["chromium"])
        except CannotInstall as reason:
            reasons.append(str(reason))
        if find_browser():
            return
    question = (
        "import os.path, sys; from playwright.sync_api import sync_playwright as start\n"
        "with start() as p: sys.exit(not os.path.exists(p.chromium.executable_path))"
    )
    if works([str(PYTHON), "-c", question]):
        return
    say("Downloading Chromium with playwright…")
    try:
        run([str(PYTHON), "-m", "playwright", "install", "chromium"], "playwright could not download it.")
    except CannotInstall as reason:
        raise CannotInstall(
            "\n".join([*reasons, str(reason)])
            + "\nThe browser tests need a Chromium and none could be had: install one with your system's packages "
            "(`apt install chromium`, `dnf install chromium`, `brew install --cask chromium`)."
        ) from None


def may_add_packages() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def add_packages(names: "list[str]") -> None:
    run(["apt-get", "update"], "apt-get update failed.")
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", "install", "-y"]  # Another may be at it.
    run([*command, *names], "apt-get failed.", DEBIAN_FRONTEND="noninteractive")


def missing_programs() -> "list[str]":
    """The packages of the programs that the tests of deploy/ run, and that are not here."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    return [package for package, program in DEPLOYING.items() if shutil.which(program, path=path) is None]


def provide_programs() -> None:
    """Without them some tests fail, and nothing else does: so what is missing is said, and all goes on."""
    missing = missing_programs()
    reason = ""
    if missing and may_add_packages():
        say("Installing " + " and ".join(missing) + " with apt-get…")
        try:
            add_packages(missing)
            if "nginx" in missing and Path("/run/systemd/system").is_dir():
                run(["systemctl", "disable", "--now", "nginx"], "nginx could not be stopped.")  # Debian starts it.
        except CannotInstall as failure:
            reason = str(failure) + "\n"
        missing = missing_programs()
    if missing:
        names, packages = " and ".join(missing), " ".join(missing)
        say(
            f"{reason}The tests of deploy/ need {names}, and fail without. Install them with your system's packages "
            f"(`apt install {packages}`)."
        )


def ended(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: "list[str]") -> int:
    parser = argparse.ArgumentParser(description="Make .venv and install the pinned requirements there.")
    parser.add_argument("--dev", action="store_true", help="also what the tests and linters need")
    dev = parser.parse_args(arguments).dev
    signal.signal(signal.SIGTERM, ended)
    try:
        check_version(tuple(sys.version_info[:3]))
        check_system()
        wait_for_turn()
        install(["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"])
        if dev:
            provide_browser()
            provide_programs()
    except CannotInstall as reason:
        sys.stderr.write(str(reason) + "\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{error.filename or HERE} cannot be written or read: {error.strerror}.\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped before the end. Run it again: it starts over.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
