"""The views of the inbox: each is a question a team asks in the morning, and an index that answers it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django_stubs_ext import StrOrPromise

from contact.desk.post import with_failed_letter
from contact.models import ContactRequest
from privacy.capped import count_capped
from privacy.registry import registry
from privacy.restrictions.keeping import is_restricted

Requests = QuerySet[ContactRequest]
Status = ContactRequest.Status

NEWEST = ("-received_at", "-id")
LONGEST_WAIT = ("last_activity_at", "id")
MOST = 99
"""Counting stops there: what matters is whether there are few or many."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    """`pick(requests, user_id)` narrows them. Counted ones show how many there are, up to MOST."""

    name: str
    label: StrOrPromise
    pick: Callable[[Requests, int | None], Requests]
    order: tuple[str, ...] = NEWEST
    counted: bool = False


def opened(requests: Requests) -> Requests:
    return requests.filter(status__in=ContactRequest.OPEN, is_anonymised=False)


def unread(requests: Requests) -> Requests:
    """Nobody has answered, noted, assigned or marked it. Opening a page is a GET, and changes nothing."""
    return requests.filter(status=Status.NEW, read_at=None, is_anonymised=False)


def waiting(requests: Requests) -> Requests:
    """It is the visitor who waits."""
    return requests.filter(status=Status.NEW, is_anonymised=False)


def overdue(requests: Requests) -> Requests:
    """As ContactRequest.is_overdue."""
    return waiting(requests).filter(last_activity_at__lte=settings.CONTACT_OVERDUE.before(timezone.now()))


def left_open(requests: Requests) -> Requests:
    """Answered, without a word since: it is kept as long as nobody closes it (P8.1)."""
    limit = settings.CONTACT_OVERDUE.before(timezone.now())
    return requests.filter(status=Status.ANSWERED, is_anonymised=False, last_activity_at__lte=limit)


def undelivered(requests: Requests) -> Requests:
    return requests.filter(pk__in=with_failed_letter())


UNREAD = Queue(
    name="unread", label=pgettext_lazy("requests", "Unread"), pick=lambda rows, user_id: unread(rows), counted=True
)
MINE = Queue(
    name="mine",
    label=pgettext_lazy("requests", "Mine"),
    pick=lambda rows, user_id: opened(rows).filter(assignee=user_id),
    counted=True,
)
WAITING = Queue(
    name="waiting",
    label=pgettext_lazy("requests", "Waiting for an answer"),
    pick=lambda rows, user_id: waiting(rows),
    order=LONGEST_WAIT,
)
OVERDUE = Queue(
    name="overdue",
    label=pgettext_lazy("requests", "Overdue"),
    pick=lambda rows, user_id: overdue(rows),
    order=LONGEST_WAIT,
    counted=True,
)
UNASSIGNED = Queue(
    name="unassigned",
    label=pgettext_lazy("requests", "Waiting and given to nobody"),
    pick=lambda rows, user_id: waiting(rows).filter(assignee=None),
    order=LONGEST_WAIT,
    counted=True,
)
LEFT_OPEN = Queue(
    name="left-open",
    label=pgettext_lazy("requests", "Answered and left open"),
    pick=lambda rows, user_id: left_open(rows),
    order=LONGEST_WAIT,
    counted=True,
)
UNDELIVERED = Queue(
    name="undelivered",
    label=pgettext_lazy("requests", "With a letter that was not delivered"),
    pick=lambda rows, user_id: undelivered(rows),
    counted=True,
)
OPEN = Queue(name="open", label=pgettext_lazy("requests", "All open"), pick=lambda rows, user_id: opened(rows))
CLOSED = Queue(
    name="closed",
    label=pgettext_lazy("requests", "Closed"),
    pick=lambda rows, user_id: rows.filter(status=Status.CLOSED),
)
UNWANTED = Queue(
    name="unwanted",
    label=pgettext_lazy("requests", "Unwanted"),
    pick=lambda rows, user_id: rows.filter(status=Status.SPAM),
)
EVERYTHING = Queue(name="all", label=pgettext_lazy("requests", "All"), pick=lambda rows, user_id: rows)

QUEUES = (UNREAD, MINE, WAITING, OVERDUE, UNASSIGNED, LEFT_OPEN, UNDELIVERED, OPEN, CLOSED, UNWANTED, EVERYTHING)
RESTRICTED = Queue(
    name="restricted",
    label=pgettext_lazy("requests", "Restricted"),
    pick=lambda rows, user_id: rows.filter(Q(is_restricted=True)),
)
"""For the data protection officer alone: no other list shows what is in it."""


def queue_named(name: str | None, *, searching: bool = False) -> Queue:
    """The queue of this name. Without one: the open requests, or all of them for who searches."""
    default = EVERYTHING if searching else OPEN
    return next((queue for queue in (*QUEUES, RESTRICTED) if queue.name == name), default)


def visible() -> Requests:
    """All requests but those that are restricted, and those held until their writer confirms: nobody sent them yet."""
    return ContactRequest.objects.usable().exclude(status=Status.HELD)


def visible_to_officer() -> Requests:
    """With the restricted ones, each with the mark `is_restricted`: the officer decides about them (P5.4)."""
    mark = ExpressionWrapper(is_restricted(registry.table(ContactRequest)), output_field=BooleanField())
    return ContactRequest.objects.exclude(status=Status.HELD).annotate(is_restricted=mark)


def count_up_to_most(queues: Sequence[Queue], user_id: int | None) -> dict[str, str]:
    """How many requests each queue holds, by its name: “3”, “99+”. One query, of which no part reads many rows."""
    # In the order of the view, so that its index is walked, instead of the table until there are enough.
    asked = {queue.name: queue.pick(visible(), user_id).order_by(*queue.order) for queue in queues}
    counts = count_capped(asked, MOST)
    return {name: f"{MOST}+" if count.number > MOST else str(count.number) for name, count in counts.items()}
