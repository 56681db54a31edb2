"""Catalogues are compiled when they changed, and a wrong one is named."""

import gettext
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import translation
from django.utils.translation.reloader import translation_file_changed
from pytest_django import Settings

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
HELLO = 'msgid "Good morning %(name)s"\nmsgstr "Bonjour, à vous %(name)s"\n\n'


@pytest.fixture
def source(tmp_path: Path, settings: Settings) -> Iterator[Path]:
    before = settings.LOCALE_PATHS
    settings.LOCALE_PATHS = [tmp_path]
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(HEAD + "#, python-format\n" + HELLO, encoding="utf-8")
    yield source
    settings.LOCALE_PATHS = before
    translation_file_changed(None, source.with_suffix(".mo"))  # The site's own words for the tests that follow.


def compile_all(**options: object) -> None:
    call_command("compile_translations", verbosity=0, **options)


def test_a_catalogue_is_compiled_without_gettext_tools(source: Path) -> None:
    compile_all()

    with source.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Good morning %(name)s") == "Bonjour, à vous %(name)s"


def test_only_a_changed_catalogue_is_compiled_again(source: Path) -> None:
    compiled = source.with_suffix(".mo")
    compile_all()
    first = compiled.stat().st_ino

    compile_all()
    assert compiled.stat().st_ino == first

    later = compiled.stat().st_mtime + 1
    os.utime(source, (later, later))
    compile_all()
    assert compiled.stat().st_ino != first


def test_the_process_that_compiles_speaks_the_new_words_at_once(source: Path) -> None:
    translation_file_changed(None, source.with_suffix(".mo"))  # As in a process that starts before there is any.
    with translation.override("fr"):
        assert translation.gettext("Good morning %(name)s") == "Good morning %(name)s"

    compile_all()

    with translation.override("fr"):
        assert translation.gettext("Good morning %(name)s") == "Bonjour, à vous %(name)s"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEAD + '#, python-format\nmsgid "Hello %(name)s"\nmsgstr "Bonjour %(nom)s"\n', "django.po:5"),
        (HEAD + 'msgid "Hello"\nmsgstrr "Bonjour"\n', "django.po"),
    ],
)
def test_a_wrong_catalogue_is_named_and_not_compiled(source: Path, content: str, said: str) -> None:
    source.write_text(content, encoding="utf-8")

    with pytest.raises(CommandError, match=said):
        compile_all()

    assert not source.with_suffix(".mo").exists()


@pytest.mark.parametrize("entry", ['msgid "Bye"\nmsgstr ""\n', '#, fuzzy\nmsgid "Bye"\nmsgstr "Bonjour"\n'])
def test_a_check_wants_every_message_translated(source: Path, entry: str) -> None:
    compile_all(check=True)
    source.write_text(HEAD + HELLO + entry, encoding="utf-8")

    with pytest.raises(CommandError, match="'Bye'"):
        compile_all(check=True)

    compile_all()
    assert source.with_suffix(".mo").exists()
