"""What waits, on the admin's first page."""

from typing import Any

from django import template
from django.urls import reverse

from contact.desk.queues import LEFT_OPEN, OVERDUE, UNDELIVERED, UNREAD, count_up_to_most

register = template.Library()

SHOWN = (OVERDUE, UNREAD, LEFT_OPEN, UNDELIVERED)


@register.inclusion_tag("contact/admin/what_waits.html", takes_context=True)
def what_waits(context: dict[str, Any]) -> dict[str, Any]:
    """How many requests wait, and where; nothing for who may not read them. One query."""
    user = context["request"].user
    if not user.has_perm("contact.view_contactrequest"):
        return {"queues": []}
    counts = count_up_to_most(SHOWN, user.pk)
    inbox = reverse("admin:contact_contactrequest_changelist")
    return {"queues": [(queue.label, counts[queue.name], f"{inbox}?view={queue.name}") for queue in SHOWN]}
