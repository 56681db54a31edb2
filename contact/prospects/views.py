from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from contact.prospects.purposes import NEWS_CONFIRMED, NEWS_WITHDRAWN
from contact.prospects.services import UNSUBSCRIBE, Way, awaits_confirmation, confirm_prospect, unsubscribe_by_link
from privacy.links import signed
from privacy.links.pages import token_page


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_news(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail that asks: GET shows, POST confirms. Coming back later is told that all is well."""
    if request.method == "POST":
        waiting = None if not confirm_prospect(token, language=get_language() or "") else False
    else:
        waiting = awaits_confirmation(token)
    if waiting is None:
        return render(request, "privacy/link_gone.html", status=410)
    if waiting:
        return render(request, "contact/news_confirm.html", {"wording": NEWS_CONFIRMED.wording})
    return redirect("contact:news-confirmed")


@require_safe
def news_confirmed(request: HttpRequest) -> HttpResponse:
    return render(request, "contact/news_confirmed.html")


@csrf_exempt
@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_news(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST withdraws: from the page, or from the mail program's own button (RFC 8058, so no CSRF token).

    Never answered by a redirection, which mail programs do not follow.
    """
    if signed.unsign(UNSUBSCRIBE, token) is None:
        return render(request, "privacy/link_gone.html", status=410)
    if request.method == "POST":
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        # A mail program shows no page, so the words on record are in the person's own language.
        way, language = (Way.ONE_CLICK, "") if one_click else (Way.PAGE, get_language() or "")
        found = unsubscribe_by_link(token, way=way, language=language)
        return render(request, "contact/unsubscribed.html", {"found": found})
    return render(request, "contact/unsubscribe.html", {"wording": NEWS_WITHDRAWN.wording})
