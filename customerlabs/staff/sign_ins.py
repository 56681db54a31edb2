"""Who of the staff is signed in, from what and where, and since when: a row for each, ended here and nowhere else."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customerlabs.staff.devices import browser_of, network_of
from customerlabs.staff.models import StaffMember
from privacy.audit.services import Action, record_all
from privacy.numbered import Numbered

IN_SESSION = "sign_in"
"""Where a session says which row is its own. A session without a live one opens nothing."""
SEEN_EVERY = 60
"""Seconds between two notes that somebody is still there."""


class SignInQuerySet(models.QuerySet["SignIn"]):
    def live(self, now: datetime) -> "SignInQuerySet":
        """Neither ended, nor older than settings.SIGN_IN_LIFE, nor idle for settings.SIGN_IN_IDLE."""
        return self.filter(
            ended_at=None, began_at__gt=now - settings.SIGN_IN_LIFE, seen_at__gt=now - settings.SIGN_IN_IDLE
        )

    def end(self) -> int:
        """Whoever holds these sessions is a stranger from the next click on. Returns how many ended."""
        return self.filter(ended_at=None).update(ended_at=timezone.now())


class SignIn(Numbered):
    """One sign-in of one member. It knows no session key: a session names its row, and the row opens no session."""

    user = models.ForeignKey(StaffMember, models.CASCADE, related_name="sign_ins", verbose_name=_("staff member"))
    began_at = models.DateTimeField(_("signed in"), default=timezone.now, db_index=True)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    browser = models.CharField(_("browser"), max_length=60, blank=True)
    network = models.CharField(_("network"), max_length=50, blank=True, help_text=_("The address, cut short."))
    with_factor = models.BooleanField(_("with a second factor"), default=False)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-began_at", "-pk"]

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether nothing was known of this browser in this network when it signed in. A first sign-in is not told."""
        earlier = SignIn.objects.filter(user=self.user_id, pk__lt=self.pk)
        known = earlier.filter(browser=self.browser, network=self.network)
        return earlier.exists() and not known.exists()

    def note_seen(self) -> None:
        now = timezone.now()
        if (now - self.seen_at).total_seconds() >= SEEN_EVERY:
            SignIn.objects.filter(pk=self.pk, ended_at=None).update(seen_at=now)


def begin(request: HttpRequest, user: StaffMember, *, with_factor: bool) -> SignIn:
    """The row of a session that was just opened. One this browser still held is over."""
    SignIn.objects.filter(pk=number_in(request)).end()
    sign_in = SignIn.objects.create(
        user=user, browser=browser_of(request), network=network_of(request), with_factor=with_factor
    )
    request.session[IN_SESSION] = sign_in.pk
    return sign_in


def end_by_hand(sign_ins: models.QuerySet[SignIn], *, by: int | None) -> int:
    """End those of these that have not ended, and put it into the trail. Returns how many."""
    with transaction.atomic():
        open_ones = sign_ins.filter(ended_at=None).select_for_update(of=("self",))
        keys = list(open_ones.values_list("pk", flat=True))
        SignIn.objects.filter(pk__in=keys).end()
        record_all(Action.CHANGED, SignIn, keys, by=by, details=("ended_at",))
    return len(keys)


def number_in(request: HttpRequest) -> int:
    """Which row this session is, live or not; 0 for none."""
    return int(request.session.get(IN_SESSION) or 0)


def current(request: HttpRequest) -> SignIn | None:
    """The live sign-in of whoever asks."""
    return live_of(request.user).filter(pk=number_in(request)).first()


def live_of(member: Any) -> SignInQuerySet:
    return SignIn.objects.live(timezone.now()).filter(user=member)
