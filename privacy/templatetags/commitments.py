"""What is red, on the admin's first page."""

from typing import Any

from django import template

from privacy.commitments.standing import standings

register = template.Library()


@register.inclusion_tag("privacy/commitments/admin/red.html", takes_context=True)
def red_commitments(context: dict[str, Any]) -> dict[str, Any]:
    """The commitments that are red, for who may read them. Nothing when all is well, two queries at most."""
    user = context["request"].user
    if not user.has_perm("privacy.view_watchedcommitment"):
        return {"red": []}
    return {"red": [standing for standing in standings() if standing.is_red]}
