"""Taking a consent back (GDPR Art. 7(3), P5.6), the same way for every purpose.

What was held on that consent alone points to it, and is emptied in the same transaction by the eraser that serves the
purge. What a documented hold keeps stays, is closed to any other use, and its person is told; so does what they asked
to have kept (Art. 18(1)(b), (c)). The purge takes it as soon as neither stands: the end of the consent is a clock of
that table.

Locks, in the order everybody takes them: the holds, the rows held on the consents, the consents. Of twenty clicks at
once one finds the consents live; the others find nothing left to do.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from privacy.consents.models import Consent, ConsentEvent, Wording
from privacy.consents.services import in_language
from privacy.continuity.ledger import Kind, record
from privacy.declarations import Purpose
from privacy.erasure import empty, settle
from privacy.holds.keeping import free, holds_on, keep_holds_still
from privacy.holds.models import Hold
from privacy.models import PolicyVersion
from privacy.registry import registry
from privacy.restrictions.guard import restricted_rows_may_change
from privacy.restrictions.keeping import erasable, restrictions_on
from privacy.restrictions.models import ASKED_TO_KEEP, Restriction
from privacy.subjects import subject_keys


class Way(Enum):
    """How a person withdrew, as the proof says it."""

    LINK = "withdrawal-link"
    FORM = "withdrawal-form"
    ONE_CLICK = "one-click"
    STAFF = "staff"
    OBJECTION = "objection"
    RIGHTS = "rights-request"


@dataclass(frozen=True)
class Given:
    """What one withdrawal takes back: a consent, or one person's consents to a purpose that go together.

    `event` is the latest of it: with its words, its language and its date.
    """

    purpose: Purpose
    consents: tuple[Consent, ...]
    event: ConsentEvent

    @property
    def number(self) -> int:
        """Stands for it in a form."""
        return self.consents[0].pk


@dataclass(frozen=True)
class Withdrawn:
    """What was taken back: whether something was erased, and the holds and restrictions that keep something."""

    given: Given
    erased: bool = False
    holds: list[Hold] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)


def given_by(address: str) -> list[Given]:
    """What the owner of this address agrees to now, the newest first."""
    return _grouped(Consent.objects.live().filter(subject_key__in=subject_keys(address)))


def given_under(keys: Collection[str], *, purposes: Collection[str], until: datetime) -> list[Given]:
    """What was agreed to under these subject keys, to one of these purposes, and not said again after `until`."""
    later = ConsentEvent.objects.filter(consent=OuterRef("pk"), at__gt=until)
    consents = Consent.objects.live().filter(~Exists(later), subject_key__in=keys, purpose__in=purposes)
    return _grouped(consents)


def given_with(consent_id: int) -> Given | None:
    """What the link made for this consent takes back: for some purposes, what its person has agreed to since.

    None when nothing is left of it.
    """
    consent = Consent.objects.filter(pk=consent_id).first()
    purpose = registry.purposes.get(consent.purpose) if consent else None
    if consent is None or purpose is None:
        return None
    live = Consent.objects.live()
    if purpose.withdrawal.together:
        live = live.filter(purpose=purpose.name, subject_key__in=_keys_of(consent))
    else:
        live = live.filter(pk=consent.pk)
    return next(iter(_grouped(live)), None)


def withdraw(given: Iterable[Given], *, way: Way, language: str) -> list[Withdrawn]:
    """Record it, end the consents, and erase what was held on them alone; one transaction, once.

    `language` is that of the words its person saw; empty for who saw none: theirs. Returns what was withdrawn now:
    nothing on a second click.
    """
    with transaction.atomic():
        keep_holds_still()
        chosen = sorted(given, key=lambda one: one.number)
        keys = {one.number: sorted(_all_keys(one)) for one in chosen}  # Known before the addresses are gone.
        done = _take_back(chosen, way=way, language=language, at=timezone.now())
        for withdrawn in done:
            one = withdrawn.given
            record(
                Kind.WITHDRAWAL,
                keys=keys[one.number],
                consent=one.number,
                purpose=one.purpose.name,
                way=way.value,
            )
    return done


def withdraw_again(keys: Collection[str], *, consent: int, purpose: str, way: Way, at: datetime) -> int:
    """After a restore: what was withdrawn at that time, under these subject keys. Returns how many consents ended.

    Where consents to a purpose go together, the one that was named may have been given after the backup, and stand for
    an earlier one. Nothing is written to the ledger: this is read from it.
    """
    known = registry.purposes.get(purpose)
    if known is None:
        return 0
    live = Consent.objects.live().filter(subject_key__in=keys, purpose=purpose, given_at__lte=at)
    if not known.withdrawal.together:
        live = live.filter(pk=consent)
    with transaction.atomic():
        keep_holds_still()
        return len(_take_back(_grouped(live), way=way, language="", at=at))


def _take_back(chosen: Iterable[Given], *, way: Way, language: str, at: datetime) -> list[Withdrawn]:
    done = []
    chosen = list(chosen)
    held = _locked_rows([consent.pk for one in chosen for consent in one.consents])
    for one in chosen:
        live = _locked_consents(one)
        if live:
            _record(one, live, way=way, language=language or one.event.language, at=at)
            erased, holds, restrictions = _erase(held, [consent.pk for consent in live], at)
            done.append(Withdrawn(one, erased, holds, restrictions))
    return done


def _grouped(consents: QuerySet[Consent]) -> list[Given]:
    """In two statements, however many there are."""
    found = list(consents.filter(purpose__in=registry.purposes).prefetch_related("events__wording").order_by("-pk"))
    groups: dict[Any, list[Consent]] = {}
    for consent in found:
        together = registry.purposes[consent.purpose].withdrawal.together
        groups.setdefault(consent.purpose if together else consent.pk, []).append(consent)
    return [
        Given(registry.purposes[group[0].purpose], tuple(group), event)
        for group in groups.values()
        if (event := max((event for one in group for event in one.events.all()), key=_age, default=None)) is not None
    ]


def _age(event: ConsentEvent) -> tuple[datetime, int]:
    return event.at, event.pk


def _all_keys(one: Given) -> set[str]:
    return {consent.subject_key for consent in one.consents} | _keys_of(one.consents[0])


def _keys_of(consent: Consent) -> set[str]:
    """Every key of this consent's person that can be known from here: from an address held under the consent's own."""
    keys = {consent.subject_key}
    for table, _ in registry.held_on(Consent):
        if table.person and table.person.key and table.person.address:
            theirs = table.model._base_manager.filter(**{table.person.key: consent.subject_key})
            for address in theirs.values_list(table.person.address, flat=True).distinct():
                keys |= set(subject_keys(address))
    return keys


Rows = dict[str, dict[int, list[Any]]]
"""For each table, the primary keys of the rows held on each consent."""


def _locked_rows(consents: Collection[int]) -> Rows:
    rows: Rows = {}
    for table, name in registry.held_on(Consent):
        theirs = table.model._base_manager.filter(**{f"{name}__in": consents}).order_by("pk").select_for_update()
        by_consent: dict[int, list[Any]] = {}
        for key, consent in theirs.values_list("pk", f"{name}__pk"):
            by_consent.setdefault(consent, []).append(key)
        rows[table.label] = by_consent
    return rows


def _locked_consents(one: Given) -> list[Consent]:
    keys = [consent.pk for consent in one.consents]
    return list(Consent.objects.live().filter(pk__in=keys).order_by("pk").select_for_update())


def _record(one: Given, live: Sequence[Consent], *, way: Way, language: str, at: datetime) -> None:
    wording = Wording.of(in_language(one.purpose.withdrawal.wording, language))
    version = PolicyVersion.objects.in_force()
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            consent=consent,
            kind=ConsentEvent.Kind.WITHDRAWN,
            wording=wording,
            language=language,
            policy_version=version,
            form=way.value,
            at=at,
        )
        for consent in live
    )
    Consent.objects.filter(pk__in=[consent.pk for consent in live]).update(ended_at=at)


def _erase(held: Rows, consents: Sequence[int], now: datetime) -> tuple[bool, list[Hold], list[Restriction]]:
    """Empty what was held on these consents; returns whether any was, and what keeps some of it."""
    holds: list[Hold] = []
    restrictions: list[Restriction] = []
    erased = False
    for table, _ in registry.held_on(Consent):
        keys = [key for consent in consents for key in held[table.label].get(consent, [])]
        if not keys:
            continue
        rows = erasable(table, free(table, table.model._base_manager.filter(pk__in=keys)))
        free_keys = set(rows.values_list("pk", flat=True))
        kept = [key for key in keys if key not in free_keys]
        with restricted_rows_may_change():  # It is its person who wants it gone.
            if kept:
                settle(table, table.model._base_manager.filter(pk__in=kept), now)
                holds += holds_on(table, kept)
                restrictions += restrictions_on(table, kept, grounds=ASKED_TO_KEEP)
            erased = bool(empty(table, sorted(free_keys))) or erased
    return erased, holds, restrictions
