"""Looking through free text before a copy leaves: what is about somebody else is replaced, and why (Art. 15(4))."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.audit.services import Action, record
from privacy.declarations import PersonalData
from privacy.registry import Registry, registry
from privacy.rights.carrying_out import needs_address
from privacy.rights.fulfilment.contents import titled
from privacy.rights.fulfilment.models import FreeTextReview, Redaction
from privacy.rights.fulfilment.portable import given_on_consent
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, RightsRequest
from privacy.rights.states import locked

TO_REVIEW = (State.OPEN, State.DOUBT)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One text that may name somebody else, and what leaves of it."""

    table: PersonalData
    record_id: str
    column: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.table.model._meta.verbose_name} {self.record_id}, {titled(self.table, self.column)}"

    @property
    def key(self) -> str:
        return f"{self.table.label}:{self.record_id}:{self.column}"


def items(request: RightsRequest, among: Registry = registry) -> Iterator[Item]:
    """The texts that would leave in the answer to this request, read in chunks."""
    file = request.content
    if file is None:
        return
    for table, rows in among.rows_about(file.email):
        columns = sorted(_in_answer(table, request.right))
        if not columns:
            continue
        filled = Q(*((f"{column}__gt", "") for column in columns), _connector=Q.OR)
        for pk, *texts in rows.filter(filled).order_by("pk").values_list("pk", *columns).iterator(chunk_size=1000):
            for column, text in zip(columns, texts, strict=True):
                if text:
                    yield Item(table=table, record_id=str(pk), column=column, text=str(text))


def unreviewed(request: RightsRequest) -> StrOrPromise:
    """What keeps a copy from being granted: no address to look under, texts that were not looked through yet."""
    if missing := needs_address(request):
        return missing
    file = request.content
    if file is None or FreeTextReview.objects.filter(file=file).exists() or next(items(request), None) is None:
        return ""
    return _("Look through what was written in free text first: it may name other people.")


def save(request_pk: int, texts: Iterable[tuple[Item, str, str]], *, by: int, confirmed: bool = False) -> None:
    """Write down what leaves instead of some texts, each with its reason; and that all of them were looked through.

    Raises MovedOn when the request is decided already.
    """
    with transaction.atomic():
        request = locked(request_pk, among=TO_REVIEW)
        for item, text, reason in texts:
            _redact(request.file, item, text=text, reason=reason, by=by)
        if confirmed:
            FreeTextReview.objects.get_or_create(file=request.file, defaults={"by_id": by, "at": timezone.now()})
        steps = ("texts", "looked through") if confirmed else ("texts",)
        record(Action.CHANGED, request, by=by, details=steps)


def _redact(file: CaseFile, item: Item, *, text: str, reason: str, by: int) -> None:
    """The text itself leaves again when they are the same."""
    where: dict[str, Any] = {
        "file": file,
        "table": item.table.label,
        "record_id": item.record_id,
        "column": item.column,
    }
    if text == item.text:
        Redaction.objects.filter(**where).delete()
    else:
        said = {"text": text, "reason": reason, "by_id": by, "at": timezone.now()}
        Redaction.objects.update_or_create(**where, defaults=said)


def _in_answer(table: PersonalData, right: str) -> Collection[str]:
    if right == Right.PORTABILITY:
        return {column for column in given_on_consent(table) if column in table.free_text}
    return table.free_text
