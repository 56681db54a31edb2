from typing import Any

import pytest
from django.test import Client

from tests.staff.accounts import english


@pytest.fixture
def client() -> Client:
    return english()


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Any) -> None:
    """What is slow on purpose, for guessers, is tried once: the rest takes a hash that is not."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
