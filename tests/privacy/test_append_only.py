"""Evidence can be added to; nothing of ours rewrites it."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from privacy.append_only import rows_may_go
from privacy.models import PolicyVersion

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2", "P12.1")]


@pytest.fixture
def version() -> PolicyVersion:
    return PolicyVersion.objects.create(effective_from=date(2026, 1, 1), text_fr="<p>Une</p>", digest="0")


def test_a_row_of_evidence_is_not_changed(version: PolicyVersion) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(text_fr="<p>Autre</p>")

    version.refresh_from_db()
    assert version.text_fr == "<p>Une</p>"


def test_a_row_of_evidence_is_not_deleted(version: PolicyVersion) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        version.delete()

    assert PolicyVersion.objects.filter(pk=version.pk).exists()


def test_the_eraser_passes_and_nobody_after_it(version: PolicyVersion) -> None:
    other = PolicyVersion.objects.create(effective_from=date(2026, 2, 1), digest="1")

    with rows_may_go():
        PolicyVersion.objects.filter(pk=version.pk).delete()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        PolicyVersion.objects.filter(pk=other.pk).delete()


@pytest.mark.django_db(transaction=True)
def test_an_eraser_that_fails_leaves_no_door_open(version: PolicyVersion) -> None:
    with pytest.raises(RuntimeError), transaction.atomic(), rows_may_go():
        raise RuntimeError

    with pytest.raises(DatabaseError, match="append-only"):
        version.delete()


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nobody_passes(version: PolicyVersion) -> None:
    with rows_may_go(), pytest.raises(DatabaseError, match="append-only"):
        version.delete()
