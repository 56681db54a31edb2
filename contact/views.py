from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render

from contact.admission import Verdict, admit
from contact.forms import ContactForm
from contact.letters import CONFIRM_LINK
from contact.purposes import REQUEST_PURPOSES
from contact.submitting import confirm_contact_request, submit_contact_request
from privacy.links import single_use
from privacy.links.pages import token_page
from privacy.pages import kept_page
from privacy.submission import new_number

NUMBER, TOKEN = "the-number-of-this-form", "the-token-of-this-browser"
"""Where a kept page has what is one visitor's alone."""


def contact(request: HttpRequest) -> HttpResponse:
    """The contact form (P1.2). What was typed is kept when it has to be corrected, or comes too often."""
    if request.method != "POST":
        return _empty_form(request)
    form = ContactForm(request.POST)
    context = _shown(form)
    if not form.is_valid():
        return render(request, "contact/form.html", context, status=422)
    admission = admit(request, doubtful=form.is_doubtful)
    if admission.verdict is Verdict.REFUSE:
        context["retry_after"] = admission.retry_after
        response = render(request, "contact/form.html", context, status=429)
        response["Retry-After"] = str(admission.retry_after)
        return response
    hold = admission.verdict is Verdict.HOLD
    submit_contact_request(form.submission(), hold=hold)
    return redirect("contact:held" if hold else "contact:thanks")


def _empty_form(request: HttpRequest) -> HttpResponse:
    """The same for everybody, but for the form's number and what proves that it came from here."""
    return kept_page(
        request,
        "contact/form.html",
        lambda: _shown(ContactForm(number=NUMBER)) | {"csrf_token": TOKEN},
        each_time={NUMBER: new_number, TOKEN: lambda: get_token(request)},
    )


def _shown(form: ContactForm) -> dict[str, Any]:
    return {"form": form, "request_purposes": REQUEST_PURPOSES, "desk_email": settings.CONTACT_DESK_EMAIL}


def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "contact/thanks.html")


def held(request: HttpRequest) -> HttpResponse:
    """After a message that waits for its confirmation by mail."""
    return render(request, "contact/held.html", {"desk_email": settings.CONTACT_DESK_EMAIL})


@token_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of that mail: GET shows, POST lets the message in."""
    if request.method == "POST":
        if confirm_contact_request(token):
            return redirect("contact:thanks")
    elif single_use.was_used(CONFIRM_LINK, token):
        return redirect("contact:thanks")
    elif single_use.peek(CONFIRM_LINK, token):
        return render(request, "contact/confirm.html")
    return render(request, "privacy/link_gone.html", status=410)
