"""What waits in the inbox, on the first page of the admin."""

from typing import Any

from django.utils.translation import gettext as _

from contact.desk.queues import LEFT_OPEN, MINE, OVERDUE, UNASSIGNED, UNDELIVERED, UNREAD, WAITING, visible
from contact.models import ContactRequest
from privacy.panels import Line, Panel, list_of, sees

SHOWN = (OVERDUE, WAITING, UNREAD, UNASSIGNED, MINE, LEFT_OPEN, UNDELIVERED)
URGENT = (OVERDUE, UNDELIVERED)


def panel(user: Any) -> Panel | None:
    if not sees(user, ContactRequest):
        return None
    lines = [
        Line(
            label=queue.label,
            address=list_of(ContactRequest, f"view={queue.name}"),
            rows=[queue.pick(visible(), user.pk).order_by(*queue.order)],
            waits=queue in URGENT,
        )
        for queue in SHOWN
    ]
    return Panel(name="inbox", title=_("Inbox"), lines=lines)
