from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from privacy.authority import CNIL
from privacy.policy import contents
from privacy.registry import registry


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """The twelve sections of the policy, each figure printed from the declarations and the settings."""
    activities = contents.activities()
    context = {
        "activities": activities,
        "held": [(activity, contents.held_for(activity)) for activity in activities],
        "provided": contents.provided(),
        "kept": list(contents.kept()),
        "answer_within": contents.ANSWER_WITHIN,
        "longer_by": contents.LONGER_BY,
        "contact_retention": settings.CONTACT_RETENTION,
        "prospect_retention": settings.PROSPECT_RETENTION,
        "trackers": registry.trackers,
        "authority": CNIL,
        "host": settings.HOST_NAME,
    }
    return render(request, f"privacy/policy/{get_language() or 'fr'}.html", context)
