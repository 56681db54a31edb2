from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from privacy.authority import CNIL
from privacy.pages import kept_page


def home(request: HttpRequest) -> HttpResponse:
    return kept_page(request, "pages/home.html")


def legal_notice(request: HttpRequest) -> HttpResponse:
    """Who publishes and who hosts (LCEN art. 1-1). What the settings lack is shown as lacking."""
    facts = {
        "publisher_phone": settings.PUBLISHER_PHONE,
        "publication_director": settings.PUBLICATION_DIRECTOR,
        "host_name": settings.HOST_NAME,
        "host_address": settings.HOST_ADDRESS,
        "host_phone": settings.HOST_PHONE,
        "email": settings.CONTACT_DESK_EMAIL,
        "authority": CNIL,
    }
    return render(request, "pages/legal_notice.html", facts)
