"""The lists of the admin: tables that become cards where there is no room."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

register = template.Library()
START = len("<td")


@register.filter
def labelled(cells: Iterable[str], headers: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A row's cells as Django wrote them, each with the name of its column; not the box that chooses the row."""
    for cell, header in zip(cells, headers, strict=True):
        if "action-checkbox" in header["class_attrib"]:
            yield cell
        else:
            start, rest = SafeString(cell[:START]), SafeString(cell[START:])
            yield format_html('{} data-label="{}"{}', start, capfirst(header["text"]), rest)
