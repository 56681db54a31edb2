"""Two officers write about one breach at the same moment."""

from typing import Any

import pytest
from django.utils import timezone

from privacy.breaches import admin
from privacy.breaches.models import Breach, BreachStatement
from privacy.breaches.services import add
from tests.breaches.test_the_register import HOUR, LIST, NOT_TOLD, breach, say
from tests.desk.desk import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]


def test_what_another_statement_has_made_wrong_meanwhile_is_said_beside_its_box(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = breach(HOUR, tell="yes", tell_because="Passwords left the company.")

    def a_moment_later(*arguments: Any, **more: Any) -> Breach:
        say(known, **NOT_TOLD)
        return add(*arguments, **more)

    monkeypatch.setattr(admin, "add", a_moment_later)
    told = {"told_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")}

    answer = signed_in(member("DPO")).post(f"{LIST}{known.pk}/change/", told)

    assert answer.status_code == 422
    assert "the decision to do so belongs here" in answer.content.decode()
    assert not BreachStatement.objects.filter(told_at__isnull=False).exists()
