"""Which letters there are. An app adds its own in its `letters.py`; privacy knows none of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet

from privacy.letters.models import Letter


@dataclass(frozen=True, kw_only=True)
class Message:
    """A letter's text, ready to send: it lives as long as the attempt."""

    to: str
    subject: str
    body: str
    language: str = ""
    reply_to: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    html: str = ""
    """Where it is written already; else it is made from the body."""


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """`compose(record)` writes the letter from the live record, or returns None when there is nobody to write to.

    `read(number)` finds the live record, or returns None when it is gone: for letters sent by the thousand.
    """

    name: str
    model: type[Model]
    compose: Callable[[Any], Message | None]
    read: Callable[[int], Any] | None = None

    def record(self, number: int) -> Any:
        return self.read(number) if self.read else self.model._base_manager.filter(pk=number).first()


_kinds: dict[str, LetterKind] = {}


def register_letter(*kinds: LetterKind) -> None:
    """Raises ValueError when a name is taken."""
    for kind in kinds:
        if kind.name in _kinds:
            raise ValueError(f"The letter {kind.name} is registered twice.")
        _kinds[kind.name] = kind


def kind_of(letter: Letter) -> LetterKind | None:
    return _kinds.get(letter.kind)


def letters_about(model: type[Model], keys: Iterable[Any] | None) -> QuerySet[Letter]:
    """The letters that speak of these records, or of any of this table, whatever their state."""
    names = [kind.name for kind in _kinds.values() if kind.model is model]
    if not names:
        return Letter.objects.none()
    letters = Letter.objects.filter(kind__in=names)
    return letters if keys is None else letters.filter(record_id__any_of=keys)
