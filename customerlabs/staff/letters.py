"""What members are told by mail about their own account. No link in it does anything by itself."""

from django.conf import settings
from django.urls import reverse

from customerlabs.staff.sign_ins import SignIn
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written


def new_device(sign_in: SignIn) -> Message:
    return written(
        "account/letters/new_device.txt",
        settings.LANGUAGE_CODE,
        to=sign_in.user.email,
        context={"sign_in": sign_in, "account": settings.SITE_URL + reverse("mfa_index")},
        headers=AUTOMATIC,
    )


NEW_DEVICE = LetterKind(name="customerlabs.new_device", model=SignIn, compose=new_device)

register_letter(NEW_DEVICE)
