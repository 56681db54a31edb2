"""Each check sees its breach planted in the real tables, and sees it repaired."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as site
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.utils import timezone

from contact.models import ContactRequest, Prospect, ThreadEntry
from cookies.catalogue import NECESSARY
from customerlabs.staff.groups import STAFF
from privacy.commitments.checking import look
from privacy.commitments.frame import MOST, Finding, all_commitments
from privacy.commitments.in_time import GRACE
from privacy.commitments.sealed import sealed_tables
from privacy.declarations import KeptGround, PersonalData
from privacy.holds.services import place_on_record
from privacy.models import Consent, Hold, Letter, RetentionRun
from privacy.periods import Period
from privacy.promises import folder_of_tests
from privacy.registry import registry
from privacy.retention.engine import Rule, enforce_retention, rules
from privacy.trackers import Tracker
from tests.letters.writing import submit
from tests.privacy.planting import PLANTED, Canary
from tests.privacy.test_retention import rows_ending
from tests.prospects.people import confirmed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 20, 3, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


def found(name: str, now: datetime | None = None) -> Finding:
    """What the check of this name finds, as the daily run looks."""
    commitment = next(each for each in all_commitments() if each.name == name)
    finding, error = look(commitment, now or timezone.now())
    assert error == ""
    return finding


def verdict(name: str, now: datetime | None = None) -> tuple[bool, int | None]:
    finding = found(name, now)
    return finding.kept, finding.number


KEPT, BROKEN = (True, 0), (False, 1)


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.promise("P8.0", "P8.4")
@pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=rule.label) for rule in rules() if "__" not in rule.retention.clock]
)
def test_a_row_past_its_time_is_found_and_the_purge_repairs_it(rule: Rule) -> None:
    name = f"in-time.{rule.table.label}"
    rows_ending(rule, NOW - GRACE)

    before = verdict(name, NOW - SECOND)
    finding = found(name, NOW)
    enforce_retention(RetentionRun.Trigger.COMMAND, now=NOW)

    assert before == KEPT
    assert (finding.kept, finding.number, list(finding.where)) == (False, 1, [rule.label])
    assert verdict(name, NOW) == KEPT


@pytest.mark.promise("P8.0")
def test_every_table_with_a_period_is_watched() -> None:
    watched = {each.name for each in all_commitments() if each.name.startswith("in-time.")}

    assert watched == {f"in-time.{table.label}" for table in registry.tables() if table.rules}


@pytest.mark.promise("P2.1", "P2.2")
@pytest.mark.parametrize(
    ("breach", "repair", "where"),
    [
        (
            "ALTER TABLE contact_contactrequest ADD COLUMN ip_address text",
            "ALTER TABLE contact_contactrequest DROP COLUMN ip_address",
            "contact_contactrequest.ip_address",
        ),
        (
            "CREATE TABLE spare AS SELECT email FROM contact_contactrequest",
            "DROP TABLE spare",
            "spare.email",
        ),
        (
            "CREATE SCHEMA elsewhere CREATE TABLE contact_contactrequest (email text)",
            "DROP SCHEMA elsewhere CASCADE",
            "elsewhere.contact_contactrequest.email",
        ),
        (
            "CREATE MATERIALIZED VIEW addresses AS SELECT email FROM contact_contactrequest",
            "DROP MATERIALIZED VIEW addresses",
            "addresses.email",
        ),
    ],
)
def test_a_column_or_a_copy_added_by_hand_is_found(breach: str, repair: str, where: str) -> None:
    assert verdict("columns-declared") == KEPT

    sql(breach)
    finding = found("columns-declared")
    sql(repair)

    assert (finding.kept, list(finding.where)) == (False, [where])
    assert verdict("columns-declared") == KEPT


@pytest.mark.promise("P8.0", "P2.2")
def test_a_table_whose_declaration_is_lost_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as lost:
        lost.setattr(
            registry, "_by_model", {each: it for each, it in registry._by_model.items() if each is not Prospect}
        )
        undeclared = found("columns-declared")
        at_fault = found("declarations-complete")

    assert "contact_prospect.email" in undeclared.where
    assert "contact.prospect" in at_fault.where
    assert verdict("columns-declared") == verdict("declarations-complete") == KEPT


anonymised_tables = [table for table in registry.tables() if table.anonymised]
personal_columns = [
    pytest.param(table, column, id=f"{table.label}.{column}") for table in anonymised_tables for column in table.fields
]


@pytest.mark.promise("P8.4")
@pytest.mark.parametrize(("table", "column"), personal_columns)
def test_whatever_is_left_in_an_emptied_row_is_found(table: PersonalData, column: str) -> None:
    row = Canary.new().plant(table)
    rows = table.model._base_manager.filter(pk=row.pk)
    value = rows.values_list(column, flat=True).get() or PLANTED
    linked = table.model._meta.get_field(column).is_relation
    rows.update(**{table.rules[0].clock: NOW - timedelta(days=4000)})
    enforce_retention(RetentionRun.Trigger.COMMAND, now=NOW)
    assert verdict("emptied-rows") == KEPT

    left = getattr(Canary.new().plant(table), column) if linked else value
    rows.update(**{column: left})
    planted = found("emptied-rows")
    emptied = table.fields[column].emptied(table.model._meta.get_field(column))  # type: ignore[arg-type]
    rows.update(**{column: emptied})

    assert (planted.kept, planted.number, list(planted.where)) == (False, 1, [table.label])
    assert verdict("emptied-rows") == KEPT


@pytest.mark.promise("P8.4")
def test_a_part_that_outlives_its_emptied_whole_is_found() -> None:
    request = submit()
    entry = ThreadEntry.objects.create(request=request, kind=ThreadEntry.Kind.NOTE, body="Zoé")
    ContactRequest.objects.filter(pk=request.pk).update(closed_at=NOW - timedelta(days=4000), status="closed")
    enforce_retention(RetentionRun.Trigger.COMMAND, now=NOW)

    entry.save(force_insert=True)
    planted = found("emptied-rows")
    entry.delete()

    assert (planted.kept, list(planted.where)) == (False, ["contact.threadentry"])
    assert verdict("emptied-rows") == KEPT


def purged(ago: timedelta, **changes: Any) -> RetentionRun:
    at = NOW - ago
    fields = {"trigger": "beat", "started_at": at, "seen_at": at, "finished_at": at, "outcome": "done", **changes}
    return RetentionRun.objects.create(**fields)


@pytest.mark.promise("P8.4")
def test_a_purge_that_did_not_run_is_found() -> None:
    purged(GRACE - SECOND)

    assert found("nightly-purge", NOW).kept
    assert not found("nightly-purge", NOW + SECOND).kept
    assert found("nightly-purge", NOW + SECOND).on == NOW - GRACE + SECOND
    purged(timedelta(0))
    assert found("nightly-purge", NOW + SECOND).kept


@pytest.mark.promise("P8.4")
@pytest.mark.parametrize("outcome", ["failed", "interrupted"])
def test_a_purge_that_did_not_end_well_is_found(outcome: str) -> None:
    purged(timedelta(hours=20))
    run = purged(timedelta(hours=2), outcome=outcome)
    run.counts.create(rule="contact.contactrequest", cutoff=NOW, error="DatabaseError")

    finding = found("nightly-purge", NOW)
    purged(timedelta(hours=1))

    assert (finding.kept, list(finding.where)) == (False, ["contact.contactrequest"])
    assert found("nightly-purge", NOW).kept


@pytest.mark.promise("P8.4")
def test_a_dry_run_or_one_under_way_is_no_purge() -> None:
    purged(timedelta(hours=1), dry_run=True)
    purged(timedelta(hours=1), outcome="running", finished_at=None)

    assert not found("nightly-purge", timezone.now() + timedelta(days=3)).kept


@pytest.mark.promise("P8.4")
def test_a_purge_under_way_does_not_hide_the_one_before() -> None:
    purged(timedelta(hours=20))
    purged(timedelta(0), outcome="running", finished_at=None)

    assert found("nightly-purge", NOW).kept


def test_a_site_that_has_not_seen_a_night_yet_owes_no_purge() -> None:
    began = timezone.now()

    assert found("nightly-purge", began + timedelta(hours=20)).kept
    assert not found("nightly-purge", began + timedelta(hours=40)).kept


@pytest.mark.promise("P8.3")
def test_a_cookie_of_fourteen_months_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as longer:
        tracker = Tracker(name="stays", purpose=NECESSARY, what_for="Staying.")
        object.__setattr__(tracker, "life", timedelta(days=427))  # A declaration would refuse it.
        longer.setitem(registry._trackers, "stays", tracker)
        finding = found("cookie-lives")

    assert (finding.kept, list(finding.where)) == (False, ["stays"])
    assert verdict("cookie-lives") == KEPT


EVIDENCE = [pytest.param(model._meta.db_table, id=model._meta.label_lower) for model, _ in sealed_tables()]
SEAL = "pgtrigger_append_only"


@pytest.mark.promise("P7.2")
@pytest.mark.parametrize("table", EVIDENCE)
@pytest.mark.parametrize(
    "breach",
    [
        "ALTER TABLE {table} DISABLE TRIGGER {trigger}",
        "ALTER TABLE {table} ENABLE REPLICA TRIGGER {trigger}",
        "DROP TRIGGER {trigger} ON {table}",
        "CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE OR REPLACE TRIGGER {trigger} BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {trigger}()",
        "CREATE OR REPLACE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW WHEN (1 = 2) "
        "EXECUTE FUNCTION {trigger}()",
    ],
)
def test_evidence_that_could_be_rewritten_is_found(table: str, breach: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(oid), pg_get_functiondef(tgfoid) FROM pg_trigger "
            "WHERE tgrelid = %s::regclass AND tgname LIKE %s",
            [table, f"{SEAL}%"],
        )
        trigger, definition, function = cursor.fetchone()
    assert verdict("evidence-append-only") == KEPT

    sql(breach.format(table=table, trigger=trigger))
    planted = verdict("evidence-append-only")
    sql(function)
    sql(definition.replace("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER"))
    sql(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")

    assert planted == BROKEN
    assert verdict("evidence-append-only") == KEPT


@pytest.mark.promise("P1.1")
@pytest.mark.parametrize(
    ("fact", "value"), [("name", ""), ("address", " "), ("dpo_email", ""), ("dpo_email", "privacy at customer-labs")]
)
def test_a_missing_fact_of_the_controller_is_found(settings: Any, fact: str, value: str) -> None:
    whole = site.CONTROLLER

    settings.CONTROLLER = type(whole)(**{**vars(whole), fact: value})
    finding = found("controller-facts")
    settings.CONTROLLER = whole

    assert (finding.kept, list(finding.where)) == (False, [f"controller.{fact}"])
    assert verdict("controller-facts") == KEPT


@pytest.mark.promise("P1.1")
def test_a_published_site_without_a_host_in_its_legal_notice_is_found(settings: Any) -> None:
    for name in ("PUBLISHER_PHONE", "PUBLICATION_DIRECTOR", "HOST_NAME", "HOST_ADDRESS", "HOST_PHONE"):
        setattr(settings, name, "something")
    settings.HTTPS = True
    assert verdict("legal-notice") == KEPT

    settings.HOST_NAME = ""

    assert list(found("legal-notice").where) == ["HOST_NAME"]
    settings.HTTPS = False
    assert verdict("legal-notice") == KEPT


@pytest.mark.promise("P7.1")
def test_a_role_that_was_given_more_is_found() -> None:
    group = Group.objects.get(name=STAFF)
    more = Permission.objects.get(codename="view_consentevent")
    assert verdict("roles") == KEPT

    group.permissions.add(more)
    finding = found("roles")
    group.permissions.remove(more)

    assert (finding.kept, list(finding.where)) == (False, [f"{STAFF}: view_consentevent"])
    assert verdict("roles") == KEPT


HOUR = timedelta(hours=1)


@pytest.mark.promise("P7.3")
def test_a_letter_that_nobody_takes_is_found() -> None:
    submit()
    waiting = Letter.objects.filter(kind="contact.acknowledgement")
    Letter.objects.exclude(pk__in=waiting).delete()
    due = waiting.get().due_at

    assert verdict("letters-leave", due + HOUR - SECOND) == KEPT
    assert verdict("letters-leave", due + HOUR) == BROKEN
    waiting.update(due_at=due + HOUR)
    assert verdict("letters-leave", due + HOUR) == KEPT


@pytest.mark.promise("P7.3")
def test_a_letter_that_a_sick_server_puts_off_again_and_again_is_found() -> None:
    submit()
    waiting = Letter.objects.filter(kind="contact.acknowledgement")
    Letter.objects.exclude(pk__in=waiting).delete()
    day = waiting.get().created_at + timedelta(days=1)
    waiting.update(due_at=day + HOUR, attempts=3)

    assert verdict("letters-leave", day - SECOND) == KEPT
    assert verdict("letters-leave", day) == BROKEN
    waiting.update(is_bulk=True)
    assert verdict("letters-leave", day + timedelta(days=2)) == KEPT


@pytest.mark.promise("P7.3")
def test_a_letter_given_up_is_found_and_a_refused_one_is_not() -> None:
    submit()
    letters = Letter.objects.all()
    letters.update(state=Letter.State.FAILED, attempts=1, finished_at=timezone.now())
    assert verdict("letters-given-up") == KEPT

    Letter.objects.filter(kind="contact.acknowledgement").update(attempts=Letter.MOST_ATTEMPTS)

    assert verdict("letters-given-up") == BROKEN
    letters.update(state=Letter.State.SENT)
    assert verdict("letters-given-up") == KEPT


@pytest.mark.promise("P3.1")
def test_a_request_without_its_consent_is_found() -> None:
    request = submit()
    consent = request.consent
    assert verdict("requests-with-consent") == KEPT

    ContactRequest.objects.update(consent=None)

    assert verdict("requests-with-consent") == BROKEN
    ContactRequest.objects.update(consent=consent)
    assert verdict("requests-with-consent") == KEPT


@pytest.mark.promise("P3.3")
def test_a_request_with_the_consent_of_another_kind_is_found() -> None:
    submit()
    assert verdict("requests-with-consent") == KEPT

    ContactRequest.objects.update(kind="complaint")

    assert verdict("requests-with-consent") == BROKEN
    ContactRequest.objects.update(kind="contact")
    assert verdict("requests-with-consent") == KEPT


@pytest.mark.promise("P5.6")
def test_what_rests_on_a_withdrawn_consent_is_found_unless_a_hold_keeps_it() -> None:
    request = submit()
    Consent.objects.update(ended_at=NOW - GRACE)
    name = "in-time.contact.contactrequest"
    table = registry.declared(ContactRequest)
    assert isinstance(table, PersonalData)

    finding = found(name, NOW)
    hold = place_on_record(Hold(ground=KeptGround.CLAIMS, reason="A claim.", review_on=NOW), table, request.pk)

    assert (finding.number, list(finding.where)) == (1, [f"{table.label}.consent__ended_at"])
    assert verdict(name, NOW) == KEPT
    Hold.objects.filter(pk=hold.pk).update(lifted_at=NOW)
    assert verdict(name, NOW) == BROKEN
    enforce_retention(RetentionRun.Trigger.COMMAND, now=NOW)
    assert verdict(name, NOW) == KEPT


@pytest.mark.promise("P3.2", "P5.6")
def test_somebody_on_the_list_without_proof_is_found() -> None:
    prospect = confirmed()
    assert verdict("news-with-proof") == KEPT

    Consent.objects.update(ended_at=NOW)

    assert verdict("news-with-proof") == BROKEN
    prospect.delete()
    assert verdict("news-with-proof") == KEPT


@pytest.mark.promise("P8.1")
def test_a_request_left_open_for_too_long_is_found(settings: Any) -> None:
    settings.CONTACT_INACTIVITY = Period(days=365)
    request = submit()
    limit = settings.CONTACT_INACTIVITY.after(request.last_activity_at) + GRACE

    assert verdict("requests-closed", limit - SECOND) == KEPT
    assert verdict("requests-closed", limit + SECOND) == BROKEN
    ContactRequest.objects.update(status="closed", closed_at=limit)
    assert verdict("requests-closed", limit + SECOND) == KEPT


@pytest.mark.promise("P8.1")
@pytest.mark.parametrize(("status", "clock"), [("closed", "closed_at"), ("spam", "spam_at"), ("held", "held_until")])
def test_a_request_that_ended_without_its_date_is_found(status: str, clock: str) -> None:
    submit()
    assert verdict("requests-with-clock") == KEPT

    ContactRequest.objects.update(status=status)

    assert verdict("requests-with-clock") == BROKEN
    ContactRequest.objects.update(**{clock: NOW})
    assert verdict("requests-with-clock") == KEPT


@pytest.mark.promise("P8.2")
def test_somebody_on_the_list_without_a_date_is_found() -> None:
    prospect = confirmed()
    assert verdict("news-with-clock") == KEPT

    Prospect.objects.update(last_contact_at=None)

    assert verdict("news-with-clock") == BROKEN
    Prospect.objects.update(last_contact_at=prospect.last_contact_at)
    assert verdict("news-with-clock") == KEPT


def test_counting_stops_where_it_has_said_enough() -> None:
    Letter.objects.bulk_create(
        Letter(kind="x", record_id=1, subject_key="", created_at=NOW, due_at=NOW) for _ in range(MOST + 5)
    )

    assert verdict("letters-leave", NOW + HOUR) == (False, MOST)


def test_every_commitment_has_its_breach_somewhere_in_the_tests() -> None:
    """A check that nobody has seen red watches nothing."""
    sources = "".join(path.read_text(encoding="utf-8") for path in folder_of_tests().rglob("test_*.py"))

    unseen = [each.name for each in all_commitments() if f'"{each.name}"' not in sources]

    assert [name for name in unseen if not name.startswith("in-time.")] == []
