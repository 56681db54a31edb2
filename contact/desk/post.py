"""Letters that failed for good, seen from their request: nobody should learn it from a visitor's silence."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from contact.letters import ACKNOWLEDGEMENT, ANSWER, CLOSED, CONFIRMATION, TEAM_NOTICE
from contact.models import ContactRequest, ThreadEntry
from privacy.letters.kinds import letters_about
from privacy.letters.models import Letter

OF_REQUESTS = (ACKNOWLEDGEMENT.name, CONFIRMATION.name, TEAM_NOTICE.name, CLOSED.name)


def letters_of(request: ContactRequest) -> QuerySet[Letter]:
    """All that was written about a request and its answers, the oldest first."""
    answers = request.entries.values_list("pk", flat=True)
    letters: QuerySet[Letter] = letters_about(ContactRequest, [request.pk]) | letters_about(ThreadEntry, list(answers))
    return letters.order_by("created_at")


def with_failed_letter(pks: Collection[int] | None = None) -> QuerySet[Any, Any]:
    """The primary keys of requests with a letter that failed for good: among these, or all of them."""
    failed = Letter.objects.filter(state=Letter.State.FAILED)
    of_requests = failed.filter(kind__in=OF_REQUESTS)
    of_answers = ThreadEntry.objects.order_by().filter(pk__in=failed.filter(kind=ANSWER.name).values("record_id"))
    if pks is not None:
        of_requests = of_requests.filter(record_id__in=pks)
        of_answers = of_answers.filter(request__in=pks)
    return of_requests.values_list("record_id", flat=True).union(of_answers.values_list("request_id", flat=True))
