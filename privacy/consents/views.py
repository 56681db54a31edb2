from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from privacy.authority import CNIL
from privacy.consents.asking import ask_to_withdraw, offered, withdraw_chosen
from privacy.consents.forms import WithdrawalForm
from privacy.consents.links import CHOOSE, WITHDRAW
from privacy.consents.models import Consent
from privacy.consents.withdrawal import Way, Withdrawn, given_with, withdraw
from privacy.declarations import PersonalData
from privacy.limits.clients import client_of
from privacy.limits.counting import Limit, wait_in_turn
from privacy.links import signed, single_use
from privacy.links.pages import token_page
from privacy.registry import registry


def ask(request: HttpRequest) -> HttpResponse:
    """The form for who has no mail of ours at hand: an address, and the same answer whatever it is (P5.6)."""
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return render(request, "privacy/consents/ask.html", {"form": form}, status=422 if form.is_bound else 200)
    wait = _too_many(request)
    if wait:
        page = render(request, "privacy/consents/ask.html", {"form": form, "retry_after": wait}, status=429)
        page["Retry-After"] = str(wait)
        return page
    ask_to_withdraw(form.cleaned_data["email"], language=get_language() or settings.LANGUAGE_CODE)
    return redirect("withdrawal-asked")


def _too_many(request: HttpRequest) -> int:
    """Count this post for its client and for the site; the seconds to wait when there were too many, else 0."""
    window = settings.LIMIT_WINDOW
    return wait_in_turn(
        (Limit(name="withdrawal.client", most=settings.WITHDRAWAL_LIMIT_CLIENT, window=window), client_of(request)),
        (Limit(name="withdrawal.site", most=settings.WITHDRAWAL_LIMIT_SITE, window=window), "site"),
    )


def asked(request: HttpRequest) -> HttpResponse:
    return render(request, "privacy/consents/asked.html")


@csrf_exempt
@token_page
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in each mail: GET shows, POST withdraws: from the page, or from the mail program's own button.

    The latter (RFC 8058) sends no CSRF token, and follows no redirection.
    """
    number = signed.unsign(WITHDRAW, token)
    if number is None:
        return render(request, "privacy/link_gone.html", status=410)
    given = given_with(number)
    if request.method == "POST":
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        # A mail program shows no page, so the words on record are in the person's own language.
        way, language = (Way.ONE_CLICK, "") if one_click else (Way.LINK, get_language() or "")
        return _done(request, withdraw([given] if given else [], way=way, language=language))
    if given is None:
        return _done(request, [])
    return render(request, "privacy/consents/withdraw.html", {"given": [given], "kept": _proof()})


@token_page
def choose(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail the form sends: GET shows all that this address agrees to, POST withdraws what is ticked."""
    given = offered(token)
    if given is None:
        if single_use.was_used(CHOOSE, token):
            return render(request, "privacy/consents/done_before.html")
        return render(request, "privacy/link_gone.html", status=410)
    if not given:
        return _done(request, [])
    ticked = {int(number) for number in request.POST.getlist("consent") if number.isdecimal() and len(number) < 20}
    if request.method == "POST" and ticked & {one.number for one in given}:
        done = withdraw_chosen(token, ticked, language=get_language() or "")
        return render(request, "privacy/consents/done_before.html") if done is None else _done(request, done)
    context = {"given": given, "kept": _proof(), "boxes": True, "none_ticked": request.method == "POST"}
    return render(request, "privacy/consents/withdraw.html", context, status=422 if context["none_ticked"] else 200)


def _done(request: HttpRequest, done: list[Withdrawn]) -> HttpResponse:
    context = {"done": done, "kept": _proof(), "authority": CNIL}
    return render(request, "privacy/consents/withdrawn.html", context)


def _proof() -> dict[str, object]:
    """Why the proof of a consent outlives it, and for how long, as its declaration says."""
    table = registry.declared(Consent)
    if not isinstance(table, PersonalData) or table.kept is None:
        raise TypeError("Consents are kept at an erasure, and declared so.")
    return {"ground": table.kept.ground.label, "period": settings.CONSENT_PROOF_RETENTION}
