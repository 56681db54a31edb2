from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page

from privacy.commitments.page import as_json, overview


@conditional_page
def commitments(request: HttpRequest) -> HttpResponse:
    """Each promise of the policy, how it is checked, and what the last check found (P7.5)."""
    return render(request, "privacy/commitments/page.html", {"shown": overview()})


@conditional_page
def commitments_json(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(as_json(overview()), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Access-Control-Allow-Origin"] = "*"  # Public facts: a page of anybody's may show them.
    return answer
