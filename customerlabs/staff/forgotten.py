"""A password that was forgotten: the same answer and the same statements for every address; the worker looks it up."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from customerlabs.staff.models import StaffMember
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.letters.strangers import queue_to_stranger
from privacy.numbered import Numbered
from privacy.subjects import SUBJECT_KEY_LENGTH, subject_key, subject_keys

KEPT = timedelta(days=1)


def end_of_it() -> "models.DateTimeField[str, str]":
    return timezone.now() + KEPT  # type: ignore[return-value]


class ForgottenPassword(Numbered):
    """That somebody asked for a new password, for an address known by its key alone: it may be nobody's here."""

    subject_key = models.CharField(_("subject key"), max_length=SUBJECT_KEY_LENGTH, db_index=True)
    language = models.CharField(_("language"), max_length=5)
    ends_at = models.DateTimeField(_("kept until"), default=end_of_it, db_index=True)

    class Meta:
        verbose_name = _("forgotten password")
        verbose_name_plural = _("forgotten passwords")


def send_new_link(email: str) -> None:
    """Have a link sent to this address, if it is a member's. Nothing here depends on whether it is."""
    key = subject_key(email)
    with transaction.atomic():
        asked = ForgottenPassword.objects.create(subject_key=key, language=translation.get_language() or "fr")
        queue_to_stranger(FORGOTTEN, asked, subject_key=key, apart="staff")


def new_link(asked: ForgottenPassword) -> Message | None:
    """The letter, with a link that is made now, lives for an hour and works once."""
    members = StaffMember.objects.filter(is_active=True)  # Few: an address can only be compared by its key.
    member = next((member for member in members if asked.subject_key in subject_keys(member.email)), None)
    if member is None or asked.ends_at <= timezone.now():
        return None
    from allauth.account.utils import user_pk_to_url_str

    key = {"uidb36": user_pk_to_url_str(member), "key": default_token_generator.make_token(member)}
    return written(
        "account/letters/forgotten.txt",
        asked.language,
        to=member.email,
        context={"url": settings.SITE_URL + reverse("account_reset_password_from_key", kwargs=key)},
        headers=AUTOMATIC,
    )


FORGOTTEN = LetterKind(name="customerlabs.forgotten_password", model=ForgottenPassword, compose=new_link)

register_letter(FORGOTTEN)
