"""A demonstration that was cut off: nothing of it is left, and it is loaded as if for the first time."""

import pytest
from django.core.files.storage import InMemoryStorage, storages

from contact.models import ContactRequest
from customerlabs.demo import nights
from customerlabs.demo.loading import OFFICER, load
from customerlabs.demo.refusing import refuse_real_data
from customerlabs.models import StaffMember
from privacy.continuity import ledger
from privacy.models import RightsRequest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_ledger_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(storages._storages, "continuity", InMemoryStorage())  # type: ignore[attr-defined]


def test_a_load_that_is_cut_off_leaves_nothing_and_the_next_one_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as cut_off:
        cut_off.setattr(nights, "purge", _killed)
        with pytest.raises(KeyboardInterrupt):
            load(7, lambda words: None, requests=40, past=())

    assert list(ledger.all_lines()) != []
    assert not StaffMember.objects.filter(email=OFFICER).exists()
    refuse_real_data()

    loaded = load(7, lambda words: None, requests=40, past=())

    assert loaded.broken == []
    assert ContactRequest.objects.count() == 40
    assert RightsRequest.objects.exists()
    assert StaffMember.objects.filter(email=OFFICER).exists()


def _killed(world: object) -> None:
    raise KeyboardInterrupt
