"""The letters about a directive: to its person, to the executor (GDPR Art. 14), to the officer."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from privacy.authority import CNIL
from privacy.consents.links import withdrawal_url
from privacy.directives.models import Directive, Executor
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.links import signed
from privacy.officer import to_officer

CHANGE = "privacy.directive"


def change_url(directive: Directive, language: str = "") -> str:
    """Where a directive is changed and revoked: good as long as it stands, from the oldest mail."""
    with translation.override(language or directive.language):
        return f"{settings.SITE_URL}{reverse('change-directive', args=[signed.sign(CHANGE, directive.pk)])}"


def send_receipt(directive: Directive) -> Message | None:
    """What is registered now, and where it is changed; or why it has ended. None once it was carried out."""
    if directive.ended == Directive.End.CARRIED_OUT:
        return None
    return written(
        "privacy/letters/directive_receipt.txt",
        directive.language,
        to=directive.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "directive": directive,
            "executor": directive.executors.first(),
            "url": change_url(directive),
            "withdraw": withdrawal_url(directive.consent_id or 0, directive.language),
        },
    )


def tell_named(executor: Executor) -> Message | None:
    """What Art. 14 asks for: what is held of them, from whom, what for, how long, their rights."""
    directive = executor.directive
    if directive is None:
        return None
    return _to_executor("executor_named", executor, person=directive.name)


def tell_released(executor: Executor) -> Message | None:
    return None if executor.directive_id else _to_executor("executor_released", executor)


def _to_executor(template: str, executor: Executor, **context: object) -> Message:
    return written(
        f"privacy/letters/{template}.txt",
        executor.language,
        to=executor.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "executor": executor,
            "authority": CNIL,
            "period": settings.RIGHTS_CONTENT_RETENTION,
            **context,
        },
    )


def tell_officer(directive: Directive) -> Message | None:
    """It names nobody."""
    return to_officer("privacy/letters/directive_officer.txt", directive)


RECEIPT = LetterKind(name="privacy.directive-receipt", model=Directive, compose=send_receipt)
OFFICER = LetterKind(name="privacy.directive-officer", model=Directive, compose=tell_officer)
NAMED = LetterKind(name="privacy.executor-named", model=Executor, compose=tell_named)
RELEASED = LetterKind(name="privacy.executor-released", model=Executor, compose=tell_released)

register_letter(RECEIPT, OFFICER, NAMED, RELEASED)
