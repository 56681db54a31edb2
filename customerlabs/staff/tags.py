"""Template tags of the pages of one's own account: `{% load account_pages %}`."""

from ipaddress import ip_address

from django import template
from django.http import HttpRequest

register = template.Library()


@register.filter
def in_fours(secret: str) -> str:
    """“ABCD EFGH…”: as one types it."""
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


@register.filter
def allows_passkeys(request: HttpRequest) -> bool:
    """Whether browsers make passkeys for this page: for a name, never for an address."""
    try:
        ip_address(request.get_host().rpartition(":")[0].strip("[]") or request.get_host())
    except ValueError:
        return True
    return False
