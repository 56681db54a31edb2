"""`manage.py import_policy`: keeps an earlier text of the policy at its date, such as the one of 2020 (P12.1)."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from privacy.policy.publishing import PublishingRefused, import_text

LARGEST = 500_000
"""Bytes: forty times the policy of 2020."""


class Command(BaseCommand):
    help = "Keep an earlier text of the policy, in plain text and UTF-8, at the date it took effect."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", required=True, type=_date, help="when it took effect, as in 2020-04-01")
        parser.add_argument("--fr", metavar="FILE", help="the text in French")
        parser.add_argument("--en", metavar="FILE", help="the text in English")
        parser.add_argument("--changes-fr", default="Texte antérieur à ce site.", help="what it changed, in French")
        parser.add_argument("--changes-en", default="Text from before this site.", help="what it changed, in English")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["fr"] and not options["en"]:
            raise CommandError("Give a text: --fr FILE, --en FILE, or both.")
        try:
            version = import_text(
                fr=_read(options["fr"]),
                en=_read(options["en"]),
                effective_from=options["date"],
                changes_fr=options["changes_fr"],
                changes_en=options["changes_en"],
            )
        except PublishingRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        if version is None:
            self.stdout.write("This text is kept at that date already.")
        else:
            self.stdout.write(f"Kept as version no {version.pk}, in force from {version.effective_from:%Y-%m-%d}.")


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _read(name: str | None) -> str:
    """The text of a file. Raises CommandError for one that can't be read, is too large or holds nothing."""
    if not name:
        return ""
    path = Path(name)
    try:
        if path.stat().st_size > LARGEST:
            raise CommandError(f"{name} is larger than {LARGEST // 1000} kB: is it a policy?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{name} can’t be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{name} is not UTF-8 text.") from None
    if not text.strip():
        raise CommandError(f"{name} is empty.")
    return text
