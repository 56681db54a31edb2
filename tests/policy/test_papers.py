"""The policy says about identity papers what the site is set up to do."""

from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.3")]


@pytest.mark.parametrize(
    ("setting", "says"), [("on_doubt", "only where there is a reasonable doubt"), ("always", "You are asked to join")]
)
def test_the_policy_says_when_papers_are_asked_for(setting: str, says: str, settings: Any, client: Client) -> None:
    settings.IDENTITY_DOCUMENTS = setting

    page = client.get("/en/privacy/").content.decode()

    assert says in page
    assert "erased the moment your identity is decided, or after 30\u00a0days" in page
