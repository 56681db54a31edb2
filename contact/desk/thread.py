"""The page of one request: its thread, and what staff do with it. A GET changes nothing; each button is a service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.views.main import SEARCH_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from contact import services
from contact.desk.colleagues import display_name
from contact.desk.forms import ThreadForm
from contact.desk.inbox import held_among, in_words
from contact.desk.post import letters_of
from contact.models import AnswerTemplate, ContactRequest
from privacy.letters.models import Letter
from privacy.search import seal
from privacy.subjects import subject_keys

MOST_OTHERS = 5
"""Other requests of the same person that the page lists; a link leads to all of them."""

LETTERS = {
    "contact.acknowledgement": gettext_lazy("acknowledgement"),
    "contact.confirmation": gettext_lazy("request for confirmation"),
    "contact.team_notice": gettext_lazy("notice to the team"),
    "contact.answer": gettext_lazy("answer"),
    "contact.closed": gettext_lazy("notice of closing"),
}


@dataclass(frozen=True, kw_only=True)
class Button:
    """`run` calls a service, once the form is right; `uses` is the box it empties; `leaves` goes back to the inbox."""

    run: Callable[[int, int | None, ThreadForm], object]
    done: Any
    uses: str = ""
    needs: Any = ""
    leaves: bool = False


def _answer(pk: int, user_id: int | None, form: ThreadForm, *, close: bool = False) -> object:
    data = form.cleaned_data
    return services.answer_contact_request(pk, author_id=user_id, body=data["answer"], close=close, seen=data["seen"])


BUTTONS = {
    "answer": Button(
        run=_answer,
        uses="answer",
        needs=gettext_lazy("Write your answer first."),
        done=gettext_lazy("Your answer is on its way."),
    ),
    "answer_and_close": Button(
        run=lambda pk, user_id, form: _answer(pk, user_id, form, close=True),
        uses="answer",
        needs=gettext_lazy("Write your answer first."),
        done=gettext_lazy("Your answer is on its way and the request is closed."),
        leaves=True,
    ),
    "reply": Button(
        run=lambda pk, user_id, form: services.record_reply(
            pk, author_id=user_id, body=form.cleaned_data["reply"], seen=form.cleaned_data["seen"]
        ),
        uses="reply",
        needs=gettext_lazy("Copy the reply here first."),
        done=gettext_lazy("The reply is on record: the visitor waits for an answer."),
    ),
    "note": Button(
        run=lambda pk, user_id, form: services.add_note(
            pk, author_id=user_id, body=form.cleaned_data["note"], seen=form.cleaned_data["seen"]
        ),
        uses="note",
        needs=gettext_lazy("Write your note first."),
        done=gettext_lazy("Your note is written."),
    ),
    "assign": Button(
        run=lambda pk, user_id, form: services.assign(
            pk, assignee_id=member.pk if (member := form.cleaned_data["assignee"]) else None, by=user_id
        ),
        uses="assignee",
        done=gettext_lazy("The request is assigned."),
    ),
    "take": Button(
        run=lambda pk, user_id, form: services.assign(pk, assignee_id=user_id, by=user_id),
        uses="assignee",
        done=gettext_lazy("The request is yours."),
    ),
    "read": Button(
        run=lambda pk, user_id, form: services.mark_read(pk, by=user_id),
        done=gettext_lazy("The request is marked as read."),
    ),
    "close": Button(
        run=lambda pk, user_id, form: services.close_contact_request(pk, by=user_id),
        done=gettext_lazy("The request is closed."),
        leaves=True,
    ),
    "reopen": Button(
        run=lambda pk, user_id, form: services.reopen_contact_request(pk, by=user_id),
        done=gettext_lazy("The request is open again."),
    ),
    "right": Button(
        run=lambda pk, user_id, form: services.make_rights_request(
            pk, author_id=user_id or 0, right=form.cleaned_data["right"], seen=form.cleaned_data["seen"]
        ),
        uses="right",
        needs=gettext_lazy("Choose the right it is about."),
        done=gettext_lazy("The data protection officer has it, as a rights request of the day it came."),
        leaves=True,
    ),
    "unwanted": Button(
        run=lambda pk, user_id, form: services.mark_as_spam(pk, by=user_id),
        done=gettext_lazy("The request is marked as unwanted."),
        leaves=True,
    ),
}
DRAFTS = ("answer", "reply", "note")


def thread_page(admin: Any, request: HttpRequest, shown: ContactRequest) -> HttpResponse:
    """Show the thread, or do what a button asks and show it again; what was typed and not used stays in its box."""
    if request.method != "POST":
        return _page(admin, request, shown, ThreadForm(shown, seen=_last_entry(shown)))
    form = ThreadForm(shown, request.POST)
    name = request.POST.get("do", "")
    if name == "insert":
        return _page(admin, request, shown, _with_template(shown, form))
    button = BUTTONS.get(name)
    if button is None or not _ready(form, button):
        return _page(admin, request, shown, form, status=422)
    try:
        button.run(shown.pk, request.user.pk, form)
    except (services.RequestNotOpen, services.ThreadHasGrown) as error:
        messages.error(request, str(error))
        return _page(admin, request, _fresh(admin, request, shown), _kept(shown, form), status=409)
    messages.success(request, str(button.done))
    drafts = {draft: form.data.get(draft, "") for draft in DRAFTS if draft != button.uses}
    if any(text.strip() for text in drafts.values()):
        return _page(admin, request, _fresh(admin, request, shown), _kept(shown, form, without=button.uses))
    page = "changelist" if button.leaves else "change"
    arguments = [] if button.leaves else [shown.pk]
    address = reverse(f"admin:contact_contactrequest_{page}", args=arguments)
    came_from = request.GET.get("_changelist_filters", "") if button.leaves else request.GET.urlencode()
    return HttpResponseRedirect(f"{address}?{came_from}" if came_from else address)


def _ready(form: ThreadForm, button: Button) -> bool:
    """Whether the form holds what this button uses; what stands in the other boxes may still be wrong."""
    form.full_clean()
    if button.needs:
        form.needs(button.uses, button.needs)
    return not {"seen", button.uses} & set(form.errors)


def _with_template(shown: ContactRequest, form: ThreadForm) -> ThreadForm:
    """The same form, with the template's text after what was typed, in the visitor's language."""
    form.full_clean()
    template = form.cleaned_data.get("template")
    if template is None:
        form.add_error("template", _("Choose a template first."))
        return form
    typed = form.data.get("answer", "").strip()
    text = template.body_in(shown.language)
    return _rebound(shown, form, answer=f"{typed}\n\n{text}" if typed else text, template="")


def _kept(shown: ContactRequest, form: ThreadForm, *, without: str = "") -> ThreadForm:
    """What was typed, on a page that now shows the newest entries."""
    changes = {without: ""} if without in DRAFTS else {}
    return _rebound(shown, form, seen=str(_last_entry(shown)), **changes)


def _rebound(shown: ContactRequest, form: ThreadForm, **changes: str) -> ThreadForm:
    """Typed text is put back as initial values: nothing is an error yet."""
    typed = {name: form.data.get(name, "") for name in form.fields}
    fresh = ThreadForm(shown)
    fresh.initial.update({**typed, **changes})
    return fresh


def _fresh(admin: Any, request: HttpRequest, shown: ContactRequest) -> ContactRequest:
    return admin.get_object(request, str(shown.pk)) or shown


def _last_entry(shown: ContactRequest) -> int:
    last: int | None = shown.entries.order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


def _page(
    admin: Any, request: HttpRequest, shown: ContactRequest, form: ThreadForm, *, status: int = 200
) -> HttpResponse:
    is_restricted = getattr(shown, "is_restricted", False)  # Nobody but the officer sees one that is.
    may_change = admin.has_change_permission(request, shown) and not (shown.is_anonymised or is_restricted)
    letters = [(LETTERS.get(letter.kind, letter.kind), letter) for letter in letters_of(shown)]
    failed = [(what, letter) for what, letter in letters if letter.state == Letter.State.FAILED]
    shown.has_failed_letter = bool(failed)  # type: ignore[attr-defined]
    inbox = reverse("admin:contact_contactrequest_changelist")
    came_from = request.GET.get("_changelist_filters", "")
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "media": admin.media,
        "title": _("Request %(number)s") % {"number": shown.pk},
        "shown": shown,
        "state": in_words(shown, is_held=bool(held_among([shown.pk]))),
        "assignee": display_name(shown.assignee) or pgettext("assigned to", "nobody"),
        "entries": [(entry, display_name(entry.author)) for entry in shown.entries.select_related("author")],
        "erased_at": settings.SPAM_RETENTION.after(shown.spam_at) if shown.spam_at else None,
        "form": form,
        "drafts": [form[name] for name in DRAFTS if str(form[name].value() or "").strip()],
        "has_templates": AnswerTemplate.objects.exists(),
        "letters": letters,
        "failed": failed,
        "others": _others(admin, request, shown),
        "all_of_theirs": f"{inbox}?{urlencode({SEARCH_VAR: seal(shown.email)})}" if shown.email else "",
        "may_work": may_change and shown.is_open,
        "may_reopen": may_change and not shown.is_open,
        "is_unread": shown.read_at is None,
        "is_unwanted": shown.status == ContactRequest.Status.SPAM,
        "inbox": f"{inbox}?{came_from}" if came_from else inbox,
    }
    request.current_app = admin.admin_site.name
    return TemplateResponse(request, "contact/admin/thread.html", context, status=status)


def _others(admin: Any, request: HttpRequest, shown: ContactRequest) -> list[ContactRequest]:
    """The newest requests of the same person, whatever their address was written like."""
    if not shown.email:
        return []
    theirs = admin.get_queryset(request).filter(subject_key__in=subject_keys(shown.email)).exclude(pk=shown.pk)
    return list(theirs.only("pk", "status", "received_at").order_by("-received_at", "-pk")[:MOST_OTHERS])
