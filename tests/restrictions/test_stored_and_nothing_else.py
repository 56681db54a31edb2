"""Restricted data is stored and nothing else: in no list, in no mail, changed by nobody, taken by no purge (P5.4)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from contact import services
from contact.desk.upkeep import close_inactive_requests
from contact.letters import acknowledge, send_answer, tell_team
from contact.models import ContactRequest, Prospect, ThreadEntry
from contact.prospects.export import export_prospects
from contact.services import RequestRestricted, add_note, answer_contact_request, close_contact_request
from customerlabs.models import StaffMember
from privacy.consents.withdrawal import Way, given_by, withdraw
from privacy.erasure import erase_person
from privacy.models import Consent, RetentionRun
from privacy.registry import registry
from privacy.restrictions.keeping import is_restricted, usable_of_one
from privacy.restrictions.models import Ground, Restriction, RestrictionUse
from privacy.restrictions.services import Scope, at_their_wish, place
from privacy.retention.engine import enforce_retention
from privacy.rights.fulfilment.contents import held_about
from tests.consents.people import ZOE, wrote
from tests.desk.desk import INBOX, listed, member, page_of, press, signed_in
from tests.prospects.people import confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.4")]
LATER = timezone.now() + timedelta(days=36_000)


def restrict(address: str = ZOE, *, ground: Ground = Ground.ACCURACY, **scope: Any) -> Restriction:
    restriction = Restriction(ground=ground, reason="The date is contested.", review_on=timezone.localdate())
    return place(restriction, Scope(address=address, **scope))


def purge(at: Any = LATER) -> None:
    assert enforce_retention(RetentionRun.Trigger.COMMAND, now=at).outcome == RetentionRun.Outcome.DONE


WRITES: dict[str, Callable[[int], object]] = {
    "answer": lambda pk: answer_contact_request(pk, author_id=None, body="x"),
    "reply": lambda pk: services.record_reply(pk, author_id=None, body="x"),
    "note": lambda pk: add_note(pk, author_id=None, body="x"),
    "assign": lambda pk: services.assign(pk, assignee_id=None, by=None),
    "close": lambda pk: close_contact_request(pk, by=None),
    "spam": lambda pk: services.mark_as_spam(pk, by=None),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_every_service_refuses_a_restricted_request(write: Callable[[int], object]) -> None:
    request = wrote()
    restrict()

    with pytest.raises(RequestRestricted):
        write(request.pk)

    request.refresh_from_db()
    assert (request.status, request.read_at, ThreadEntry.objects.count()) == ("new", None, 0)


def test_what_is_done_to_many_leaves_out_the_restricted() -> None:
    mine, other = wrote(), wrote("other@example.com")
    ContactRequest.objects.update(last_activity_at=timezone.now() - timedelta(days=4000))
    restrict()

    assert services.close_contact_requests([mine.pk, other.pk], by=None) == 1
    assert close_inactive_requests() == 0
    services.mark_read(mine.pk, by=None)

    mine.refresh_from_db()
    assert (mine.status, mine.read_at) == ("new", None)


def test_the_officer_sees_in_words_which_prospects_are_restricted() -> None:
    confirmed()
    dpo = signed_in(member("DPO"))
    before = dpo.get("/admin/contact/prospect/").content.decode()
    restrict(purpose="news")

    assert "stored and nothing else" not in before
    assert "stored and nothing else" in dpo.get("/admin/contact/prospect/").content.decode()


@pytest.mark.promise("P3.2", "P8.2")
def test_who_is_restricted_gets_no_news_and_stands_in_no_export() -> None:
    confirmed()
    confirmed("other@example.com")
    restrict(purpose="news")

    assert list(Prospect.objects.confirmed().values_list("email", flat=True)) == ["other@example.com"]
    file = "".join(export_prospects(by=member("DPO"), reason="x", language="en"))
    assert ZOE not in file
    assert "other@example.com" in file


def test_the_database_refuses_what_code_forgot_to_ask() -> None:
    request, prospect = wrote(), confirmed()
    note = add_note(request.pk, author_id=None, body="x")
    restrict()

    for rows, changes in (
        (ContactRequest.objects.filter(pk=request.pk), {"message": "Rewritten"}),
        (ThreadEntry.objects.filter(pk=note.pk), {"body": "Rewritten"}),
        (Prospect.objects.filter(pk=prospect.pk), {"last_name": "Rewritten"}),
    ):
        with pytest.raises(DatabaseError, match="restricted"), transaction.atomic():
            rows.update(**changes)
        with pytest.raises(DatabaseError, match="restricted"), transaction.atomic():
            rows._raw_delete(rows.db)
    with pytest.raises(DatabaseError, match="restricted"), transaction.atomic():
        ThreadEntry.objects.create(request=request, kind="note", body="x")


def test_a_colleague_who_leaves_takes_their_name_off_a_restricted_request() -> None:
    request = wrote()
    colleague = member("Staff")
    services.assign(request.pk, assignee_id=colleague.pk, by=None)
    add_note(request.pk, author_id=colleague.pk, body="x")
    restrict()
    StaffMember.objects.filter(pk=colleague.pk).update(is_active=False, left_at="2020-01-01T00:00Z")

    purge(timezone.now())

    assert not StaffMember.objects.filter(pk=colleague.pk).exists()
    request.refresh_from_db()
    assert request.email == ZOE


SCOPES: list[dict[str, Any]] = [
    {},
    {"purpose": "contact"},
    {"purpose": "news"},
    {"activity": "contact"},
    {"activity": "news"},
]


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_the_trigger_and_the_lists_agree_on_what_is_restricted(scope: dict[str, Any]) -> None:
    wrote()
    wrote(kind=ContactRequest.Kind.QUESTION)
    confirmed()
    wrote("other@example.com")
    confirmed("other@example.com")
    restrict(**scope)
    wrote(message="Written afterwards, on a new consent.")

    for model in (ContactRequest, Prospect):
        table = registry.table(model)
        asked = set(model._base_manager.filter(is_restricted(table)).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM {model._meta.db_table} "  # noqa: S608
                "WHERE privacy_is_restricted(%s, id::text, subject_key, consent_id)",
                [table.label],
            )
            assert asked == {pk for (pk,) in cursor.fetchall()}
        usable_rows = set(usable_of_one(table, model._base_manager.all()).values_list("pk", flat=True))
        assert usable_rows == set(model._base_manager.values_list("pk", flat=True)) - asked
    restricted = ContactRequest.objects.exclude(pk__in=ContactRequest.objects.usable())
    expected = {"purpose:contact": 1, "activity:contact": 2, "": 2}
    name = ":".join(next(iter(scope.items()), ("",)))
    assert restricted.count() == expected.get(name, 0)
    assert not restricted.filter(email="other@example.com").exists()


def test_one_record_is_restricted_with_its_parts_and_no_other() -> None:
    mine, other = wrote(), wrote()
    note = add_note(mine.pk, author_id=None, body="x")
    restrict("", table=registry.table(ContactRequest), record=str(mine.pk))

    assert list(ContactRequest.objects.usable()) == [other]
    with pytest.raises(DatabaseError, match="restricted"), transaction.atomic():
        ThreadEntry.objects.filter(pk=note.pk).update(body="Rewritten")


@pytest.mark.promise("P8.0")
def test_the_purge_takes_nothing_of_a_restricted_person() -> None:
    request, prospect = wrote(), confirmed()
    close_contact_request(request.pk, by=None)
    restrict()

    purge()

    request.refresh_from_db()
    prospect.refresh_from_db()
    assert (request.email, prospect.email) == (ZOE, ZOE)


@pytest.mark.parametrize("ground", [Ground.ACCURACY, Ground.OBJECTION])
def test_what_waits_for_a_check_goes_when_its_person_wants_it_gone(ground: Ground) -> None:
    wrote()
    restrict(ground=ground)

    erase_person(ZOE)

    assert not ContactRequest.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P5.6")
@pytest.mark.parametrize("ground", [Ground.UNLAWFUL, Ground.CLAIMS])
def test_what_its_person_asked_to_keep_outlives_a_withdrawal_and_an_erasure(ground: Ground) -> None:
    wrote()
    restrict(ground=ground)

    [done] = withdraw(given_by(ZOE), way=Way.FORM, language="fr")
    erase_person(ZOE)
    purge(timezone.now())

    assert ContactRequest.objects.get().email == ZOE
    assert (done.erased, len(done.restrictions)) == (False, 1)
    assert not Consent.objects.live().exists()


def test_what_is_restricted_is_still_in_its_persons_own_access() -> None:
    wrote()
    restrict()

    [held] = [held for held in held_about(ZOE) if held.table.model is ContactRequest]

    assert [values["email"] for values in held.values()] == [ZOE]


def test_no_letter_leaves_about_a_restricted_request() -> None:
    request = wrote()
    answer = answer_contact_request(request.pk, author_id=None, body="x")
    restrict()
    request.refresh_from_db()

    assert [acknowledge(request), tell_team(request), send_answer(answer)] == [None, None, None]


def test_what_its_person_wants_done_is_done_and_recorded() -> None:
    request = wrote()
    restriction = restrict()

    with transaction.atomic(), at_their_wish(ZOE, "Corrected, as they asked."):
        ContactRequest.objects.filter(pk=request.pk).update(last_name="Le Fèvre")

    use = RestrictionUse.objects.get()
    assert (use.restriction, use.ground) == (restriction, "consent")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RestrictionUse.objects.update(because="Rewritten")
    with pytest.raises(DatabaseError, match="restricted"), transaction.atomic():
        ContactRequest.objects.filter(pk=request.pk).update(last_name="Lefèvre")


def test_the_inbox_shows_it_to_the_officer_alone_and_says_so_in_words() -> None:
    request = wrote()
    staff, dpo = signed_in(member("Staff")), signed_in(member("DPO", "dpo@example.com"))
    restrict()

    assert listed(staff.get(f"{INBOX}?view=all")) == []
    assert listed(dpo.get(f"{INBOX}?view=all")) == []
    assert listed(staff.get(f"{INBOX}?view=restricted")) == []
    assert listed(dpo.get(f"{INBOX}?view=restricted")) == [request.pk]
    assert "stored and nothing else" in dpo.get(f"{INBOX}?view=restricted").content.decode()
    page = dpo.get(page_of(request)).content.decode()
    assert "it is stored and nothing else" in page
    assert 'name="do"' not in page
    told = staff.get(page_of(request), follow=True).content.decode()
    assert "it is stored and nothing else" in told
    assert press(dpo, request, "answer", answer="x").status_code == 409
    assert ThreadEntry.objects.count() == 0
