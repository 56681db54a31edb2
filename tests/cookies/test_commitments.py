"""Each check of the app sees its breach planted, and sees it gone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from cookies.models import ChoiceEvent, StoppedCookie
from privacy.append_only import rows_may_go
from tests.commitments.test_breaches import BROKEN, KEPT, found, verdict
from tests.cookies.visitors import choose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_audience")]


@pytest.mark.promise("P11.6", "P8.3")
def test_a_cookie_stopped_today_or_yesterday_is_found() -> None:
    today = timezone.localdate()
    assert verdict("cookies-stopped") == KEPT

    for days, count in ((0, 2), (1, 3), (2, 50)):
        StoppedCookie.objects.create(day=today - timedelta(days=days), reason="undeclared", count=count)

    assert verdict("cookies-stopped") == (False, 5)
    assert list(found("cookies-stopped").where) == ["cookies.undeclared"]
    assert verdict("cookies-stopped", timezone.now() + timedelta(days=2)) == KEPT


@pytest.mark.promise("P8.3")
def test_an_agreement_of_fourteen_months_is_found(visitor: Client) -> None:
    choose(visitor, "all")
    assert verdict("choices-in-time") == KEPT

    with rows_may_go():
        ChoiceEvent.objects.update(ends_at=timezone.now() + timedelta(days=427))

    assert verdict("choices-in-time") == BROKEN


@pytest.mark.promise("P11.9")
def test_an_agreement_that_outlives_its_withdrawal_is_found(visitor: Client) -> None:
    choose(visitor, "all")
    choose(visitor, "none")
    assert verdict("withdrawals-end-agreements") == KEPT

    with rows_may_go():
        ChoiceEvent.objects.filter(kind="accepted").update(ends_at=timezone.now() + timedelta(days=100))

    assert verdict("withdrawals-end-agreements") == BROKEN
