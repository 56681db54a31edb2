"""The letter that says that no more news will come, and offers to undo it (P5.5)."""

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from privacy.authority import CNIL
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.links import single_use
from privacy.objections.models import Objection
from privacy.rights.models import CaseFile, RightsRequest

UNDO = single_use.register_link("privacy.undo-objection", RightsRequest)


def tell_of_objection(request: RightsRequest) -> Message | None:
    """None once it is undone or settled, or its file is gone."""
    now = timezone.now()
    file = CaseFile.objects.filter(request=request).first()
    objection = Objection.objects.filter(request=request, settles_at__gt=now).order_by("pk").first()
    if file is None or objection is None or objection.settles_at is None:
        return None
    token = single_use.mint(UNDO, request, subject_key=request.subject_key, life=objection.settles_at - now)
    with translation.override(request.language):
        url = settings.SITE_URL + reverse("undo-objection", args=[token])
    return written(
        "privacy/letters/objection.txt",
        request.language,
        to=file.email,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={
            "request": request,
            "url": url,
            "until": objection.settles_at,
            "period": settings.OBJECTION_RETENTION,
            "authority": CNIL,
        },
    )


MARKETING = LetterKind(name="privacy.rights-marketing", model=RightsRequest, compose=tell_of_objection)

register_letter(MARKETING)
