"""Who needs a second factor, and whether one stands."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser

from customerlabs.staff.models import StaffMember
from customerlabs.staff.roles import Role, permissions_of

REAL = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes replace one of these for a day; alone they are none."""
OF_THE_OFFICER = permissions_of(Role.DPO) - permissions_of(Role.STAFF)
"""Each of these reaches what people confided, or what is held about everybody."""


def needs_factor(member: StaffMember | AnonymousUser) -> bool:
    """The data protection officer, whatever the group that makes them one is called, and superusers."""
    return member.is_superuser or not OF_THE_OFFICER.isdisjoint(member.get_all_permissions())


def has_factor(member: StaffMember) -> bool:
    return bool(Authenticator.objects.filter(user=member, type__in=REAL).exists())
