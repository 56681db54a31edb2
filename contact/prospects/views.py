from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from contact.prospects.purposes import NEWS_CONFIRMED
from contact.prospects.services import awaits_confirmation, confirm_prospect
from privacy.links.pages import token_page


@token_page
def confirm_news(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail that asks: GET shows, POST confirms. Coming back later is told that all is well."""
    if request.method == "POST":
        waiting = None if not confirm_prospect(token, language=get_language() or "") else False
    else:
        waiting = awaits_confirmation(token)
    if waiting is None:
        return render(request, "privacy/link_gone.html", status=410)
    if waiting:
        return render(request, "contact/news_confirm.html", {"wording": NEWS_CONFIRMED})
    return redirect("contact:news-confirmed")


def news_confirmed(request: HttpRequest) -> HttpResponse:
    return render(request, "contact/news_confirmed.html")
