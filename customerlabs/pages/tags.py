"""Template tags of the frame's own pages: `{% load pages %}`."""

import re

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.tag
def capture(parser: Parser, token: Token) -> Node:
    """`{% capture name %}…{% endcapture %}` keeps a block's text, which Django prints only once, for several places."""
    name = token.split_contents()[1]
    content = parser.parse(("endcapture",))
    parser.delete_first_token()
    return Capture(name, content)


class Capture(Node):
    def __init__(self, name: str, nodelist: NodeList):
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        context[self.name] = SafeString(self.nodelist.render(context).strip())
        return SafeString("")


@register.filter
def dialled(phone: str) -> str:
    """A telephone number as a link wants it: “+33 4 42…” is +33442…"""
    return re.sub(r"[^+\d]", "", phone)


@register.filter
def in_parts(address: str) -> str:
    """An address that breaks after its commas first, rather than inside “Aix-en-Provence”."""
    if not address:
        return ""
    *parts, last = address.split(", ")
    lines = [f"{part}," for part in parts] + [last]
    return format_html_join(" ", '<span class="part">{}</span>', ((line,) for line in lines))
