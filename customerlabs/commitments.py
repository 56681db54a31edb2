"""What the frame promises: who may do what, and the legal notice."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customerlabs.checks import LEGAL_FACTS
from customerlabs.staff.groups import GROUPS, permissions_due
from privacy.commitments.frame import Commitment, Finding, nothing_in, register_commitments


def roles_beyond_their_duty(now: datetime) -> Finding:
    """Permissions that a role holds in the database and not in the code."""
    more = []
    for name in GROUPS:
        held = Permission.objects.filter(group__in=Group.objects.filter(name=name))
        extra = held.exclude(pk__in=permissions_due(name).values("pk"))
        more += [f"{name}: {codename}" for codename in extra.order_by("codename").values_list("codename", flat=True)]
    return nothing_in(more)


def legal_facts_missing(now: datetime) -> Finding:
    """A site that is only tried out, on http, owes its readers no legal notice yet."""
    missing = [setting for setting, _ in LEGAL_FACTS.values() if not getattr(settings, setting).strip()]
    return nothing_in(sorted(missing) if settings.HTTPS else [])


register_commitments(
    Commitment(
        name="roles",
        promises=("P7.1",),
        said=_("Staff can do what their role needs, and no more."),
        checked=_("Compares what each role may do in the live database with what the program says."),
        found=ngettext_lazy("%(number)d permission too many", "%(number)d permissions too many", "number"),
        check=roles_beyond_their_duty,
    ),
    Commitment(
        name="legal-notice",
        promises=("P1.1",),
        said=_("The legal notice names the publisher, the publication director and the host."),
        checked=_("Reads the facts it prints, once the site is published on https."),
        found=ngettext_lazy("%(number)d fact missing", "%(number)d facts missing", "number"),
        check=legal_facts_missing,
    ),
)
