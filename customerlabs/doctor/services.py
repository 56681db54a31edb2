"""The servers the site stands on: PostgreSQL, the broker, the mail server."""

import smtplib
from collections.abc import Iterator
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.db import OperationalError, connection

from customerlabs.doctor.frame import Diagnosis, ok, warning, wrong
from customerlabs.health.asking import reach_database
from customerlabs.health.parts import BrokerAway, ask_broker, missing_migrations
from customerlabs.serving.refusal import reason

OLDEST = 14
"""The major version of PostgreSQL that Django still supports."""
EXTENSIONS = {"pg_trgm", "unaccent"}
SHARE_OF_CONNECTIONS = 0.8


def database() -> Iterator[Diagnosis]:
    try:
        reach_database()
    except OperationalError as error:
        yield wrong(f"does not answer: {reason(error)}", _start_it("DATABASE_URL"))
        return
    version: int = connection.connection.info.server_version
    if version // 10000 < OLDEST:
        yield wrong(
            f"PostgreSQL {version // 10000} is too old", "docs/operating.md: a new major version of PostgreSQL."
        )
    else:
        yield ok(f"PostgreSQL {version // 10000}.{version % 10000} answers")
    yield from _what_it_holds()


def _what_it_holds() -> Iterator[Diagnosis]:
    missing = missing_migrations()
    if missing:
        yield wrong(
            f"{len(missing)} migrations are not applied, the first is {missing[0]}",
            "`make run` applies them; with DATABASE_URL type `manage.py prepare`.",
        )
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        absent = sorted(EXTENSIONS - {name for (name,) in cursor.fetchall()})
        if absent and not missing:
            orders = " ".join(f"CREATE EXTENSION {name};" for name in absent)
            yield wrong(f"without {', '.join(absent)}", f"As a superuser, in the site’s database: {orders}")
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        (may_create,) = cursor.fetchone() or (False,)
        if not may_create:
            yield wrong(
                "its account may not make a database: nothing can be restored, and no backup tried",
                "As a superuser: ALTER ROLE the site’s account CREATEDB;",
            )
        cursor.execute("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
        used, most = cursor.fetchone() or (0, 1)
        if used > most * SHARE_OF_CONNECTIONS:
            yield warning(
                f"{used} of {most} connections are in use", "Raise max_connections, or put PgBouncer in front."
            )


def broker() -> Iterator[Diagnosis]:
    try:
        ask_broker()
    except BrokerAway as away:
        yield wrong(
            f"does not answer: {reason(away.__cause__ or away)}. Forms work; letters wait", _start_it("REDIS_URL")
        )
        return
    waiting = _waiting_tasks()
    if waiting > 1000:
        yield warning(f"answers; {waiting} tasks wait", "Are there workers? Start more, or raise WORKER_CONCURRENCY.")
    else:
        yield ok(f"answers; {waiting} tasks wait")


def _waiting_tasks() -> int:
    with current_app.connection_for_read() as held:
        size: int = held.default_channel._size(current_app.conf.task_default_queue)  # type: ignore[attr-defined]
        return size


def mail() -> Iterator[Diagnosis]:
    """Connects, greets and signs in, as a letter would, and sends nothing."""
    if settings.MAIL_IN_FILES:
        yield warning(f"written to files in {settings.PLACES.mail}: nobody receives any", "Set EMAIL_URL (README.md).")
        return
    server = get_connection()
    if not isinstance(server, EmailBackend):
        yield warning("leaves by a backend of its own, which is not tried here", "Send a letter to yourself.")
        return
    try:
        server.open()
        greeted = server.connection is not None and 200 <= server.connection.noop()[0] < 300
    except smtplib.SMTPAuthenticationError:
        yield wrong("the mail server refuses the account or its password", "Correct EMAIL_URL.")
        return
    except (OSError, smtplib.SMTPException) as error:
        yield wrong(f"the mail server can’t be used ({type(error).__name__})", "See EMAIL_URL, and its log.")
        return
    finally:
        server.close()
    signed_in = "signed in" if server.username else "without signing in"
    if not greeted:
        yield wrong("the mail server answers, and takes no order", "See its log.")
    elif not (server.use_tls or server.use_ssl) and server.host not in ("localhost", "127.0.0.1", "::1"):
        yield warning(f"answers ({signed_in}), and letters go there unencrypted", "EMAIL_URL=smtp+tls://…")
    else:
        yield ok(f"answers ({signed_in})")


def _start_it(setting: str) -> str:
    embedded = settings.EMBEDDED_DATABASE if setting == "DATABASE_URL" else settings.EMBEDDED_BROKER
    if embedded:
        return f"Start the site: `make run`. If it runs, {settings.PLACES.logs} says why."
    given = connection.settings_dict if setting == "DATABASE_URL" else {}
    place = urlsplit(settings.CELERY_BROKER_URL)
    at = (
        f"{given['HOST'] or 'localhost'}:{given['PORT'] or 5432}" if given else f"{place.hostname}:{place.port or 6379}"
    )
    return f"Start the server at {at}, or correct {setting}."
