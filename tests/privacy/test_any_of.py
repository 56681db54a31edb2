"""Keys of many rows in one parameter: found, counted and compared by PostgreSQL, read only where somebody looks."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from contact.models import Prospect
from privacy.any_of import Keys, Numbers, keys_of
from privacy.letters.models import Letter
from tests.desk.desk import member
from tests.prospects.people import confirmed

pytestmark = pytest.mark.django_db


def test_numbers_are_found_without_being_read_and_can_be() -> None:
    made = [confirmed(email=f"{name}@example.com").pk for name in ("ada", "zoe", "ana")]

    found = keys_of(Prospect, Prospect.objects.order_by("-pk").values_list("pk", flat=True)[:2])

    assert isinstance(found, Numbers)
    assert "values" not in vars(found)
    assert len(found) == 2
    assert [*found] == made[:0:-1]
    assert {*Prospect.objects.filter(pk__any_of=found).values_list("pk", flat=True)} == {*made[1:]}


@pytest.mark.parametrize(
    "none", [Prospect.objects.none(), Prospect.objects.filter(pk=0), Prospect.objects.filter(pk__in=[])]
)
def test_nothing_found_is_no_key_and_finds_no_row(none: "QuerySet[Prospect]") -> None:
    confirmed()

    found = keys_of(Prospect, none.values_list("pk", flat=True))

    assert not found
    assert [*found] == []
    assert not Prospect.objects.filter(pk__any_of=found).exists()


def test_keys_of_another_kind_are_read() -> None:
    assert isinstance(keys_of(Letter, Letter.objects.values_list("pk", flat=True)), Keys)


def test_a_column_of_text_is_compared_with_numbers_written_out() -> None:
    prospect = confirmed()
    kind = ContentType.objects.get_for_model(Prospect)
    officer = member("DPO")
    for number in (prospect.pk, prospect.pk + 1):
        LogEntry.objects.create(user=officer, content_type=kind, object_id=str(number), action_flag=CHANGE)
    found = keys_of(Prospect, Prospect.objects.values_list("pk", flat=True))

    for keys in (found, [prospect.pk]):
        assert [line.object_id for line in LogEntry.objects.filter(object_id__any_of=keys)] == [str(prospect.pk)]
