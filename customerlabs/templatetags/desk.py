"""The desk, on the first page of the admin."""

from typing import Any

from django import template

from customerlabs.desk.page import Desk, desk_of

register = template.Library()


@register.simple_tag(takes_context=True)
def desk(context: dict[str, Any]) -> Desk:
    """What whoever is signed in may see of it."""
    return desk_of(context["request"].user)
