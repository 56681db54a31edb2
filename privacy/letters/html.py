"""A letter's HTML part, made from its text: what a mail program shows larger, darker or aloud as its reader likes.

The text is the letter; this adds paragraphs, and makes our own addresses clickable, since those are the ones it asks
people to follow. Everything else stays text: what a stranger typed can't become markup, a link or an image. There is
no style sheet, no script and nothing to load, so opening a letter tells nobody.
"""

import re

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

PARAGRAPHS = re.compile(r"\n\s*\n")
SIGNATURE = "-- "
"""The line that parts a letter from who sent it (RFC 3676)."""
UNSHOWABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
RUN_OF_SPACES = re.compile(r"(?m)^ +| {2,}")
IN_AN_ADDRESS = r"A-Za-z0-9\-._~:/?#@!$&'()*+,;=%"
"""The characters of RFC 3986, less the square brackets. An address ends where anything else begins."""
MAY_BREAK = re.compile(r"(?<=[/:._=&-])(?=[A-Za-z0-9])")
NOT_AT_ITS_END = ".,:;!?')"


def html_part(text: str, *, language: str, subject: str = "") -> str:
    """A whole HTML document that says what `text` says, in `language` (a code such as "fr").

    Lines stay lines, blank lines part paragraphs, what follows "-- " stands under a rule. Addresses under
    settings.SITE_URL become links whose words are the address itself.
    """
    lines = [line if line == SIGNATURE else line.rstrip() for line in text.expandtabs(4).splitlines()]
    above, below = lines, None
    if SIGNATURE in lines:
        at = len(lines) - 1 - lines[::-1].index(SIGNATURE)
        above, below = lines[:at], lines[at + 1 :]
    body = _paragraphs(above) if below is None else f"{_paragraphs(above)}\n<hr>\n{_paragraphs(below)}"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{_shown(subject)}</title>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _paragraphs(lines: list[str]) -> str:
    parts = PARAGRAPHS.split("\n".join(lines).strip("\n"))
    return "\n".join(f'<p dir="auto">{linked(part)}</p>' for part in parts if part.strip())


def linked(paragraph: str) -> SafeString:
    """A paragraph, escaped, with its line breaks and the links to this site."""
    pieces = []
    rest = 0
    for found in _ours().finditer(paragraph):
        address = found[0].rstrip(NOT_AT_ITS_END)
        # Where a narrow screen may break it: it has no spaces.
        words = "<wbr>".join(escape(part) for part in MAY_BREAK.split(address))
        pieces += [_shown(paragraph[rest : found.start()]), f'<a href="{escape(address)}">{words}</a>']
        rest = found.start() + len(address)
    pieces.append(_shown(paragraph[rest:]))
    return mark_safe("".join(pieces).replace("\n", "<br>\n"))  # noqa: S308  (each piece is escaped)


def _ours() -> re.Pattern[str]:
    """This site's addresses; those of a site whose name only begins like ours are not."""
    begins = rf"(?<![\w@./:?=&%#~+-]){re.escape(settings.SITE_URL)}"
    ends_its_name = rf"(?=[/?#]|$|[^\w{IN_AN_ADDRESS}]|[{NOT_AT_ITS_END}](?:\s|$))"
    return re.compile(rf"{begins}{ends_its_name}[{IN_AN_ADDRESS}]*")


def _shown(text: str) -> str:
    visible = UNSHOWABLE.sub("\ufffd", text)
    return escape(RUN_OF_SPACES.sub(lambda spaces: "\u00a0" * len(spaces[0]), visible))
