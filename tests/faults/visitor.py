"""A visitor without a browser, who measures how long the site takes to answer."""

import http.client
import os
import re
import time
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

PATH = "/fr/contact/"
READING = 3.5
"""Seconds. Who sends a form faster than anybody can read it is asked to confirm by mail."""


@dataclass(frozen=True)
class Reply:
    status: int
    seconds: float
    location: str = ""
    retry_after: str = ""

    @property
    def is_thanks(self) -> bool:
        """Whether the site has said that the message is with it."""
        return (self.status, self.location) == (302, "/fr/contact/merci/")


@dataclass
class Visitor:
    port: int
    address: str = "zoe.lefevre@example.com"
    fields: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    opened_at: float = 0.0

    def open_form(self) -> "Visitor":
        """Read the page, as long as a person does by the time the form is sent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", PATH)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        self.cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
        self.fields = {name: unescape(value) for name, value in hidden if name != "next"} | {
            "kind": "contact",
            "first_name": "Zoé",
            "last_name": "Lefèvre",
            "email": self.address,
            "message": "Où en est ma commande d’été ?",
            "consent": "on",
        }
        self.opened_at = time.monotonic()
        return self

    def send(self) -> Reply:
        time.sleep(max(0.0, self.opened_at + READING - time.monotonic()))
        origin = f"http://127.0.0.1:{self.port}"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            "Origin": origin,
            "Referer": origin + PATH,
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        start = time.monotonic()
        connection.request("POST", PATH, urlencode(self.fields), headers)
        answer = connection.getresponse()
        answer.read()
        seconds = time.monotonic() - start
        connection.close()
        return Reply(answer.status, seconds, answer.getheader("Location") or "", answer.getheader("Retry-After") or "")


def slowness() -> float:
    """How much slower than an idle machine this is: other tests run beside these."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
