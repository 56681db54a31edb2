from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

from privacy.commitments.page import as_json, overview

FOR = 300
"""Seconds a copy may be kept: the checks run once a day."""

View = Callable[..., HttpResponse]


def published(view: View) -> View:
    """Read by anybody, the same for all, kept by caches, and not sent again while it has not changed."""
    served: Any = require_safe(conditional_page(cache_control(public=True, max_age=FOR)(view)))
    return served  # type: ignore[no-any-return]


@published
def commitments(request: HttpRequest) -> HttpResponse:
    """Each promise of the policy, how it is checked, and what the last check found (P7.5)."""
    return render(request, "privacy/commitments/page.html", {"shown": overview()})


@published
def commitments_json(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(as_json(overview()), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Access-Control-Allow-Origin"] = "*"  # Public facts: a page of anybody's may show them.
    return answer
