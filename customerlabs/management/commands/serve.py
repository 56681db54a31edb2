"""`manage.py serve`: the embedded servers, the web, the worker and beat, until Ctrl-C."""

import sys
import time
from pathlib import Path
from subprocess import Popen
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import OperationalError, connection, connections
from django.urls import reverse
from kombu.exceptions import KombuError

from customerlabs.management.preparing import collect_static, first_staff_password
from customerlabs.serving import programs
from customerlabs.serving.database import run_postgres
from customerlabs.serving.folders import cannot_write
from customerlabs.serving.port import refuse_taken_port, status_of
from customerlabs.serving.refusal import Refusal, reason
from customerlabs.serving.server_user import choose_server_user
from customerlabs.serving.supervisor import Stopped, Supervisor
from customerlabs.serving.terminal import Terminal
from customerlabs.serving.valkey import EmbeddedValkey, binary
from privacy.continuity.age import make_recovery_key, recovery_key_file
from privacy.continuity.private import remove_leftovers
from privacy.policy.publishing import publish_first

FIRST_PAGE = "/fr/"
ANSWER_LIMIT = 60
"""Seconds the web has to answer its first page."""


class Command(BaseCommand):
    help = "Run the site: PostgreSQL, Valkey, web, worker and beat, under one supervisor, until Ctrl-C."
    requires_system_checks = ()  # run below, once the translations are there

    def handle(self, *args: Any, **options: Any) -> None:
        terminal = Terminal()
        self.say = terminal.say
        self.supervisor = Supervisor(settings.PLACES, terminal.say)
        try:
            with self.supervisor.in_charge():
                self.serve()
        except Stopped:
            return  # asked for, and done
        except (Refusal, CommandError) as refusal:
            sys.exit(str(refusal))
        except OSError as error:
            # No room left, or a file that root made in an ordinary user's folder.
            sys.exit(cannot_write(Path(str(error.filename or settings.PLACES.var)), error))
        except DatabaseError as error:
            sys.exit(f"The database refused while its tables were made ready: {reason(error)}")

    def serve(self) -> None:
        supervisor = self.supervisor
        refuse_taken_port(settings.PORT)
        remove_leftovers()
        with supervisor.interruptible():
            call_command("compile_translations", verbosity=0)
            self.check()
        self.start_servers()
        with supervisor.interruptible():
            self.say("Making tables and static files ready…")
            call_command("migrate", interactive=False, verbosity=0)
            collect_static()
            publish_first()
            if settings.EMBEDDED_DATABASE:
                make_recovery_key()
            password = first_staff_password()
            connections.close_all()
        web = self.start_site()
        with supervisor.interruptible():
            self.wait_for_first_page(web)
        supervisor.start(programs.worker(settings.PLACES, settings.BASE_DIR, settings.PORT))
        supervisor.start(programs.beat(settings.PLACES, settings.BASE_DIR, settings.PORT))
        self.tell_addresses(password)
        supervisor.watch()

    def start_servers(self) -> None:
        """Start the embedded servers together, or make sure that the others answer."""
        places, supervisor = settings.PLACES, self.supervisor
        valkey_process = None
        if settings.EMBEDDED_BROKER:
            with supervisor.interruptible():
                valkey = EmbeddedValkey(places, choose_server_user(places, binary()))
                valkey.prepare()
            valkey_process = supervisor.start(valkey)
        else:
            with supervisor.interruptible():
                refuse_unreachable_broker()
        if settings.EMBEDDED_DATABASE:
            run_postgres(supervisor)
        with supervisor.interruptible():
            refuse_unreachable_database()
            if valkey_process is not None:
                valkey.wait_until_ready(valkey_process)

    def start_site(self) -> Popen[bytes]:
        self.say("Starting the site…")
        return self.supervisor.start(programs.web(settings.PLACES, settings.BASE_DIR, settings.PORT))

    def wait_for_first_page(self, web: Popen[bytes]) -> None:
        log = settings.PLACES.logs / "web.log"
        host = urlsplit(settings.SITE_URL).netloc
        deadline = time.monotonic() + ANSWER_LIMIT
        while (status := status_of(settings.PORT, FIRST_PAGE, host)) is None:
            if web.poll() is not None:
                raise Refusal(f"The web process ended before it answered: {log} says why.")
            if time.monotonic() > deadline:
                raise Refusal(f"The web process does not answer after {ANSWER_LIMIT} s: see {log}.")
            time.sleep(0.05)
        if status >= 500:
            self.say(f"Careful: the first page answers with error {status}. See {log}")

    def tell_addresses(self, first_staff: str | None) -> None:
        places, say = settings.PLACES, self.say
        say()
        if first_staff:
            say(f"First staff account, shown this once: {first_staff}")
        warned = places.run / "one-disk-warning-given"
        if settings.EMBEDDED_DATABASE and not warned.exists():
            say(f"Careful: keys, data and backups share one disk, under {places.var}. Keep copies of them elsewhere.")
            warned.touch()
        if recovery_key_file().exists():
            say(
                f"Careful: {recovery_key_file()} opens every backup. Copy it to a safe place that is not this machine, "
                "then delete it here: docs/operating.md says why."
            )
        say(f"Site    {settings.SITE_URL}{FIRST_PAGE}")
        say(f"Admin   {settings.SITE_URL}{reverse('admin:index')}")
        say(f"Mail    {'files in ' + str(places.mail) if settings.MAIL_IN_FILES else 'sent as EMAIL_URL says'}")
        say(f"Logs    {places.logs}")
        say("Ctrl-C stops everything.")


def refuse_unreachable_database() -> None:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        if settings.EMBEDDED_DATABASE:
            raise Refusal(f"The embedded PostgreSQL does not let us in: {reason(error)}") from error
        given = connection.settings_dict
        raise Refusal(
            f"DATABASE_URL: the database at {given['HOST'] or 'localhost'}:{given['PORT'] or 5432} cannot be used "
            f"({reason(error)}). Start it, correct DATABASE_URL, or leave it out to use the embedded one."
        ) from error


def refuse_unreachable_broker() -> None:
    given = urlsplit(settings.CELERY_BROKER_URL)
    address = given.path if given.hostname is None else f"{given.hostname}:{given.port or 6379}"
    with current_app.connection_for_write(connect_timeout=3) as broker:
        failures: tuple[type[BaseException], ...] = (KombuError, OSError, *broker.connection_errors)
        try:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)
        except failures as error:
            raise Refusal(
                f"REDIS_URL: the server at {address} cannot be used ({reason(error)}). "
                "Start it, correct REDIS_URL, or leave it out to use the embedded one."
            ) from error
