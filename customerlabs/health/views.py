from django.http import HttpRequest, JsonResponse

from customerlabs.health.readiness import readiness


def alive(request: HttpRequest) -> JsonResponse:
    """The process answers. It touches nothing: a process is not started again because its database is away."""
    return JsonResponse({"alive": True})


def ready(request: HttpRequest) -> JsonResponse:
    """200, or 503 when this process can't serve visitors; which parts are well, and nothing more about them."""
    found = readiness()
    parts = {
        kind: {part: "ok" if well else "not ok" for part, well in parts.items()}
        for kind, parts in (("needed", found.needed), ("watched", found.watched))
    }
    return JsonResponse({"ready": found.ready, **parts}, status=200 if found.ready else 503)
