"""The officer reads every rule and what it will take, asks for a run, and sees how far it is and what it left."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from contact.models import ContactRequest
from privacy.declarations import PersonalData
from privacy.holds.models import Hold
from privacy.holds.services import place_on_record
from privacy.models import RetentionCount, RetentionRun
from privacy.registry import registry
from privacy.restrictions.models import Restriction
from privacy.restrictions.services import Scope, place
from privacy.retention.asking import ask_for_run, run_asked
from privacy.retention.engine import enforce_retention, rules
from privacy.retention.overview import rules_in_words, without_rule
from tests.desk.desk import member, request, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P8.0")]

RULES = "/admin/privacy/retentionrun/rules/"
ASK = "/admin/privacy/retentionrun/ask/"
REQUESTS = "contact.contactrequest"


def closed(days: float, email: str = "zoe@example.com") -> int:
    at = timezone.now() - timedelta(days=days)
    return request(status="closed", closed_at=at, email=email).pk


def test_every_rule_is_told_in_words_with_what_it_takes_now_tomorrow_and_in_a_month() -> None:
    for days in (31, 29.5, 10, -5):
        closed(days, f"{days}@example.com")

    told = {rule.label: rule for rule in rules_in_words(timezone.now())}

    assert set(told) == {rule.label for rule in rules()}
    requests = told[REQUESTS]
    assert (requests.now.text, requests.tomorrow.text, requests.in_a_month.text) == ("1", "2", "3")
    assert requests.setting == "CONTACT_RETENTION"


def test_counting_stops_where_nobody_decides_by_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.retention.overview.MOST", 2)
    for number in range(4):
        closed(40, f"{number}@example.com")

    told = {rule.label: rule for rule in rules_in_words(timezone.now())}

    assert told[REQUESTS].now.text in ("more than 2", "plus de 2")


def test_every_table_of_people_has_its_rule_or_says_what_takes_it_along() -> None:
    with_rule = {rule.table.label for rule in rules()}
    others = [table for table in registry.tables() if table.label not in with_rule]

    assert len(without_rule()) == len(others)
    assert {"sessions.session", "admin.logentry", "customerlabs.staffmember", "privacy.letter"} <= with_rule
    assert all(isinstance(table, PersonalData) and table.retention for table in others)


def test_a_run_says_what_it_left_and_why() -> None:
    held, restricted, goes = (closed(40, f"{name}@example.com") for name in ("held", "restricted", "goes"))
    table = registry.table(ContactRequest)
    today = timezone.localdate()
    place_on_record(Hold(ground="17(3)(e)", reason="Case 12.", review_on=today), table, held)
    place(Restriction(ground="18(1)(b)", reason="x", review_on=today), Scope(table=table, record=str(restricted)))

    dry = enforce_retention(RetentionRun.Trigger.COMMAND, dry_run=True).counts.get(rule=REQUESTS)
    done = enforce_retention(RetentionRun.Trigger.COMMAND).counts.get(rule=REQUESTS)

    assert (dry.due, dry.rows, dry.held, dry.restricted) == (3, 1, 1, 1)
    assert (done.due, done.rows, done.held, done.restricted, done.in_use) == (3, 1, 1, 1, 0)
    assert ContactRequest.objects.get(pk=goes).is_anonymised


def test_the_command_says_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    held = closed(40)
    table = registry.table(ContactRequest)
    place_on_record(Hold(ground="17(3)(e)", reason="x", review_on=timezone.localdate()), table, held)

    call_command("enforce_retention")

    assert "held back: contact.contactrequest 1 held" in capsys.readouterr().out


def test_what_is_asked_twice_is_one_run_and_a_worker_does_it_once() -> None:
    pk = closed(40)

    first, second = ask_for_run(dry_run=False), ask_for_run(dry_run=False)
    done = (run_asked(), run_asked())

    assert first.pk == second.pk
    assert done == (1, 0)
    run = RetentionRun.objects.get()
    assert (run.outcome, run.trigger) == ("done", "admin")
    assert ContactRequest.objects.get(pk=pk).is_anonymised


def test_the_officer_asks_and_follows_and_a_colleague_may_not() -> None:
    dpo, staff = signed_in(member("DPO")), signed_in(member("Staff", "bo@example.com"))

    asked = dpo.post(ASK, {"do": "count"})

    run = RetentionRun.objects.get()
    assert asked["Location"] == f"/admin/privacy/retentionrun/{run.pk}/change/?follow=1"
    assert (run.dry_run, run.outcome) == (True, "asked")
    assert dpo.get(asked["Location"])["Refresh"] == "5"
    assert "Refresh" not in dpo.get(f"/admin/privacy/retentionrun/{run.pk}/change/")
    assert (staff.get(RULES).status_code, staff.post(ASK).status_code, dpo.get(ASK).status_code) == (403, 403, 405)


def test_a_run_that_goes_on_shows_how_far_it_is() -> None:
    now = timezone.now()
    run = RetentionRun.objects.create(trigger="admin", outcome="running", started_at=now, seen_at=now)
    RetentionCount.objects.create(run=run, rule=REQUESTS, cutoff=now, due=43_210, rows=17_000)

    page = signed_in(member("DPO")).get(f"/admin/privacy/retentionrun/{run.pk}/change/").content.decode()

    assert "17,000 rows of the 43,210 found due so far" in page
    assert "Retention: the rules" in signed_in(member("DPO", "c@example.com")).get(RULES).content.decode()
