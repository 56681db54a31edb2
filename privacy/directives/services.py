"""Registering a directive, changing it, ending it; and telling the executor each time.

A directive rests on its person's consent and their proved address, so it is registered as soon as that is proved: there
is nothing to decide. An executor is told when named, and when they are not needed any more: whatever took the directive
away (a revocation, a withdrawal, an erasure) leaves their row alone, and the sweep tells them.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from privacy.audit.services import Action, record
from privacy.consents.services import record_consent
from privacy.consents.withdrawal import Given, Way, given_with, withdraw
from privacy.declarations import LegalBasis, PersonalData
from privacy.directives.letters import NAMED, OFFICER, RECEIPT, RELEASED
from privacy.directives.models import Directive, Executor
from privacy.directives.purposes import DIRECTIVE
from privacy.holds.models import Hold
from privacy.holds.services import place_on_person
from privacy.letters.queue import queue_letter
from privacy.letters.strangers import queue_to_stranger
from privacy.officer import NOBODY
from privacy.registry import registry
from privacy.rights.intake import Party, enter
from privacy.rights.kinds import Channel, Right
from privacy.rights.models import CaseFile, CaseParty, RightsRequest
from privacy.subjects import subject_key

SETTLED = timedelta(days=30)
"""A directive younger than that is not ended for want of data: what is held may still be on its way."""
REVIEW_AFTER = timedelta(days=365)


class DirectiveRefused(Exception):
    """Nothing was written. The message is for who reads it."""


def register(request: RightsRequest) -> Directive:
    """Write down what a request asks for, with its consent; once. In the transaction that proves the address."""
    file = CaseFile.objects.get(request=request)
    known = Directive.objects.filter(request=request).first()
    if known is not None:
        return known
    now = timezone.now()
    consent = record_consent(
        DIRECTIVE, subject_key=file.subject_key, language=request.language, form="directive", at=now
    )
    directive = Directive.objects.create(
        request=request,
        subject_key=file.subject_key,
        name=file.name,
        email=file.email,
        language=request.language,
        wish=file.details.get("choice") or Directive.Wish.KEEP,
        beneficiary=file.details.get("beneficiary") or "",
        consent=consent,
        registered_at=now,
    )
    for party in CaseParty.objects.filter(file=file, role=CaseParty.Role.EXECUTOR).exclude(email="")[:1]:
        _name_executor(directive, party.name, party.email)
    queue_letter(RECEIPT, directive, subject_key=directive.subject_key)
    queue_letter(OFFICER, directive, subject_key=NOBODY)
    return directive


def change(pk: int, *, wish: str, beneficiary: str, executor: str, executor_email: str) -> bool:
    """The person says it otherwise, by their link. False, and nothing written, once it is gone or has ended."""
    with transaction.atomic():
        directive = Directive.objects.select_for_update().filter(pk=pk, ended_at=None).first()
        if directive is None:
            return False
        directive.wish, directive.beneficiary = wish, beneficiary
        directive.changed_at = timezone.now()
        directive.save(update_fields=["wish", "beneficiary", "changed_at"])
        current = directive.executors.first()
        if current is not None and (current.name, current.email) != (executor, executor_email):
            Executor.objects.filter(pk=current.pk).update(directive=None)
            current = None
        if current is None and executor_email:
            _name_executor(directive, executor, executor_email)
        release_executors()
        queue_letter(RECEIPT, directive, subject_key=directive.subject_key)
    return True


def revoke(pk: int, *, language: str) -> None:
    """The person takes it back: the consent ends, the directive is deleted, the executor told.

    It is the withdrawal of every consent (privacy/consents/withdrawal.py), asked from another page.
    """
    directive = Directive.objects.filter(pk=pk, ended_at=None).first()
    given: Given | None = given_with(directive.consent_id) if directive and directive.consent_id else None
    withdraw([given] if given else [], way=Way.RIGHTS, language=language)
    release_executors()


def release_executors() -> int:
    """Tell executors whose directive is gone, or who were replaced, that nothing is expected of them. Once each."""
    told = 0
    with transaction.atomic():
        gone = Executor.objects.filter(directive=None, released_at=None)
        for executor in gone.select_for_update(skip_locked=True):
            Executor.objects.filter(pk=executor.pk).update(released_at=timezone.now())
            queue_letter(RELEASED, executor, subject_key=executor.subject_key)
            told += 1
    return told


def end_without_data(now: Any = None) -> int:
    """Directives about nothing: all that was held of their person is gone. Returns how many ended."""
    now = now or timezone.now()
    stand = Directive.objects.filter(ended_at=None, registered_at__lte=now - SETTLED)
    for table in _about_people():
        if table.person and table.person.key:
            theirs = table.model._base_manager.filter(**{table.person.key: OuterRef("subject_key")})
            stand = stand.filter(~Exists(theirs))
    with transaction.atomic():
        gone = list(stand.select_for_update().values_list("pk", flat=True))
        Directive.objects.filter(pk__in=gone).update(ended=Directive.End.NOTHING_LEFT, ended_at=now)
        Executor.objects.filter(directive__in=gone).update(directive=None)
        for directive in Directive.objects.filter(pk__in=gone):
            queue_letter(RECEIPT, directive, subject_key=directive.subject_key)
    release_executors()
    return len(gone)


def carry_out(pk: int, *, by: int, proof_seen: str, recipient: str = "", recipient_email: str = "") -> Directive:
    """On proof of death. To keep is a hold; to erase and to hand over begin a request that the officer decides.

    That request has its dry run, its decision and its receipt like any other, and the proof seen here (P5.8).
    Raises DirectiveRefused.
    """
    if not proof_seen.strip():
        raise DirectiveRefused(_("Say which proof of death was seen."))
    with transaction.atomic():
        directive = Directive.objects.select_for_update().filter(pk=pk, ended_at=None).first()
        if directive is None:
            raise DirectiveRefused(_("This directive is gone, or was carried out already."))
        if directive.wish == Directive.Wish.COMMUNICATE and not (recipient and recipient_email):
            raise DirectiveRefused(_("Say to whom the data is handed over, and at which address."))
        now = timezone.now()
        if directive.wish == Directive.Wish.KEEP:
            hold = Hold(
                ground="17(3)(b)",
                reason=_("Directive %(number)d for after death (art. 85, I): to be kept.") % {"number": directive.pk},
                review_on=timezone.localdate() + REVIEW_AFTER,
                placed_by_id=by,
            )
            place_on_person(hold, directive.email)
        else:
            erases = directive.wish == Directive.Wish.ERASE
            begin(
                Right.ERASURE if erases else Right.PORTABILITY,
                by=by,
                name=directive.name,
                email=directive.email,
                language=directive.language,
                proof_seen=proof_seen,
                recipient=None if erases else (recipient, recipient_email),
            )
        Directive.objects.filter(pk=directive.pk).update(
            proof_seen=proof_seen, ended=Directive.End.CARRIED_OUT, ended_at=now, ended_by=by
        )
        record(Action.RAN, directive, by=by)
        Executor.objects.filter(directive=directive.pk).update(directive=None)
        release_executors()
    return directive


def begin(
    right: Right,
    *,
    by: int,
    name: str,
    email: str,
    language: str,
    proof_seen: str,
    recipient: tuple[str, str] | None,
) -> RightsRequest:
    """A request about somebody who died, entered with the proof that was seen."""
    parties = [Party(CaseParty.Role.RECIPIENT, *recipient)] if recipient else []
    return enter(
        right,
        by=by,
        channel=Channel.REPRESENTATIVE,
        received_at=timezone.now(),
        name=name,
        email=email,
        language=language,
        proof_seen=proof_seen,
        parties=parties,
    )


def _name_executor(directive: Directive, name: str, email: str) -> None:
    executor = Executor.objects.create(
        directive=directive, name=name, email=email, subject_key=subject_key(email), language=directive.language
    )
    queue_to_stranger(NAMED, executor, subject_key=executor.subject_key, apart="executors")


def _about_people() -> list[PersonalData]:
    """The tables whose rows a directive is about: not what the law has kept, nor directives themselves."""
    return [
        table
        for table in registry.tables()
        if table.activity.basis is not LegalBasis.LEGAL_OBLIGATION and table.model not in (Directive, Executor)
    ]
