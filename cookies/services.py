"""The only writer of choices: the proof of agreements and withdrawals, the count of refusals."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from cookies.banner import shown
from cookies.choice import Choice, answered, end_of
from cookies.models import CatalogueVersion, ChoiceEvent


def record_choice(accepted: frozenset[str], *, earlier: Choice | None, language: str, despite_signal: bool) -> Choice:
    """Keep the proof of a choice made now, and end the one it replaces. Returns what the browser is to keep.

    `earlier` is what the browser kept until now. An agreement without proof is none, so an error of the database is
    the caller's; a refusal needs no row and is not refused for want of one.
    """
    choice = answered(accepted, despite_signal=despite_signal)
    if not choice.number and (earlier is None or not earlier.number):
        return choice
    now = timezone.now()
    with transaction.atomic():
        version = shown().recorded()
        if earlier is not None and earlier.number:
            _end(earlier, choice, version=version, language=language, now=now)
        if choice.number:
            ChoiceEvent.objects.create(
                kind=ChoiceEvent.Kind.ACCEPTED,
                number=choice.number,
                purposes=" ".join(sorted(choice.accepted)),
                version=version,
                language=language,
                at=now,
                ends_at=end_of(choice, now),
            )
    return choice


def _end(earlier: Choice, choice: Choice, *, version: CatalogueVersion, language: str, now: datetime) -> None:
    """The proof of the earlier choice ends today; what it agreed to and the new one does not is withdrawn."""
    rows = ChoiceEvent.objects.select_for_update()
    given = rows.filter(number=earlier.number, kind=ChoiceEvent.Kind.ACCEPTED).first()
    if given is None or given.ends_at <= now:
        return  # Made up, or over: a click that came twice finds it ended.
    withdrawn = set(given.purposes.split()) - choice.accepted
    if withdrawn:
        ChoiceEvent.objects.create(
            kind=ChoiceEvent.Kind.WITHDRAWN,
            number=given.number,
            purposes=" ".join(sorted(withdrawn)),
            version=version,
            language=language,
            at=now,
            ends_at=now,
        )
    ChoiceEvent.objects.filter(pk=given.pk).update(ends_at=now)
