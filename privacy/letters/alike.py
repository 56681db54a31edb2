"""A letter that thousands get: rendered once in each language, with each person's link put in where another's stands.

Rendering it for each took longer than asking the database about them.
"""

from dataclasses import dataclass, replace

from django.conf import settings

from privacy.letters.html import html_part, linked
from privacy.letters.kinds import Message


@dataclass(frozen=True)
class Pattern:
    """The letter to nobody, and the link in it that leads nowhere; no link where none is to be put in."""

    message: Message
    link: str

    def to(self, address: str, link: str) -> Message:
        message = replace(self.message, to=address)
        if not self.link:
            return message
        return replace(
            message,
            body=message.body.replace(self.link, link),
            html=message.html.replace(linked(self.link), linked(link)),
            headers={name: value.replace(self.link, link) for name, value in message.headers.items()},
        )


def pattern(message: Message, link: str) -> Pattern:
    language = message.language or settings.LANGUAGE_CODE
    return Pattern(replace(message, html=html_part(message.body, language=language, subject=message.subject)), link)
