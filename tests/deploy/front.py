"""A real nginx in front of a site, with the configuration of deploy/nginx: only names, ports and folders are others."""

import http.client
import os
import re
import shutil
import signal
import ssl
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.post_office import wait_until
from tests.serving.running import PROJECT, free_port

GIVEN = PROJECT / "deploy" / "nginx"
HOST = "localhost"
NOT_LOGGED = ("/livez", "/readyz")
STRANGER = "203.0.113.77"
WHOLE = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/start.log;
{user}
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    # Visitors of a test say where they come from: loopback has no addresses of strangers.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Test-Address;
    include {folder}/customerlabs.conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Front:
    """nginx on loopback; `tls=False` for clients that speak http, as those of the crowd do."""

    def __init__(self, folder: Path, *, static: Path, web: Sequence[int], tls: bool = True):
        self.folder = folder
        self.port, self.plain_port = free_port(), free_port()
        self.tls = tls
        self.asked = 0
        self.log = folder / "customerlabs.log"
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self._write(static, web)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{HOST}:{self.port}"

    def start(self) -> None:
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen([program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")])
        wait_until(self._answers, 20, "nginx answers")

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        source: str = STRANGER,
        plain: bool = False,
    ) -> Answer:
        """`source` is the address the visitor has, for nginx."""
        self.asked += not plain and path not in NOT_LOGGED
        connection: http.client.HTTPConnection
        if self.tls and not plain:
            trusted = ssl.create_default_context(cafile=str(self.folder / "certificate.pem"))
            connection = http.client.HTTPSConnection(HOST, self.port, timeout=30, context=trusted)
        else:
            port = self.plain_port if plain else self.port
            connection = http.client.HTTPConnection(HOST, port, timeout=30)
        try:
            connection.request(method, path, body, {"X-Test-Address": source, **(headers or {})})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def watch(self, path: str, **more: Any) -> tuple[Answer, str]:
        """An answer, and the line of the log about it, which nginx writes a moment later."""
        answer = self.ask(path, **more)
        wait_until(lambda: len(self.logged()) == self.asked, 20, "the line is written")
        return answer, self.logged()[-1]

    def logged(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()

    def _answers(self) -> bool:
        try:
            self.ask("/livez", source="10.0.0.5")
        except OSError:
            return False
        return True

    def _write(self, static: Path, web: Sequence[int]) -> None:
        written = (GIVEN / "customerlabs.conf").read_text(encoding="utf-8")
        others = {
            r"server 127\.0\.0\.1:8000 ": f"server 127.0.0.1:{web[0]} ",
            r"server 127\.0\.0\.1:8001 ": f"server 127.0.0.1:{web[-1]} ",
            r"listen \[::\]:\d+.*;\n": "\n",
            r"listen 80 ": f"listen 127.0.0.1:{self.plain_port} ",
            r"listen 443 ssl http2;": f"listen 127.0.0.1:{self.port}{' ssl http2' if self.tls else ''};",
            r"ssl_certificate .*;": f"ssl_certificate {self.folder}/certificate.pem;",
            r"ssl_certificate_key .*;": f"ssl_certificate_key {self.folder}/key.pem;",
            r"https://www\.example\.com": self.url,
            r"www\.example\.com": HOST,
            r"/var/cache/customerlabs-pages": f"{self.folder}/pages",
            r"/var/log/nginx": str(self.folder),
            r"/run/customerlabs-bodies": f"{self.folder}/bodies",
            r"/var/lib/customerlabs/static": str(static),
            r"/opt/customerlabs": str(PROJECT),
            r"include customerlabs\.": f"include {self.folder}/customerlabs.",
        }
        if not self.tls:
            others |= {r"ssl_.*;": ""}
        for given, ours in others.items():
            written, times = re.subn(given, ours, written)
            assert times or given.startswith("https"), f"{given} is not in the configuration any more"
        (self.folder / "customerlabs.conf").write_text(written, encoding="utf-8")
        for name in ("neighbours", "headers"):
            text = (GIVEN / f"customerlabs.{name}").read_text(encoding="utf-8")
            text = text.replace("https://www.example.com", self.url)
            (self.folder / f"customerlabs.{name}").write_text(text, encoding="utf-8")
        user = "user root;" if os.geteuid() == 0 else ""  # The folders of a test are closed to everybody else.
        (self.folder / "nginx.conf").write_text(WHOLE.format(folder=self.folder, user=user), encoding="utf-8")
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
                *("-keyout", f"{self.folder}/key.pem", "-out", f"{self.folder}/certificate.pem", "-days", "2"),
                *("-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"),
            ],
            check=True,
            capture_output=True,
        )
