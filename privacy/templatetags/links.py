"""Links to other people's sites, whose policies are their own (P9.1)."""

from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from privacy.browsers import help_pages

register = template.Library()


@register.simple_tag
def outgoing(address: str, text: str) -> SafeString:
    """A link that says, to the eye and to a screen reader, that it leaves this site.

    Raises ValueError for anything but an https address: a `javascript:` one would run in our own page.
    """
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f"Not an https address: {address!r}")
    return format_html(
        '<a class="outgoing" href="{}" rel="noopener noreferrer">{}<span class="unseen"> ({})</span></a>',
        address,
        text,
        gettext("another site"),
    )


@register.simple_tag
def browsers() -> list[tuple[str, str]]:
    """Each browser with the page, in the reader's language, that tells what it can do about cookies (P11.8)."""
    return help_pages(get_language() or "")
