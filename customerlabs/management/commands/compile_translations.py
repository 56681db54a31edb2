"""Compiles the translation catalogues without gettext's tools, which a fresh machine does not have."""

import os
import tempfile
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po where the compiled file is missing or older."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="Compile nothing; fail on errors and on messages without a translation.",
        )

    def handle(self, *args: Any, check: bool = False, verbosity: int = 1, **options: Any) -> None:
        compiled, problems = 0, []
        for source in catalogues():
            target = source.with_suffix(".mo")
            if not check and not is_stale(target, source):
                continue
            catalogue, errors = read(source)
            if check:
                errors += untranslated(source, catalogue)
            problems += errors
            if not check and not errors:
                write(catalogue, target)
                translation_file_changed(None, target)  # This process may have read the old one, or none.
                compiled += 1
        if problems:
            raise CommandError("The translations have errors:\n" + "\n".join(problems))
        if verbosity > 0 and not check:
            self.stdout.write(f"Translations: {compiled} compiled.")


def catalogues() -> list[Path]:
    return sorted(file for folder in settings.LOCALE_PATHS for file in Path(folder).glob("*/LC_MESSAGES/*.po"))


def is_stale(target: Path, source: Path) -> bool:
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def read(source: Path) -> tuple[Catalog, list[str]]:
    """The catalogue and what is wrong with it, one line each: syntax, plural forms, placeholders that differ."""
    locale = source.parent.parent.name
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=locale, abort_invalid=True)
    except PoFileError as error:
        return Catalog(locale=locale), [f"{source}: {error}"]
    except (ValueError, UnicodeDecodeError) as error:
        return Catalog(locale=locale), [f"{source}: {error}"]
    return catalogue, [
        f"{source}:{message.lineno}: {error}" for message, errors in catalogue.check() for error in errors
    ]


def untranslated(source: Path, catalogue: Catalog) -> list[str]:
    return [
        f"{source}:{message.lineno}: {'unsure (fuzzy)' if message.fuzzy else 'no translation'}: {message.id!r}"
        for message in catalogue
        if message.id and (message.fuzzy or not all(as_texts(message.string)))
    ]


def as_texts(string: Any) -> tuple[str, ...]:
    return tuple(string) if isinstance(string, (tuple, list)) else (string,)


def write(catalogue: Catalog, target: Path) -> None:
    """Replace the compiled file whole: a process that starts meanwhile reads the old one or the new one."""
    try:
        descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".mo.new")
        with os.fdopen(descriptor, "wb") as file:
            write_mo(file, catalogue)
        Path(draft).chmod(0o644)
        Path(draft).replace(target)
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
