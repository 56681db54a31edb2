"""Every address the site answers to, as Django's resolver has them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import ResolverMatch, URLPattern, get_resolver
from django.utils import translation


class Address(NamedTuple):
    """`name` as a request that was resolved has it; `route` with its parameters as they are declared."""

    name: str
    route: str


def addresses(language: str = "fr") -> list[Address]:
    with translation.override(language):
        return list(_below(get_resolver(), "/", ()))


def _below(resolver: Any, before: str, spaces: tuple[str, ...]) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLPattern):
            match = ResolverMatch(pattern.callback, (), {}, pattern.name, namespaces=list(spaces))
            yield Address(match.view_name, here)
        else:
            yield from _below(pattern, here, (*spaces, pattern.namespace) if pattern.namespace else spaces)
