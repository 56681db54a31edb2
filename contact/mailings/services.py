"""Sending a mailing off, stopping it, and what a worker and beat do in between.

Mailings are at most once each person, unlike letters. What always holds: a delivery is taken by a committed change of
its state before the mail server hears of it, so that no crash and no second worker makes another of it; what was cut
off in between is counted as uncertain, and left. Consent is asked for when the mailing is queued and again for each
person, just before their mail is handed over.
"""

import logging
from datetime import timedelta

from django.core.mail import get_connection
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact.mailings.models import Mailing, MailingDelivery
from contact.mailings.writing import specimen
from contact.prospects.models import Prospect
from privacy.audit.services import Action, record
from privacy.broker import poke_once_committed
from privacy.prepared import asked

logger = logging.getLogger(__name__)

CUT_OFF = timedelta(minutes=10)
"""No attempt takes so long: one that began earlier and is not finished was cut off."""
STALE = timedelta(days=7)
"""A mailing that could not leave in a week is no news any more. So every delivery comes to an end."""

END = """
    WITH locked AS MATERIALIZED (
        SELECT id, set_config('synchronous_commit', 'off', true) FROM contact_mailing WHERE id = %(mailing)s FOR UPDATE
    ), ended AS (
        UPDATE contact_mailingdelivery AS delivery SET state = %(state)s, finished_at = %(now)s, error = %(error)s
        FROM locked WHERE delivery.id = %(delivery)s AND delivery.state = 'begun'
        RETURNING delivery.id
    ), counted AS MATERIALIZED (
        SELECT id FROM locked WHERE EXISTS (SELECT FROM ended)
        OR NOT EXISTS (SELECT FROM contact_mailingdelivery WHERE id = %(delivery)s)
    )
    UPDATE contact_mailing AS mailing SET
        sent = sent + (%(state)s = 'sent')::integer,
        failed = failed + (%(state)s = 'failed')::integer,
        uncertain = uncertain + (%(state)s = 'uncertain')::integer
    FROM counted WHERE mailing.id = counted.id RETURNING mailing.id
"""
"""An end and its figure, together; of one that went meanwhile, the figure alone. By hand, since they are so many.

The mailing is locked first, as whoever stops it does.
"""


class MailingRefused(Exception):
    """Nothing was sent or changed. The message is for the staff member."""


def save_draft(mailing: Mailing) -> None:
    """Write a new draft, or the new words of one. Raises MailingRefused once it was sent off."""
    if mailing.pk is None:
        mailing.save()
        return
    words = {name: getattr(mailing, name) for name in ("subject_fr", "body_fr", "subject_en", "body_en")}
    if not Mailing.objects.filter(pk=mailing.pk, state=Mailing.State.DRAFT).update(**words):
        raise MailingRefused(_("This mailing was sent off meanwhile: what you changed was not kept."))


def queue_mailing(pk: int, *, edition: str, by: int | None) -> int:
    """Send a draft off to everybody whose confirmed consent stands now; returns how many they are.

    One statement makes all the deliveries. Raises MailingRefused when it is no draft, when its words are not those of
    `edition` any more, or when there is nobody to send it to.
    """
    from contact.mailings.tasks import send_mailings

    now = timezone.now()
    with transaction.atomic():
        mailing = _locked(pk)
        if not mailing.is_draft:
            raise MailingRefused(_("This mailing was sent off already."))
        if mailing.edition != edition:
            raise MailingRefused(_("This mailing was changed since you looked at it. Look at it again."))
        mailing.recipients = _make_deliveries(mailing)
        if not mailing.recipients:
            raise MailingRefused(_("Nobody has asked for news and confirmed it, so there is nobody to send this to."))
        mailing.state, mailing.queued_at = Mailing.State.SENDING, now
        mailing.save(update_fields=["state", "queued_at", "recipients"])
        record(Action.MOVED, mailing, by=by, details=("sent off",))
        poke_once_committed(send_mailings)
    return mailing.recipients


def stop_mailing(pk: int, *, by: int | None) -> int:
    """Send nothing more of it, for good; returns how many people are spared. Raises MailingRefused if it has ended."""
    with transaction.atomic():
        mailing = _locked(pk)
        if mailing.state != Mailing.State.SENDING:
            raise MailingRefused(_("This mailing is not being sent."))
        record(Action.MOVED, mailing, by=by, details=("stopped",))
        return _stop(mailing)


def stop_all() -> int:
    """After a restore: who had a mailing already can't be known, and nobody gets one twice. Returns how many stop."""
    under_way = list(Mailing.objects.filter(state=Mailing.State.SENDING).values_list("pk", flat=True))
    for pk in under_way:
        stop_mailing(pk, by=None)
    return len(under_way)


def send_test(pk: int, *, to: str, by: int | None) -> None:
    """Mail both languages to a member of staff, at once and by the way the mailing will go.

    Raises OSError (smtplib's errors are OSErrors) when the mail server does not take them.
    """
    mailing = Mailing.objects.get(pk=pk)
    get_connection().send_messages([specimen(mailing, language, to) for language in ("fr", "en")])
    record(Action.RAN, mailing, by=by, details=("test",))


def look_after_mailings() -> bool:
    """What beat asks for: note what was cut off, end what is finished or stale. Returns whether sending has stalled."""
    now = timezone.now()
    _note_cut_off()
    for mailing in Mailing.objects.filter(state=Mailing.State.SENDING, queued_at__lte=now - STALE):
        with transaction.atomic():
            mailing = _locked(mailing.pk)
            if mailing.state == Mailing.State.SENDING:
                logger.error("Mailing %s could not leave in %s days and is stopped.", mailing.pk, STALE.days)
                _stop(mailing)
    end_finished()
    due = MailingDelivery.objects.filter(state=MailingDelivery.State.QUEUED, due_at__lte=now)
    just_begun = MailingDelivery.objects.filter(begun_at__gt=now - timedelta(minutes=1))
    return due.exists() and not just_begun.exists()


def end_finished() -> None:
    """A mailing ends once none of its deliveries is open."""
    still_open = MailingDelivery.objects.filter(mailing=OuterRef("pk"), state__in=MailingDelivery.OPEN)
    Mailing.objects.filter(~Exists(still_open), state=Mailing.State.SENDING).update(
        state=Mailing.State.SENT, ended_at=timezone.now()
    )


def _locked(pk: int) -> Mailing:
    return Mailing.objects.select_for_update().get(pk=pk)


def _make_deliveries(mailing: Mailing) -> int:
    """A row a person, without reading anybody into memory: ten thousand are one INSERT … SELECT."""
    live, values = Prospect.objects.confirmed().order_by().values("pk").query.sql_with_params()
    table = connection.ops.quote_name(MailingDelivery._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, mailing_id, prospect_id, state, attempts, due_at, error) "  # noqa: S608  (our own table)
            f"SELECT gen_random_uuid(), %s, live.id, %s, 0, %s, '' FROM ({live}) AS live (id) "
            "ON CONFLICT (mailing_id, prospect_id) DO NOTHING",
            [mailing.pk, MailingDelivery.State.QUEUED, timezone.now(), *values],
        )
        return int(cursor.rowcount)


def _stop(mailing: Mailing) -> int:
    """With the mailing locked. An attempt that has begun goes to its end, which nobody could take back anyway."""
    now = timezone.now()
    mailing.state, mailing.ended_at = Mailing.State.STOPPED, now
    mailing.save(update_fields=["state", "ended_at"])
    return mailing.deliveries.filter(state=MailingDelivery.State.QUEUED).update(
        state=MailingDelivery.State.DROPPED, finished_at=now
    )


def _note_cut_off() -> None:
    now = timezone.now()
    begun = MailingDelivery.objects.filter(state=MailingDelivery.State.BEGUN, begun_at__lte=now - CUT_OFF)
    for delivery in begun.iterator():
        logger.error("Delivery %s was cut off; it is not tried again.", delivery.pk)
        finish(delivery, MailingDelivery.State.UNCERTAIN)


def finish(delivery: MailingDelivery, state: MailingDelivery.State, error: str = "") -> None:
    """End a delivery that was begun, and count it. One that went with its person meanwhile is counted all the same.

    The disk is not waited for: what a power cut takes back was begun, is not begun again, and is told as uncertain.
    """
    asked(
        END,
        {
            "mailing": delivery.mailing_id,
            "delivery": delivery.pk,
            "state": state,
            "now": timezone.now(),
            "error": error,
        },
    )


def put_off(delivery: MailingDelivery, error: str, *, counted: bool) -> None:
    """The server refused it for now, so it is certain that the person has nothing: later, unless it was stopped."""
    now = timezone.now()
    if counted and delivery.attempts >= MailingDelivery.MOST_ATTEMPTS:
        finish(delivery, MailingDelivery.State.FAILED, error)
        return
    with transaction.atomic():
        if _locked(delivery.mailing_id).state != Mailing.State.SENDING:
            finish(delivery, MailingDelivery.State.DROPPED, error)
            return
        MailingDelivery.objects.filter(pk=delivery.pk, state=MailingDelivery.State.BEGUN).update(
            state=MailingDelivery.State.QUEUED,
            attempts=delivery.attempts if counted else delivery.attempts - 1,
            due_at=delivery.next_attempt(now),
            error=error,
        )
