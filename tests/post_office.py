"""A real SMTP server for tests: it keeps what it accepts, and refuses or breaks as a test wishes."""

import asyncio
import email
import email.policy
import logging
import threading
import time
import warnings
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's own, which tells every line it hears.

DROP = "drop the connection"
"""An answer that is none: the server accepts the mail, then vanishes before it says so."""


class PostOffice:
    """`answers` holds, by verb (EHLO, HELO, MAIL, RCPT, DATA), what to say in turn; once it is used up, yes."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.answers: dict[str, list[str]] = {}
        self.connections = 0
        self.offered: list[str] = []
        """The Message-ID of each mail that came in whole, accepted or not."""
        self.holding = 0
        """How many senders wait for an answer that doesn't come."""
        self.delay = 0.0
        """Seconds it takes to accept a mail."""
        self.at_least = 0
        """How many senders must have called before the first mail is answered: that many are at work at once."""
        self._open = asyncio.Event()
        self._open.set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._asked: dict[str, Any] = {}
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @contextmanager
    def serving(
        self, *, port: int = 0, known: Iterable[tuple[str, str]] | None = None, accents: bool = False
    ) -> Iterator["PostOffice"]:
        """Listen while inside; with `known` names and passwords, ask for one of them; with `accents`, take RFC 6531."""
        asked: dict[str, Any] = {"enable_SMTPUTF8": accents}
        if known is not None:
            accounts = {(name.encode(), password.encode()) for name, password in known}
            asked |= {
                "auth_required": True,
                "auth_require_tls": False,
                "authenticator": lambda _server, _session, _envelope, _mechanism, given: AuthResult(
                    success=(given.login, given.password) in accounts, handled=False
                ),
            }
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        self._loop = loop
        self._asked = asked
        self._await(self._listen(port))
        try:
            yield self
        finally:
            self.go_on()
            self._await(self._end())
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def _listen(self, port: int) -> None:
        def answer_a_call() -> SMTP:
            with warnings.catch_warnings(action="ignore"):  # Asking for a password without TLS is meant.
                return SMTP(self, hostname="localhost", **self._asked)

        self._server = await asyncio.get_running_loop().create_server(answer_a_call, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _hang_up(self) -> None:
        assert self._server is not None
        self._server.close()

    async def _end(self) -> None:
        await self._hang_up()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def stall(self) -> None:
        """From now on, take mails in and say nothing; they are lost."""
        self._in_loop(self._open.clear)

    def refuse(self) -> None:
        """From now on, nobody listens."""
        self._await(self._hang_up())

    def go_on(self) -> None:
        self._in_loop(self._open.set)
        if self._server is not None and not self._server.is_serving():
            self._await(self._listen(self.port))

    def wait_for(self, number: int, seconds: float = 30) -> list[EmailMessage]:
        """The mails, once there are so many of them."""
        wait_until(lambda: len(self.received) >= number, seconds, f"{number} mails")
        return self.received

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if address in str(mail["To"])]

    # What aiosmtpd calls, in the thread that serves

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return [self._answer("EHLO", "")] if self.answers.get("EHLO") else lines

    async def handle_HELO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str) -> str:
        session.host_name = hostname
        return self._answer("HELO", "250 localhost")

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("MAIL")
        if answer.startswith("2"):
            envelope.mail_from = address
        return answer

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("RCPT")
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.original_content, bytes)
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.offered.append(str(mail["Message-ID"]))
        if not self._open.is_set():
            self.holding += 1
            try:
                await self._open.wait()
            finally:
                self.holding -= 1
            answer = "451 Try again"
        else:
            while self.connections < self.at_least:
                await asyncio.sleep(0.01)
            await asyncio.sleep(self.delay)
            answer = self._answer("DATA")
        if answer.startswith("2") or answer == DROP:
            self.received.append(mail)
        if answer == DROP:
            assert server.transport is not None
            server.transport.close()
        return answer

    def _answer(self, verb: str, otherwise: str = "250 OK") -> str:
        waiting = self.answers.get(verb)
        return waiting.pop(0) if waiting else otherwise

    def _await(self, coroutine: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _in_loop(self, act: Any) -> None:
        assert self._loop is not None
        done = threading.Event()

        def carry_out() -> None:
            act()
            done.set()

        self._loop.call_soon_threadsafe(carry_out)
        done.wait(10)


def text_of(mail: EmailMessage) -> str:
    """What the plain part says."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def wait_until(holds: Any, seconds: float, what: str) -> None:
    """Return once `holds()` is true. Raises AssertionError when it isn't within so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"Not within {seconds:.0f} s: {what}."
        time.sleep(0.05)
