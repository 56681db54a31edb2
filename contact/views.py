from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contact.forms import ContactForm
from contact.services import submit_contact_request


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """The contact form (P1.2). What was typed is kept when it has to be corrected."""
    form = ContactForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        submit_contact_request(form.submission_to_write())
        return redirect("contact:thanks")
    return render(request, "contact/form.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    return render(request, "contact/thanks.html")
