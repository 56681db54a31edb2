"""The letter that asks for papers, with the officer's reasons."""

from django.conf import settings

from privacy.authority import CNIL
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.rights.kinds import State
from privacy.rights.letters import follow_url
from privacy.rights.models import CaseEvent


def send_asked(event: CaseEvent) -> Message | None:
    """None once the doubt is gone: nobody is asked for what is not needed any more."""
    request, file = event.file.request, event.file
    if request.state != State.DOUBT or not file.email:
        return None
    return written(
        "privacy/letters/papers/asked.txt",
        request.language,
        to=file.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "request": request,
            "file": file,
            "event": event,
            "url": follow_url(request),
            "kept": settings.PAPERS_RETENTION,
            "authority": CNIL,
        },
    )


ASKED = LetterKind(name="privacy.rights-papers-asked", model=CaseEvent, compose=send_asked)

register_letter(ASKED)
