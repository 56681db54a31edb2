"""`manage.py check --deploy` names what a public site may not lack."""

import secrets
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest
from django.core import checks
from pyrage.x25519 import Identity
from pytest_django import Settings

from privacy.processors import read_processors
from tests.serving.running import PROJECT, surroundings
from tests.site.test_legal_notice import FACTS

HOST = """
[[processor]]
name = "Hébergeur Exemple"
what_for = {fr = "héberge le site", en = "hosts the site"}
country = "FR"
contract = 2026-01-15
review = 2027-01-15
"""


def complaints(deploying: bool = True) -> set[str]:
    found = checks.run_checks(include_deployment_checks=deploying)
    return {
        str(message.id) for message in found if message.is_serious() and str(message.id).startswith("customerlabs.")
    }


@pytest.fixture(autouse=True)
def _nothing_lacks(settings: Settings) -> None:
    for name, fact in FACTS.items():
        setattr(settings, name, fact)
    settings.MAIL_IN_FILES = False
    settings.PROCESSORS = read_processors(HOST)
    settings.BACKUP_RECIPIENT = str(Identity.generate().to_public())


def test_a_complete_site_may_be_deployed() -> None:
    assert complaints() == set()


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("PUBLISHER_PHONE", "customerlabs.E001"),
        ("PUBLICATION_DIRECTOR", "customerlabs.E002"),
        ("HOST_NAME", "customerlabs.E003"),
        ("HOST_ADDRESS", "customerlabs.E004"),
        ("HOST_PHONE", "customerlabs.E005"),
    ],
)
@pytest.mark.parametrize("empty", ["", "  "])
def test_a_legal_fact_that_lacks_is_an_error(settings: Settings, name: str, number: str, empty: str) -> None:
    setattr(settings, name, empty)

    assert complaints() == {number}


def test_mail_in_files_beside_a_database_of_ones_own_is_an_error(settings: Settings) -> None:
    settings.MAIL_IN_FILES, settings.EMBEDDED_DATABASE = True, False

    assert complaints() == {"customerlabs.E006"}


@pytest.mark.promise("P4.1")
def test_a_site_on_a_database_of_ones_own_names_its_processors(settings: Settings) -> None:
    settings.PROCESSORS, settings.EMBEDDED_DATABASE = (), False

    assert complaints() == {"customerlabs.E007"}


@pytest.mark.promise("P4.1")
def test_a_processor_serves_activities_that_exist(settings: Settings) -> None:
    settings.PROCESSORS = read_processors(HOST + 'activities = ["contact", "nouvelles"]')

    (found,) = [message for message in checks.run_checks() if message.id == "privacy.E011"]

    assert "“nouvelles”" in found.msg


def test_mail_in_files_beside_the_embedded_database_is_a_trial(settings: Settings) -> None:
    settings.MAIL_IN_FILES, settings.EMBEDDED_DATABASE = True, True

    assert complaints() == set()


def test_a_trial_starts_without_the_legal_facts(settings: Settings) -> None:
    for name in FACTS:
        setattr(settings, name, "")

    assert complaints(deploying=False) == set()


@pytest.mark.promise("P7.1")
def test_a_site_in_earnest_has_nothing_to_be_warned_of(tmp_path: Path) -> None:
    """With every setting of deploy/site.env, in a process of its own: what Django would advise is done too."""
    keys = ("SECRET_KEY", "SUBJECT_KEYS", "FILE_KEYS", "RECEIPT_KEYS")
    earnest = {
        "SITE_URL": "https://www.example.com",
        "TRUSTED_PROXIES": "1",
        "DATABASE_URL": "postgres://customerlabs@127.0.0.1:1/customerlabs",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp+tls://user:word@mail.example.com:587",
        "BACKUP_RECIPIENT": str(pyrage.x25519.Identity.generate().to_public()),
        "PROCESSORS": HOST,
        "TECHNICAL_CONTACT": "admin@example.com",
        **{name: secrets.token_urlsafe(48) for name in keys},
        **FACTS,
    }
    variables = surroundings(tmp_path, 8000, **earnest)
    found = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (found.returncode, found.stdout) == (0, "System check identified no issues (0 silenced).\n"), found.stderr
