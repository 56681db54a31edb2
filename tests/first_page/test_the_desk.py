"""The first page of the admin: each sees what is theirs to do, and each number leads to the list behind it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from cookies.models import RefusalCount
from customerlabs.models import StaffMember
from privacy.breaches.models import Breach
from privacy.commitments.checking import check_commitments
from privacy.consents.models import Consent, ConsentEvent, Wording
from privacy.holds.models import Hold
from privacy.processors import read_processors
from privacy.restrictions.models import Restriction
from privacy.retention.models import RetentionRun
from privacy.rights.kinds import Right, State
from privacy.rights.models import RightsRequest
from tests.desk.desk import Status, member, request, signed_in
from tests.papers.people import with_papers
from tests.rights.people import entered

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.1", "P7.5")]
PAGE = "/admin/"
LINE = re.compile(r'<li( class="loud")?><a href="([^"]+)">([^<]+)</a> <span class="told">([^<]*)</span></li>')
MONDAY = "2026-11-23T10:00:00+01:00"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def lines(client: Client) -> dict[str, tuple[str, bool, str]]:
    """What each line says, whether it is loud, and where it leads."""
    page = client.get(PAGE).content.decode()
    return {label: (told, bool(loud), address) for loud, address, label, told in LINE.findall(page)}


def told(client: Client, label: str) -> tuple[str, bool]:
    said, loud, _ = lines(client)[label]
    return said, loud


@pytest.fixture
def officer() -> Client:
    return signed_in(member("DPO", email="dpo@example.com"))


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)


def held(review_on: date) -> Hold:
    return Hold.objects.create(ground="17(3)(e)", reason="Case 12.", review_on=review_on)


def test_the_next_three_steps_are_the_nearest_dates_of_all_rooms(officer: Client, settings: Settings) -> None:
    boss = member("DPO", email="boss@example.com")
    late = entered(boss.pk, Right.ACCESS, received_at=days_ago(40))
    soon = entered(boss.pk, Right.ERASURE, received_at=days_ago(28))
    entered(boss.pk, Right.ACCESS)
    paused = entered(boss.pk, Right.RECTIFICATION, received_at=days_ago(90))
    RightsRequest.objects.filter(pk=paused.pk).update(state=State.DOUBT, paused_at=timezone.now())
    hold = held(in_days(3))
    settings.PROCESSORS = ()

    page = officer.get(PAGE).content.decode()

    steps = page[page.index("next-steps") : page.index('class="panels"')]
    assert re.findall(r'href="([^"]+)"', steps) == [
        f"/admin/privacy/rightsrequest/{late.pk}/change/",
        f"/admin/privacy/rightsrequest/{soon.pk}/change/",
        f"/admin/privacy/hold/{hold.pk}/change/",
    ]
    assert "days late" in steps
    assert f"access, {late.reference}" in steps
    assert "3 days left" in steps


def test_a_breach_comes_first_while_its_72_hours_run(officer: Client) -> None:
    entered(member("DPO", email="boss@example.com").pk, received_at=days_ago(29))
    breach = Breach.objects.create(aware_at=days_ago(1))
    Breach.objects.create(aware_at=days_ago(9), notified_at=days_ago(8), answer_by=in_days(5))
    Breach.objects.create(aware_at=days_ago(90), notified_at=days_ago(89), closed_at=days_ago(1))

    page = officer.get(PAGE).content.decode()

    steps = page[page.index("next-steps") : page.index('class="panels"')]
    assert f"notify the CNIL of the breach {breach.pk}, or decide not to" in steps
    assert "48 hours left" in steps
    assert "answer the CNIL about the breach" in steps
    assert told(officer, "Neither notified nor decided") == ("1", True)
    assert told(officer, "Not closed") == ("2", False)


def test_an_answer_that_the_cnil_awaits_is_a_step_even_after_the_breach_was_closed(officer: Client) -> None:
    Breach.objects.create(aware_at=days_ago(90), notified_at=days_ago(89), closed_at=days_ago(1), answer_by=in_days(6))

    page = officer.get(PAGE).content.decode()

    steps = page[page.index("next-steps") : page.index('class="panels"')]
    assert "answer the CNIL about the breach" in steps
    assert told(officer, "Not closed") == ("0", False)


def test_what_waits_for_the_officer_is_counted_and_loud(officer: Client, settings: Settings) -> None:
    boss = member("DPO", email="boss@example.com")
    entered(boss.pk, received_at=days_ago(40))
    with_papers()
    held(in_days(-1))
    held(in_days(30))
    for review_on, placed_at in ((in_days(0), timezone.now()), (in_days(-5), None)):
        Restriction.objects.create(ground="18(1)(a)", reason="Contested.", review_on=review_on, placed_at=placed_at)
    settings.PROCESSORS = read_processors(
        '[[processor]]\nname = "Exemple"\nwhat_for = {fr = "a", en = "a"}\ncountry = "FR"\n'
        "contract = 2026-01-01\nreview = 2026-11-23\n"
    )

    said = {label: (each, loud) for label, (each, loud, _) in lines(officer).items()}

    assert said["Legal date is past"] == ("1", True)
    assert said["To be handled"] == ("2", False)
    assert said["Address not proved yet"] == ("0", False)
    assert said["Identity papers waiting"] == ("2", True)
    assert said["Holds to review"] == ("1", True)
    assert said["Holds in force"] == ("2", False)
    assert said["Restrictions to review"] == ("1", True)
    assert said["Restrictions in force"] == ("1", False)
    assert said["Processors’ contracts to review"] == ("1", True)


def test_consents_given_and_withdrawn_lately(officer: Client) -> None:
    words = Wording.of("words")
    for given, ended, withdrawn in ((1, None, False), (29, 2, True), (31, 2, True), (31, 31, True), (1, 1, False)):
        consent = Consent.objects.create(
            subject_key="k",
            purpose="contact",
            given_at=days_ago(given),
            ended_at=None if ended is None else days_ago(ended),
        )
        if withdrawn and consent.ended_at:
            ConsentEvent.objects.create(consent=consent, kind="withdrawn", wording=words, form="x", at=consent.ended_at)

    assert told(officer, "Given") == ("3", False)
    assert told(officer, "Withdrawn") == ("2", False)


def test_the_last_purge_what_is_due_and_the_next(officer: Client) -> None:
    nothing_yet = told(officer, "Last purge")
    request(status=Status.CLOSED, closed_at=days_ago(31))
    due = told(officer, "Come to their end since")
    RetentionRun.objects.create(
        trigger="beat", started_at=days_ago(0), seen_at=days_ago(0), finished_at=days_ago(0), outcome="failed"
    ).counts.create(rule="contact.ContactRequest", cutoff=timezone.now(), rows=1200, held=2, restricted=1)

    last = told(officer, "Last purge")

    assert nothing_yet == ("There was none yet.", False)
    assert due == ("1", False)
    assert "– taken: 1,200, held back: 3 – some rules failed" in last[0]
    assert last[1] is True
    assert told(officer, "Next purge")[0]


def test_a_commitment_is_red_with_the_day_since_when(officer: Client) -> None:
    check_commitments()
    with time_machine.travel("2026-11-24T10:00:00+01:00", tick=False):
        entered(member("DPO", email="boss@example.com").pk, received_at=days_ago(40))
        check_commitments()
        page = lines(signed_in(StaffMember.objects.get(email="dpo@example.com")))

    said, loud, address = page["Everybody who uses a right is answered by the date the law sets."]
    assert said == "Not kept since Nov. 24, 2026 – 1 answer overdue"
    assert loud
    assert address.startswith("/admin/privacy/watchedcommitment/")
    assert int(page["Commitments kept"][0]) > 50


def test_contact_staff_find_their_inbox_and_nothing_of_the_officer_s() -> None:
    ana = member("Staff")
    request(age=timedelta(days=8))
    request(assignee=ana, status=Status.ANSWERED)
    request(read_at=timezone.now(), assignee=ana)
    entered(member("DPO", email="dpo@example.com").pk, received_at=days_ago(40))

    client = signed_in(ana)
    page = client.get(PAGE).content.decode()

    assert {label: (said, loud) for label, (said, loud, _) in lines(client).items()} == {
        "Overdue": ("1", True),
        "Waiting for an answer": ("2", False),
        "Unread": ("1", False),
        "Waiting and given to nobody": ("1", False),
        "Mine": ("2", False),
        "Answered and left open": ("0", False),
        "With a letter that was not delivered": ("0", False),
    }
    assert "Next steps" not in page
    assert "<figure" not in page
    assert "/admin/report/" not in page


def test_who_may_see_one_thing_sees_that_one() -> None:
    who = member("")
    who.user_permissions.add(Permission.objects.get(codename="view_hold"))

    assert set(lines(signed_in(who))) == {"Holds to review", "Holds in force"}


def test_who_may_see_nothing_is_told_so() -> None:
    page = signed_in(member("")).get(PAGE).content.decode()

    assert "Nothing here is for you yet" in page
    assert not LINE.findall(page)


def test_a_superuser_sees_every_panel() -> None:
    root = member("", email="root@example.com", is_superuser=True)

    assert set(lines(signed_in(root))) == set(lines(signed_in(member("DPO", email="dpo@example.com"))))


def test_an_empty_desk_says_so_in_words_and_in_french() -> None:
    page = signed_in(member("DPO"), "fr").get(PAGE).content.decode()

    assert "Rien n’a de date à tenir." in page
    assert "Personne n’a exercé de droit ces douze derniers mois." in page
    assert '<svg viewBox="-44' not in page


def test_each_number_leads_to_the_list_behind_it(officer: Client) -> None:
    """Every line with a number: the list it leads to holds so many."""
    boss = member("DPO", email="boss@example.com")
    entered(boss.pk, received_at=days_ago(40))
    granted = entered(boss.pk, Right.QUESTION)
    RightsRequest.objects.filter(pk=granted.pk).update(state=State.DOUBT, paused_at=timezone.now())
    with_papers()
    held(in_days(-1))
    held(in_days(30))
    Restriction.objects.create(ground="18(1)(a)", reason="Contested.", review_on=in_days(0), placed_at=timezone.now())
    request(age=timedelta(days=8))
    request(status=Status.ANSWERED, age=timedelta(days=8))
    request()
    checked = 0

    for label, (said, _, address) in lines(officer).items():
        page = officer.get(address, follow=True)
        assert page.status_code == 200, label
        shown = (page.context or {}).get("cl")
        if shown is not None and said.isdigit() and label != "Not checked yet":
            assert len(shown.result_list) == int(said), label
            checked += int(said) > 0

    assert checked >= 10


def test_the_drawings_count_rights_delays_prospects_and_cookies(officer: Client) -> None:
    boss = member("DPO", email="boss@example.com")
    for received, took, right in ((100, 5, Right.ACCESS), (100, 12, Right.ACCESS), (300, 40, Right.ERASURE)):
        made = entered(boss.pk, right, received_at=days_ago(received))
        closed = days_ago(received) + timedelta(days=took)
        RightsRequest.objects.filter(pk=made.pk).update(state=State.REFUSED, decided_at=closed, closed_at=closed)
    entered(boss.pk, received_at=days_ago(500))
    RefusalCount.objects.create(day=in_days(-2), count=12)

    page = officer.get(PAGE).content.decode()

    rights = table_of(page, "rights-by-month")
    assert rights["August 2026"] == ["2", "0", "2"]
    assert rights["January 2026"] == ["0", "1", "1"]
    assert len(rights) == 12
    delays = table_of(page, "time-to-answer")
    assert delays["7 at most"] == ["1", "0", "1"]
    assert delays["14 at most"] == ["1", "0", "1"]
    assert delays["60 at most"] == ["0", "1", "1"]
    assert table_of(page, "cookie-choices")["November 2026"] == ["0", "12", "12"]
    assert "Nobody is on the list." in page


def table_of(page: str, name: str) -> dict[str, list[str]]:
    """The table of a drawing: what stands beside each label."""
    begin = page.index(f'id="chart-{name}"')
    rows = page[begin : page.index("</figure>", begin)]
    found = re.findall(r'<tr><th scope="row">([^<]+)</th>(.*?)</tr>', rows)
    return {label: re.findall(r'<td class="number">([^<]*)</td>', cells) for label, cells in found}
