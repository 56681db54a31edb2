"""`manage.py load_demo`: a believable data set for a new database. `make demo` installs what it needs and runs it."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from customerlabs.demo.refusing import refuse_public_site, refuse_real_data
from customerlabs.management.at_hand import database_at_hand
from customerlabs.serving.folders import prepare_var
from customerlabs.serving.refusal import Refusal


class Command(BaseCommand):
    help = "Fill a new database with invented people and four years of their requests, to see the desk alive."
    requires_system_checks = ()  # run below, once the translations are there

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=2020, help="another number gives other people")
        parser.add_argument(
            "--even-here",
            action="store_true",
            help="although this site is published, sends mail, or has a database of its own",
        )

    def handle(self, *, seed: int, even_here: bool, **_: Any) -> None:
        refuse_public_site(even_here=even_here)
        call_command("compile_translations", verbosity=0)
        self.check()
        try:
            prepare_var(settings.PLACES)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        with database_at_hand():
            call_command("migrate", interactive=False, verbosity=0)
            refuse_real_data()
            self.load(seed)

    def load(self, seed: int) -> None:
        try:
            from customerlabs.demo.loading import load
        except ModuleNotFoundError as missing:
            raise CommandError(f"The package {missing.name} is missing: `make demo` installs it.") from None
        loaded = load(seed, self.stdout.write)
        for name in loaded.broken:
            self.stdout.write(f"Not kept, as the site is set up here: {name}")
        self.stdout.write(
            "The desk is alive. Every name, address and number on it is invented.\n"
            f"Next:    make run\n"
            f"Admin    {settings.SITE_URL}{reverse('admin:index')}\n"
            f"Account  {loaded.email}\n"
            f"Password {loaded.password} (shown this once; signing in leads to a second factor)"
        )
