"""`manage.py prepare`: tables, translations and static files, for a site whose programs something else starts."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from customerlabs.management.preparing import collect_static, first_staff_password
from customerlabs.serving.folders import prepare_var
from customerlabs.serving.refusal import Refusal
from privacy.policy.publishing import publish_first


class Command(BaseCommand):
    help = (
        "Make tables, translations and static files ready before web, worker and beat are started, as `serve` does by "
        "itself. With DATABASE_URL; the processes of the version before may go on meanwhile. May be run again."
    )
    requires_system_checks = ()  # run below, once the translations are there

    def handle(self, **_: Any) -> None:
        if settings.EMBEDDED_DATABASE:
            raise CommandError("Without DATABASE_URL, `make run` makes all of this ready and starts the site.")
        call_command("compile_translations", verbosity=0)
        self.check()
        try:
            prepare_var(settings.PLACES)
            call_command("migrate", interactive=False, verbosity=0)
            collect_static()
            publish_first()
            password = first_staff_password()
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        if password:
            self.stdout.write(f"First staff account, shown this once: {password}")
        self.stdout.write("Ready: (re)start web, worker and beat.")
