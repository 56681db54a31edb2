"""What staff did, for the tests of what they leave in the trail."""

from django.contrib.admin.models import LogEntry

from customerlabs.staff.models import StaffMember
from privacy.audit.models import AuditEntry

TYPED = "Rossignol"
"""Stands in all that these tests type, and may stand in no line."""
LOOKED_AT = ("read", "listed", "exported")
Line = tuple[str, str, str]
"""Which table, what was done, the columns or the step."""


def lines_by(who: StaffMember) -> list[Line]:
    """What this account did, but looking at something."""
    entries = AuditEntry.objects.filter(by=who.pk).exclude(action__in=(*LOOKED_AT, "signed-in")).order_by("pk")
    assert not any(TYPED in entry.details for entry in entries)
    assert not LogEntry.objects.exists()
    return [(entry.table, entry.action, entry.details) for entry in entries]
