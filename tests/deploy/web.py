"""A web process as systemd runs it: on a port that somebody else holds, and saying when it is ready."""

import os
import signal
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from customerlabs.serving import programs
from customerlabs.serving.places import Places
from tests.serving.running import PROJECT

START_LIMIT = 60
FIRST_SOCKET = 3
"""The file descriptor at which systemd hands over the port."""


class Web:
    def __init__(self, folder: Path, places: Places, given: Mapping[str, str]):
        self.held = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self.port: int = self.held.getsockname()[1]
        self.places, self.given = places, given
        self.log = folder / f"web-{self.port}.log"
        self.notices = folder / f"n{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it has said that it is ready, as `systemctl start` does for Type=notify."""
        program = programs.web(self.places, PROJECT, self.port)
        given = {**program.environment, **self.given, "LISTEN_FDS": "1", "NOTIFY_SOCKET": str(self.notices)}
        hand_over = f'exec {FIRST_SOCKET}<&{self.held.fileno()}; export LISTEN_PID=$$; exec "$@"'
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told, self.log.open("ab") as output:
            told.bind(str(self.notices))
            told.settimeout(START_LIMIT)
            self.process = subprocess.Popen(
                ["bash", "-c", hand_over, "bash", *program.command],
                cwd=PROJECT,
                env=given,
                stdout=output,
                stderr=output,
                pass_fds=[self.held.fileno()],
                start_new_session=True,
            )
            try:
                while b"READY=1" not in told.recv(1024):
                    pass
            except TimeoutError:
                raise AssertionError(self.log.read_text(encoding="utf-8")) from None
            finally:
                self.notices.unlink()

    def stop(self) -> int:
        """What `systemctl stop` does: the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def restart(self) -> None:
        assert self.stop() == 0
        self.start()

    def clear_away(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.held.close()
