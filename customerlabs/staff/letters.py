"""What members are told by mail about their own account. No link in it does anything by itself."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn
from privacy.audit.models import AuditEntry
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.queue import queue_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.subjects import subject_key

CHANGES = {
    "password": _("The password was changed."),
    "factor added, totp": _("An app that shows codes was added."),
    "factor added, webauthn": _("A passkey was added."),
    "factor removed, totp": _("The app that shows codes was removed."),
    "factor removed, webauthn": _("A passkey was removed."),
    "new recovery codes": _("New recovery codes were made: the old ones open nothing any more."),
    "every factor removed": _("Every second factor was removed."),
}
"""What is told, by the details of its entry in the trail. Recovery codes that come and go with a factor are not."""


def new_device(sign_in: SignIn) -> Message:
    return written(
        "account/letters/new_device.txt",
        settings.LANGUAGE_CODE,
        to=sign_in.user.email,
        context={"sign_in": sign_in, "account": settings.SITE_URL + reverse("mfa_index")},
        headers=AUTOMATIC,
    )


def changed(entry: AuditEntry) -> Message | None:
    member = StaffMember.objects.filter(pk=entry.record_id).first()
    if member is None:
        return None
    return written(
        "account/letters/changed.txt",
        settings.LANGUAGE_CODE,
        to=member.email,
        context={"change": CHANGES[entry.details], "at": entry.at, "account": settings.SITE_URL + reverse("mfa_index")},
        headers=AUTOMATIC,
    )


NEW_DEVICE = LetterKind(name="customerlabs.new_device", model=SignIn, compose=new_device)
CHANGED = LetterKind(name="customerlabs.account_changed", model=AuditEntry, compose=changed)

register_letter(NEW_DEVICE, CHANGED)


def tell_owner(member: StaffMember, entry: AuditEntry) -> None:
    """Queue the letter about what this entry says was done to a member's account, if it is one of CHANGES."""
    if entry.details in CHANGES:
        queue_letter(CHANGED, entry, subject_key=subject_key(member.email))
