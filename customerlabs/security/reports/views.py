from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from customerlabs.security.reports.models import PolicyReport
from customerlabs.security.reports.reading import LONGEST_BODY, read_reports
from privacy.counting import add
from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, wait_in_turn

BY_CLIENT = Limit(name="customerlabs.reports.client", most=50, window=timedelta(hours=1))
OF_THE_SITE = Limit(name="customerlabs.reports.site", most=1000, window=timedelta(hours=1))


@csrf_exempt
def policy_reports(request: HttpRequest) -> HttpResponse:
    """A browser says what it stopped. Whatever it sends, the answer is the same, and short."""
    answer = HttpResponse(status=204)
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        return answer
    if not 0 < length <= LONGEST_BODY:
        return answer
    if wait_in_turn((BY_CLIENT, client_of(request)), (OF_THE_SITE, "site")):
        return answer
    now = timezone.now()
    for report in read_reports(request.read(LONGEST_BODY)):
        add(
            PolicyReport,
            {
                "day": timezone.localdate(now),
                "directive": report.directive,
                "page": report.page,
                "blocked": report.blocked,
                "source": report.source,
            },
            once={"began_at": now},
            times=1,
        )
    return answer
