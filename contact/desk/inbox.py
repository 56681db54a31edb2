"""The list of requests: its views, filters, columns and pages. Never counts a million rows."""

from collections.abc import Collection, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, pgettext, pgettext_lazy

from contact.desk.colleagues import colleagues, display_name
from contact.desk.post import with_failed_letter
from contact.desk.queues import QUEUES, RESTRICTED, Queue, count_up_to_most, queue_named
from contact.models import ContactRequest
from privacy.holds import keeping
from privacy.registry import registry
from privacy.uncounted import UncountedChangeList

VIEW_VAR = "view"


def queue_of(request: HttpRequest) -> Queue:
    return queue_named(request.GET.get(VIEW_VAR), searching=bool(request.GET.get(SEARCH_VAR)))


def sees_restricted(request: HttpRequest) -> bool:
    """Whether this member of staff decides about restrictions: nobody else sees what is restricted (P5.4)."""
    return request.user.has_perm("privacy.view_restriction")


class QueueFilter(admin.SimpleListFilter):
    """The views of the inbox. One is always chosen."""

    title = pgettext_lazy("filter", "view")
    parameter_name = VIEW_VAR

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.user_id = request.user.pk
        self.queue = queue_of(request)
        self.sees_restricted = sees_restricted(request)
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        counts = count_up_to_most([queue for queue in QUEUES if queue.counted], self.user_id)
        shown = (*QUEUES, RESTRICTED) if sees_restricted(request) else QUEUES
        return [
            (queue.name, f"{queue.label} ({counts[queue.name]})" if queue.counted else queue.label) for queue in shown
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ContactRequest]) -> QuerySet[ContactRequest]:
        if self.queue is RESTRICTED:
            return self.queue.pick(queryset, self.user_id) if self.sees_restricted else queryset.none()
        return self.queue.pick(queryset.usable(), self.user_id)  # type: ignore[attr-defined]

    def choices(self, changelist: Any) -> Iterator[Any]:
        for name, label in self.lookup_choices:
            yield {
                "selected": name == self.queue.name,
                "query_string": changelist.get_query_string({VIEW_VAR: name}),
                "display": label,
            }


class AssigneeFilter(admin.SimpleListFilter):
    title = pgettext_lazy("filter", "colleague")
    parameter_name = "assignee"
    NOBODY = "nobody"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        people = [(str(member.pk), display_name(member)) for member in colleagues()]
        return [(self.NOBODY, pgettext_lazy("assigned to", "nobody")), *people]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ContactRequest]) -> QuerySet[ContactRequest]:
        value = self.value()
        if value == self.NOBODY:
            return queryset.filter(assignee=None)
        return queryset.filter(assignee=int(value)) if value and value.isascii() and value.isdigit() else queryset


class InboxChangeList(UncountedChangeList):
    """A page of the inbox, and what its rows need, in a number of queries that their number does not change."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        failed = set(with_failed_letter([row.pk for row in self.paginator.shown]))
        held = held_among([row.pk for row in self.paginator.shown])
        for row in self.paginator.shown:
            row.has_failed_letter = row.pk in failed
            row.is_held = row.pk in held


def held_among(pks: Collection[int]) -> set[int]:
    """Those of these requests that a documented hold keeps: staff see that, and the officer why."""
    held = keeping.is_held(registry.table(ContactRequest))
    return set(ContactRequest.objects.filter(held, pk__in=pks).values_list("pk", flat=True))


def in_words(request: ContactRequest, *, is_held: bool = False) -> list[str]:
    """What there is to know about a request, in words rather than colours."""
    words = [request.get_status_display()]
    if request.status == ContactRequest.Status.NEW and request.read_at is None:
        words.append(pgettext("request", "unread"))
    if request.is_overdue:
        words.append(pgettext("request", "overdue"))
    if getattr(request, "is_restricted", False):
        words.append(pgettext("request", "restricted: stored and nothing else"))
    if is_held or getattr(request, "is_held", False):
        words.append(pgettext("request", "held: not erased for now"))
    if getattr(request, "has_failed_letter", False):
        words.append(gettext("letter not delivered"))
    return words
