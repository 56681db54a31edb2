"""Making an account that somebody on the machine asks for, and letting one back in whose last factor is lost."""

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import transaction

from customerlabs.staff.groups import DPO
from customerlabs.staff.letters import tell_owner
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn
from privacy.audit.services import Action, record


def open_account(email: str, *, dpo: bool = False, **fields: Any) -> str:
    """Make an account of the staff, the data protection officer's or one with every right.

    Returns its password, which is kept nowhere: it is told once, and changed at will.
    """
    password = secrets.token_urlsafe(18)
    with transaction.atomic():
        member = StaffMember.objects.create_user(email, password, is_staff=True, is_superuser=not dpo, **fields)
        if dpo:
            member.groups.add(Group.objects.get(name=DPO))
        record(Action.ADDED, member, by=None)
    return password


def let_back_in(member: StaffMember) -> None:
    """Take every factor off an account and end its sign-ins: the next one, by password, leads to a new factor."""
    with transaction.atomic():
        Authenticator.objects.filter(user=member).delete()
        SignIn.objects.filter(user=member).end()
        tell_owner(member, record(Action.CHANGED, member, by=None, details=("every factor removed",)))
