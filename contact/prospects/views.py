from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from contact.prospects.letters import NEWS_LINK
from contact.prospects.services import confirm_prospect, unsubscribe
from privacy.links import signed, single_use
from privacy.links.pages import token_page

UNSUBSCRIBE = "contact.unsubscribe"


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_news(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail that asks: GET shows, POST confirms."""
    if request.method == "POST":
        if confirm_prospect(token):
            return redirect("contact:news-confirmed")
    elif single_use.peek(NEWS_LINK, token):
        return render(request, "contact/news_confirm.html")
    return render(request, "privacy/link_gone.html", status=410)


@require_safe
def news_confirmed(request: HttpRequest) -> HttpResponse:
    return render(request, "contact/news_confirmed.html")


@csrf_exempt
@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_news(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows, POST withdraws: from the page, or from the mail program's own button (RFC 8058, so no CSRF token)."""
    prospect_id = signed.unsign(UNSUBSCRIBE, token)
    if prospect_id is None:
        return render(request, "privacy/link_gone.html", status=410)
    if request.method == "POST":
        unsubscribe(prospect_id)
        return render(request, "contact/unsubscribed.html")
    return render(request, "contact/unsubscribe.html")
