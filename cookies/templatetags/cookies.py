"""`{% load cookies %}`: the banner, the way back to it, and the gate for what needs an agreement."""

from typing import Any

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from cookies import banner
from cookies.catalogue import PURPOSES
from cookies.choice import standing_of
from privacy.trackers import TrackerPurpose

register = template.Library()


@register.simple_tag(takes_context=True)
def cookie_banner(context: Context) -> SafeString:
    """The banner, until the visitor has chosen; the page that manages cookies asks by itself (P11.1, P11.4)."""
    if not standing_of(context["request"]).is_asked or context.get("asks_here"):
        return SafeString("")
    questions = {**banner.context_of_questions(), "mark": banner.shown().mark, "here": context.get("here", "/")}
    return render_to_string("cookies/banner.html", questions)


@register.inclusion_tag("cookies/footer.html", takes_context=True)
def manage_cookies(context: Context) -> dict[str, Any]:
    """The link of every footer, and that the browser's signal was heard."""
    return {"standing": standing_of(context["request"])}


@register.tag
def tracker(parser: Parser, token: Token) -> Node:
    """`{% tracker "audience" %}…{% endtracker %}`: nothing of it is in the page before this purpose is agreed to."""
    names = {f'"{purpose.name}"': purpose for purpose in PURPOSES}
    _, *said = token.split_contents()
    if len(said) != 1 or said[0] not in names:
        raise template.TemplateSyntaxError(f"{{% tracker %}} takes one of: {', '.join(names)}.")
    content = parser.parse(("endtracker",))
    parser.delete_first_token()
    return Gated(names[said[0]], content)


class Gated(Node):
    def __init__(self, purpose: TrackerPurpose, nodelist: NodeList):
        self.purpose = purpose
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        allowed = standing_of(context["request"]).allows(self.purpose)
        return self.nodelist.render(context) if allowed else SafeString("")
