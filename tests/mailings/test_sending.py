"""A mailing reaches each prospect at most once, whatever the mail server and the workers do."""

import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact.mailings import sending
from contact.mailings.models import Mailing, MailingDelivery
from contact.mailings.sending import send_due
from contact.mailings.services import (
    CUT_OFF,
    STALE,
    MailingRefused,
    look_after_mailings,
    queue_mailing,
    stop_mailing,
)
from contact.mailings.statements import due
from contact.mailings.writing import Reader
from contact.models import Prospect
from contact.prospects.services import unsubscribe
from privacy.append_only import rows_may_go
from privacy.consents.withdrawal import Way
from privacy.erasure import erase_person
from privacy.models import Consent, ConsentEvent
from privacy.objections.models import Objection
from privacy.restrictions.models import Ground, Restriction
from privacy.restrictions.services import Scope, place
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from privacy.subjects import subject_key
from tests.letters.conftest import use
from tests.mailings.drafts import draft, figures, send_all, send_later, sent_off
from tests.post_office import DROP, PostOffice, wait_until
from tests.prospects.people import ZOE, ask, confirmed, many

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


def got(office: PostOffice) -> Counter[str]:
    return Counter(str(mail["To"]) for mail in office.received)


@pytest.mark.promise("P3.2")
def test_it_goes_to_those_who_confirmed_and_to_nobody_else(post_office: PostOffice) -> None:
    confirmed("yes@example.com")
    confirmed("gone@example.com")
    unsubscribe("gone@example.com", way=Way.LINK, language="fr")
    confirmed("expired@example.com")
    Prospect.objects.filter(email="expired@example.com").update(last_contact_at=timezone.now() - timedelta(days=1200))
    confirmed("unproven@example.com")
    unproven = Prospect.objects.get(email="unproven@example.com")
    with rows_may_go():
        ConsentEvent.objects.filter(kind="confirmed", consent=unproven.consent).delete()
    ask("pending@example.com")

    mailing = sent_off()
    send_all()

    assert got(post_office) == {"yes@example.com": 1}
    assert figures(mailing) == {"recipients": 1, "sent": 1}
    assert mailing.state == Mailing.State.SENT
    assert mailing.ended_at is not None


def test_sending_it_off_twice_is_refused(post_office: PostOffice) -> None:
    confirmed()
    mailing = sent_off()

    with pytest.raises(MailingRefused):
        queue_mailing(mailing.pk, edition=mailing.edition, by=None)
    send_all()

    assert got(post_office) == {ZOE: 1}


def test_what_was_changed_since_it_was_looked_at_is_not_sent_off() -> None:
    confirmed()
    mailing = draft()
    seen = mailing.edition
    Mailing.objects.update(body_en="Something else.")

    with pytest.raises(MailingRefused):
        queue_mailing(mailing.pk, edition=seen, by=None)

    assert not MailingDelivery.objects.exists()


def test_a_mailing_to_nobody_stays_a_draft() -> None:
    mailing = draft()

    with pytest.raises(MailingRefused):
        queue_mailing(mailing.pk, edition=mailing.edition, by=None)

    mailing.refresh_from_db()
    assert mailing.is_draft


def test_ten_thousand_people_are_queued_in_a_few_statements() -> None:
    many(10_000)
    mailing = draft()

    with CaptureQueriesContext(connection) as captured:
        queue_mailing(mailing.pk, edition=mailing.edition, by=None)

    assert MailingDelivery.objects.filter(mailing=mailing).count() == 10_000
    assert len(captured) <= 6


@pytest.mark.promise("P5.6")
def test_who_unsubscribes_midway_gets_nothing(post_office: PostOffice) -> None:
    many(3)
    confirmed()
    mailing = sent_off()
    unsubscribe(ZOE, way=Way.LINK, language="fr")

    send_all()

    assert got(post_office)[ZOE] == 0
    assert figures(mailing) == {"recipients": 4, "sent": 3, "dropped": 1}


@pytest.mark.promise("P5.6", "P3.2")
def test_consent_is_asked_again_just_before_each_mail(post_office: PostOffice) -> None:
    confirmed()
    mailing = sent_off()
    Consent.objects.update(ended_at=timezone.now())

    send_all()

    assert post_office.received == []
    assert figures(mailing) == {"recipients": 1, "dropped": 1}
    assert MailingDelivery.objects.get().state == MailingDelivery.State.DROPPED


def restrict(email: str) -> None:
    place(
        Restriction(ground=Ground.ACCURACY, reason="It is contested.", review_on=timezone.localdate()),
        Scope(address=email),
    )


def object_to_news(email: str) -> None:
    Objection.objects.create(subject_key=subject_key(email), at=timezone.now())


def take_back(email: str) -> None:
    unsubscribe(email, way=Way.LINK, language="fr")


def end_consent(email: str) -> None:
    Consent.objects.filter(subject_key=subject_key(email)).update(ended_at=timezone.now())


@pytest.mark.promise("P5.4", "P5.5", "P5.6")
@pytest.mark.parametrize("end", [restrict, object_to_news, take_back, end_consent, erase_person])
def test_who_says_no_while_the_mail_before_theirs_is_sent_gets_nothing(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch, end: Callable[[str], object]
) -> None:
    """The statement that takes a delivery was written before: nothing but the time may be settled in it."""
    deliver, sent = sending._deliver, []

    def deliver_and_end(delivery: MailingDelivery, reader: Reader | None, server: Any) -> None:
        deliver(delivery, reader, server)
        sent.append(delivery)
        if len(sent) == 1:
            end(ZOE)

    monkeypatch.setattr(sending, "_deliver", deliver_and_end)
    monkeypatch.setattr("contact.mailings.statements.FRESH", 60.0)
    confirmed()
    many(1)
    mailing = sent_off()
    MailingDelivery.objects.filter(prospect__email=ZOE).update(due_at=timezone.now())

    send_due()

    assert got(post_office) == {"person0@example.com": 1}
    assert figures(mailing) == {"recipients": 2, "sent": 1, "dropped": 1}


def test_who_may_be_written_to_is_decided_by_the_database_alone(django_assert_num_queries: Any) -> None:
    """Else the statement that a worker keeps for a second would keep the answer too."""
    with django_assert_num_queries(0):
        Prospect.objects.confirmed().query.sql_with_params()


def test_figures_stay_right_when_a_reader_leaves_afterwards(post_office: PostOffice) -> None:
    confirmed()
    mailing = sent_off()
    send_all()

    unsubscribe(ZOE, way=Way.LINK, language="fr")

    assert not MailingDelivery.objects.exists()
    assert figures(mailing) == {"recipients": 1, "sent": 1}


def test_a_stopped_mailing_sends_nothing_more(post_office: PostOffice) -> None:
    many(3)
    mailing = sent_off()
    post_office.answers["RCPT"] = ["250 OK", "450 Later", "421 Closing"]
    send_due()

    spared = stop_mailing(mailing.pk, by=None)
    send_later(hours=12)

    assert spared == 2
    assert len(post_office.received) == 1
    assert figures(mailing) == {"recipients": 3, "sent": 1, "dropped": 2}
    assert mailing.state == Mailing.State.STOPPED
    with pytest.raises(MailingRefused):
        stop_mailing(mailing.pk, by=None)


def test_what_is_refused_for_good_fails_and_the_others_get_theirs(post_office: PostOffice) -> None:
    many(3)
    mailing = sent_off()
    post_office.answers["RCPT"] = ["550 5.1.1 nobody of that name"]
    post_office.answers["DATA"] = ["554 looks like spam"]

    send_all()
    send_later(days=1)

    assert figures(mailing) == {"recipients": 3, "sent": 1, "failed": 2}
    assert len(post_office.received) == 1


def test_what_is_refused_for_now_is_tried_again_later(post_office: PostOffice) -> None:
    confirmed()
    mailing = sent_off()
    post_office.answers["RCPT"] = ["450 greylisted"] * 2

    send_all()
    early = len(post_office.received)
    send_later(minutes=14)
    send_later(minutes=16)
    send_later(minutes=50)

    assert early == 0
    assert got(post_office) == {ZOE: 1}
    assert figures(mailing) == {"recipients": 1, "sent": 1}


def test_a_greylist_without_end_fails_after_five_attempts(post_office: PostOffice) -> None:
    confirmed()
    mailing = sent_off()
    post_office.answers["RCPT"] = ["450 greylisted"] * 50

    for hours in range(0, 48, 4):
        send_later(hours=hours)

    assert figures(mailing) == {"recipients": 1, "failed": 1}
    assert MailingDelivery.objects.get().attempts == MailingDelivery.MOST_ATTEMPTS


def test_a_server_that_vanishes_after_taking_a_mail_gets_it_no_second_time(post_office: PostOffice) -> None:
    many(3)
    mailing = sent_off()
    post_office.answers["DATA"] = ["250 OK", DROP]

    send_all()
    send_later(days=1)

    assert set(got(post_office).values()) == {1}
    assert len(post_office.received) == 3
    assert figures(mailing) == {"recipients": 3, "sent": 2, "uncertain": 1}


def answer_again(office: PostOffice) -> None:
    """Once it has been waited for in vain."""
    wait_until(lambda: office.holding == 1, 30, "a mail is held")
    wait_until(lambda: office.holding == 0, 30, "whoever sent it has hung up")
    office.go_on()


def test_a_server_that_says_nothing_in_time_gets_it_no_second_time(post_office: PostOffice, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 1
    many(2)
    mailing = sent_off()
    post_office.stall()
    with ThreadPoolExecutor(1) as beside:
        answering = beside.submit(answer_again, post_office)
        send_all()
        answering.result(60)
    send_later(days=1)

    assert set(got(post_office).values()) <= {1}
    found = figures(mailing)
    assert found["uncertain"] >= 1
    assert found["uncertain"] + found.get("sent", 0) == 2


def test_a_server_that_is_down_costs_nobody_their_mail(post_office: PostOffice, settings: Any) -> None:
    many(3)
    mailing = sent_off()
    use(settings, 9)

    more = send_due()
    waiting = set(MailingDelivery.objects.values_list("state", "attempts"))
    use(settings, post_office.port)
    send_all()

    assert more is False
    assert waiting == {("queued", 0)}
    assert figures(mailing) == {"recipients": 3, "sent": 3}


@pytest.mark.parametrize(("verb", "answer"), [("MAIL", "550 no"), ("RCPT", "421 bye"), ("DATA", "421 bye")])
def test_a_server_that_refuses_us_is_left_alone_for_a_while(post_office: PostOffice, verb: str, answer: str) -> None:
    many(3)
    mailing = sent_off()
    post_office.answers[verb] = [answer]

    more = send_due()
    sent_at_once = len(post_office.received)
    send_later(minutes=20)

    assert (more, sent_at_once) == (False, 0)
    assert set(got(post_office).values()) == {1}
    assert figures(mailing) == {"recipients": 3, "sent": 3}


def test_a_line_that_died_between_two_mails_costs_nobody_theirs(
    post_office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = sending._deliver

    def deliver_and_lose_the_line(delivery: MailingDelivery, reader: Reader | None, server: Any) -> None:
        deliver(delivery, reader, server)
        server.connection.sock.shutdown(socket.SHUT_RDWR)

    monkeypatch.setattr(sending, "_deliver", deliver_and_lose_the_line)
    many(3)
    mailing = sent_off()

    send_all()

    assert figures(mailing) == {"recipients": 3, "sent": 3}
    assert post_office.connections == 3


@pytest.mark.parametrize(("late", "state"), [(CUT_OFF - SECOND, "begun"), (CUT_OFF, "uncertain")])
def test_what_a_dead_worker_had_begun_is_never_begun_again(
    post_office: PostOffice, late: timedelta, state: str
) -> None:
    now = timezone.now()
    confirmed()
    mailing = sent_off()
    MailingDelivery.objects.update(state=MailingDelivery.State.BEGUN, begun_at=now, attempts=1)

    with time_machine.travel(now + late, tick=False):
        look_after_mailings()
        send_all()

    assert MailingDelivery.objects.get().state == state
    assert post_office.received == []
    mailing.refresh_from_db()
    assert (mailing.state == Mailing.State.SENT) is (state == "uncertain")


@pytest.mark.parametrize(("late", "state"), [(STALE - SECOND, Mailing.State.SENDING), (STALE, Mailing.State.STOPPED)])
def test_news_that_could_not_leave_in_a_week_are_stopped(late: timedelta, state: str) -> None:
    now = timezone.now()
    confirmed()
    with time_machine.travel(now, tick=False):
        mailing = sent_off()

    with time_machine.travel(now + late, tick=False):
        look_after_mailings()

    mailing.refresh_from_db()
    assert mailing.state == state
    assert MailingDelivery.objects.filter(finished_at=None).exists() is (state == Mailing.State.SENDING)


def test_beat_wakes_the_workers_only_when_nobody_sends() -> None:
    many(2)
    sent_off()

    lost = look_after_mailings()
    MailingDelivery.objects.filter(pk=MailingDelivery.objects.values("pk")[:1]).update(
        state=MailingDelivery.State.BEGUN, begun_at=timezone.now()
    )
    at_work = look_after_mailings()

    assert (lost, at_work) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_several_workers_share_a_mailing(post_office: PostOffice) -> None:
    many(40)
    mailing = sent_off()
    post_office.at_least = 2

    def work(_: int) -> None:
        try:
            send_all()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))

    assert set(got(post_office).values()) == {1}
    assert figures(mailing) == {"recipients": 40, "sent": 40}


def test_erasing_a_person_takes_their_deliveries(post_office: PostOffice) -> None:
    many(1)
    confirmed()
    sent_off()
    send_all()

    erase_person(ZOE)

    assert MailingDelivery.objects.count() == 1
    assert not Prospect.objects.filter(email=ZOE).exists()


@pytest.mark.promise("P8.0")
@pytest.mark.parametrize(("offset", "left"), [(-SECOND, 1), (timedelta(0), 0), (SECOND, 0)])
def test_deliveries_go_thirty_days_after_they_ended(post_office: PostOffice, offset: timedelta, left: int) -> None:
    confirmed()
    mailing = sent_off()
    send_all()
    ended = MailingDelivery.objects.get().finished_at
    assert ended is not None

    enforce_retention(RetentionRun.Trigger.COMMAND, now=ended + timedelta(days=30) + offset)

    assert MailingDelivery.objects.count() == left
    assert figures(mailing) == {"recipients": 1, "sent": 1}


def test_nothing_leaves_of_a_mailing_that_is_not_being_sent(post_office: PostOffice) -> None:
    """Whoever stops one drops what is queued; this is what a worker does, should anything be left."""
    confirmed()
    sent_off()
    Mailing.objects.update(state=Mailing.State.STOPPED)

    send_due()

    assert post_office.received == []
    assert MailingDelivery.objects.get().state == MailingDelivery.State.DROPPED


def test_the_queue_holds_no_address_and_no_link() -> None:
    confirmed()
    sent_off()
    row = MailingDelivery.objects.values().get()

    told = " ".join(str(value) for value in row.values())

    assert ZOE not in told
    assert "http" not in told


def test_the_next_delivery_is_found_by_an_index_and_in_its_own_table_alone() -> None:
    """Joined with its mailing, all that are left may be read and sorted to find one."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = due(timezone.now()).order_by("due_at")[:1].explain()

    assert "mailingdelivery_due" in plan
    assert "on contact_mailing " not in plan


def test_the_site_needs_no_other_migration() -> None:
    call_command("makemigrations", "contact", check=True, dry_run=True, verbosity=0)
