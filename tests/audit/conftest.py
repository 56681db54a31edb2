import pytest
from django.test import Client

from customerlabs.staff.models import StaffMember
from tests.desk.desk import member, signed_in


@pytest.fixture
def root() -> StaffMember:
    return member("", email="root@example.com", is_superuser=True)


@pytest.fixture
def client(root: StaffMember, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)
    return signed_in(root)
