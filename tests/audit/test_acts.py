"""What was done about people's data, and not only read: in the trail, with who or which job did it (P7.2)."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from privacy.audit.models import AuditEntry
from privacy.letters.queue import deliver_due
from privacy.restrictions.services import announce_lifting, lift
from tests.consents.people import wrote
from tests.desk.desk import member, signed_in
from tests.restrictions.test_stored_and_nothing_else import restrict

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.2")]


def acts(table: str) -> list[tuple[str, int | None, str]]:
    """What was done to records of this table: the act, by whom, the columns or the step."""
    return list(AuditEntry.objects.filter(table=table).order_by("pk").values_list("action", "by", "details"))


def test_a_purge_is_one_line_whatever_it_took_and_a_dry_run_none() -> None:
    wrote()

    call_command("enforce_retention", dry_run=True, verbosity=0)
    before = acts("privacy.retentionrun")
    call_command("enforce_retention", verbosity=0)

    assert (before, acts("privacy.retentionrun")) == ([], [("ran", None, "")])


def test_whoever_asks_for_a_run_in_the_admin_is_in_the_trail_with_the_web_request() -> None:
    officer = member("DPO")

    signed_in(officer).post("/admin/privacy/retentionrun/ask/", {"do": "purge"})

    entry = AuditEntry.objects.get(table="privacy.retentionrun")
    assert (entry.action, entry.by, bool(entry.request_id)) == ("added", officer.pk, True)


@pytest.mark.promise("P5.4")
def test_a_restriction_is_placed_announced_and_lifted_in_three_lines() -> None:
    officer = member("DPO")
    wrote()
    restriction = restrict()
    tomorrow = timezone.localdate() + timedelta(days=1)

    announce_lifting(restriction.pk, by=officer.pk, because="It was right.", on=tomorrow)
    deliver_due()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        lift(restriction.pk, by=officer.pk)

    done = [("placed", None, ""), ("changed", officer.pk, "lift_on"), ("lifted", officer.pk, "")]
    assert acts("privacy.restriction") == done
