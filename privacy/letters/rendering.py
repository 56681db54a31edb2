"""Writing a letter from its template, in its reader's language."""

from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from privacy.letters.kinds import Message

AUTOMATIC = {"Auto-Submitted": "auto-generated"}
"""RFC 3834: an out-of-office reply must not answer this."""


def written(
    template: str,
    language: str,
    *,
    to: str,
    reply_to: str = "",
    headers: dict[str, str] | None = None,
    context: dict[str, Any] | None = None,
) -> Message:
    """Render a text template: its first line is the subject, what follows is the body.

    What people wrote comes in as values, is never compiled as a template, and stays text: no HTML entities.
    """
    with translation.override(language):
        text = render_to_string(
            template, {"controller": settings.CONTROLLER, "site_url": settings.SITE_URL, **(context or {})}
        )
    subject, _, body = text.strip().partition("\n")
    return Message(
        to=to,
        subject=" ".join(subject.split()),
        body=body.strip() + "\n",
        language=language,
        reply_to=reply_to,
        headers=headers or {},
    )
