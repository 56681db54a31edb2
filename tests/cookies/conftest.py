import pytest
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def _audience(settings: Settings) -> None:
    """A site that counts the visits of those who agree."""
    settings.AUDIENCE = True


@pytest.fixture
def visitor() -> Client:
    """Whose forms are checked for their origin."""
    return Client(enforce_csrf_checks=True)
