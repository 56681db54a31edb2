"""Who needs a second factor, and whether one stands."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from customerlabs.staff.groups import DPO
from customerlabs.staff.models import StaffMember

REAL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes replace one of these for a day; alone they are none."""


def needs_factor(member: StaffMember | AnonymousUser) -> bool:
    """The data protection officer and superusers: what they reach is everything."""
    if member.is_superuser:
        return True
    return isinstance(member, StaffMember) and member.groups.filter(name=DPO).exists()


def has_factor(member: StaffMember) -> bool:
    return bool(Authenticator.objects.filter(user=member, type__in=REAL).exists())
