"""The page of one request: who asks what, the clock, the thread, and the officer's buttons. A GET changes nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from privacy.letters.kinds import letters_about
from privacy.rights.asking.contents import what_was_asked
from privacy.rights.carrying_out import carriers
from privacy.rights.desk import services
from privacy.rights.desk.clock import clock_of, why
from privacy.rights.desk.forms import CaseForm
from privacy.rights.fulfilment.issuing import can_be_issued_again, issue_again
from privacy.rights.intake import record_proof, take_back
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import MovedOn, NotAllowed


@dataclass(frozen=True, kw_only=True)
class Button:
    """`run` calls a service once the form is right; `uses` is the box it empties, which it `needs` for a reason."""

    run: Callable[[RightsRequest, int, dict[str, Any]], object]
    done: Any
    uses: str
    needs: Any


def _with(service: Callable[..., object], box: str, argument: str) -> Callable[[RightsRequest, int, Any], object]:
    return lambda shown, user, data: service(shown.pk, by=user, seen=data["seen"], **{argument: data[box]})


BUTTONS = {
    "write": Button(
        run=_with(services.write, "message", "words"),
        uses="message",
        needs=gettext_lazy("Write your message first."),
        done=gettext_lazy("Your message is on its way."),
    ),
    "answer": Button(
        run=_with(services.answer, "message", "words"),
        uses="message",
        needs=gettext_lazy("Write your answer first."),
        done=gettext_lazy("Your answer is on its way and the request is closed."),
    ),
    "note": Button(
        run=_with(services.add_note, "note", "words"),
        uses="note",
        needs=gettext_lazy("Write your note first."),
        done=gettext_lazy("Your note is written."),
    ),
    "extend": Button(
        run=_with(services.extend, "reasons", "reasons"),
        uses="reasons",
        needs=gettext_lazy("Say why: the person has a right to know."),
        done=gettext_lazy("The time is extended, and the person told."),
    ),
    "proof": Button(
        run=_with(record_proof, "proof_seen", "proof_seen"),
        uses="proof_seen",
        needs=gettext_lazy("Say which proof you have seen."),
        done=gettext_lazy("The proof is on record: the request can be decided."),
    ),
    "requalify": Button(
        run=_with(services.requalify, "right", "right"),
        uses="right",
        needs=gettext_lazy("Choose a right."),
        done=gettext_lazy("The request is put under this right."),
    ),
    "again": Button(
        run=lambda shown, user, data: issue_again(shown.pk, by=user, seen=data["seen"]),
        uses="",
        needs="",
        done=gettext_lazy("The result is made again, and its person told."),
    ),
    "take back": Button(
        run=lambda shown, user, data: take_back(shown, by=user, seen=data["seen"]),
        uses="",
        needs="",
        done=gettext_lazy("The request is closed: its person took it back."),
    ),
}
LETTERS = {
    "privacy.rights-received": gettext_lazy("link to prove the address"),
    "privacy.rights-reminder": gettext_lazy("reminder of that link"),
    "privacy.rights-link": gettext_lazy("link to the page of the request"),
    "privacy.rights-event": gettext_lazy("what was written or decided"),
    "privacy.rights-officer": gettext_lazy("reminder to the officer"),
    "privacy.rights-news": gettext_lazy("notice to the officer"),
    "privacy.rights-papers-asked": gettext_lazy("request for an identity paper"),
    "privacy.rights-marketing": gettext_lazy("answer to an objection to marketing"),
}
DRAFTS = ("message", "note", "reasons", "proof_seen")


def case_page(admin: Any, request: HttpRequest, shown: RightsRequest) -> HttpResponse:
    """Show it, or do what a button asks and show it again; what was typed and not used stays in its box."""
    if request.method != "POST":
        return _page(admin, request, shown, CaseForm(shown))
    form = CaseForm(shown, request.POST)
    name = request.POST.get("do", "")
    if name == "insert":
        return _page(admin, request, shown, _with_template(shown, form))
    button = BUTTONS.get(name)
    form.full_clean()
    if button is not None and button.needs:
        form.needs(button.uses, button.needs)
    if button is None or {"seen", button.uses} & set(form.errors):
        return _page(admin, request, shown, form, status=422)
    try:
        button.run(shown, int(request.user.pk or 0), form.cleaned_data)
    except MovedOn:
        messages.error(request, _("Somebody was quicker: this request has changed. Nothing of yours was done yet."))
        return _page(admin, request, _fresh(shown), _kept(_fresh(shown), form), status=409)
    except NotAllowed as reason:
        messages.error(request, str(reason))
        return _page(admin, request, shown, _kept(shown, form), status=409)
    messages.success(request, str(button.done))
    left = [draft for draft in DRAFTS if draft != button.uses and form.data.get(draft, "").strip()]
    if left:
        return _page(admin, request, _fresh(shown), _kept(_fresh(shown), form, without=button.uses))
    return HttpResponseRedirect(reverse("admin:privacy_rightsrequest_change", args=[shown.pk]))


def _fresh(shown: RightsRequest) -> RightsRequest:
    return RightsRequest.objects.filter(pk=shown.pk).first() or shown


def _with_template(shown: RightsRequest, form: CaseForm) -> CaseForm:
    """The template's text after what was typed, in the person's language."""
    form.full_clean()
    template = form.cleaned_data.get("template")
    if template is None:
        form.add_error("template", _("Choose a template first."))
        return form
    typed = form.data.get("message", "").strip()
    text = template.body_in(shown.language)
    kept = _kept(shown, form)
    kept.initial.update(message=f"{typed}\n\n{text}" if typed else text, template="")
    return kept


def _kept(shown: RightsRequest, form: CaseForm, *, without: str = "") -> CaseForm:
    """What was typed, put back as initial values: nothing is an error yet."""
    fresh = CaseForm(shown)
    fresh.initial.update({name: form.data.get(name, "") for name in DRAFTS if name != without})
    return fresh


def context_of(admin: Any, request: HttpRequest, shown: RightsRequest) -> dict[str, Any]:
    """What the page of a request and its printed file both show."""
    file = shown.content
    events = list(file.events.select_related("by")) if file else []
    return {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "media": admin.media,
        "title": shown.reference,
        "shown": shown,
        "file": file,
        "asked": what_was_asked(file) if file else [],
        "events": events,
        "clock": clock_of(shown),
        "why": why(shown),
    }


def _page(admin: Any, request: HttpRequest, shown: RightsRequest, form: CaseForm, *, status: int = 200) -> HttpResponse:
    context = context_of(admin, request, shown)
    may_change = admin.has_change_permission(request, shown) and context["file"] is not None
    carrier = carriers.of(shown)
    letters = [*letters_about(RightsRequest, [shown.pk]), *letters_about(CaseEvent, [e.pk for e in context["events"]])]
    context |= {
        "form": form,
        "may_work": may_change,
        "is_open": shown.state == State.OPEN,
        "is_running": shown.state in services.RUNNING,
        "is_unproved": shown.state == State.UNPROVED,
        "may_write": shown.state in services.PROVED and bool(context["file"] and context["file"].email),
        "may_extend": shown.extended_at is None and shown.state in services.RUNNING,
        "may_issue_again": may_change and can_be_issued_again(shown),
        "is_question": shown.right == Right.QUESTION,
        "prepare": reverse(carrier.prepare, args=[shown.pk]) if carrier and carrier.prepare else "",
        "unready": carrier.unready(shown) if carrier and shown.state == State.OPEN else "",
        "letters": [
            (LETTERS.get(letter.kind, letter.kind), letter)
            for letter in sorted(letters, key=lambda letter: letter.created_at)
        ],
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "privacy/rights/desk/case.html", context, status=status)
