from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from contact.mailings import admin as mailings_admin  # noqa: F401  (registers them)
from contact.models import ContactRequest, ThreadEntry
from contact.prospects import admin as prospects_admin  # noqa: F401
from contact.services import RequestNotOpen, answer_contact_request, close_contact_request
from privacy.letters.kinds import letters_about
from privacy.letters.models import Letter
from privacy.search import PrivateSearchAdmin


class AnswerForm(forms.ModelForm[ContactRequest]):
    """The only thing staff write on a request: the visitor's words stay as they are."""

    answer = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10, "class": "vLargeTextField"}),
        help_text=_("Sent by mail in plain text, in the company’s name. The reply comes to the desk’s address."),
    )

    class Meta:
        model = ContactRequest
        fields: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        wants_to_send = "_answer" in self.data or "_answer_and_close" in self.data
        if wants_to_send and not self.cleaned_data.get("answer", "").strip() and "answer" not in self.errors:
            self.add_error("answer", _("Write your answer first."))
        return data


class ThreadInline(admin.TabularInline[ThreadEntry, ContactRequest]):
    model = ThreadEntry
    fields = readonly_fields = ("body", "author", "written_at")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ContactRequest)
class ContactRequestAdmin(PrivateSearchAdmin):
    form = AnswerForm
    change_form_template = "contact/admin/change_form.html"
    list_display = ("reference", "name", "status", "language", "received_at", "waiting")
    list_filter = ("status", "language")
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("first_name", "last_name", "email", "message")
    ordering = ("-received_at", "-id")
    inlines = (ThreadInline,)

    OPEN_FIELDS = ("name", "email", "phone", "language", "message", "received_at", "status", "letters")
    CLOSED_FIELDS = ("closed_at", "expires")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or obj.closed_at is None:
            return [*self.OPEN_FIELDS, "answer"]
        return [*self.OPEN_FIELDS, *self.CLOSED_FIELDS]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.OPEN_FIELDS, *self.CLOSED_FIELDS]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        request_shown = kwargs.get("obj")
        context["can_answer"] = request_shown is not None and request_shown.closed_at is None
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: ContactRequest, form: Any, change: bool) -> None:
        """The buttons call the same services as everything else; nothing is saved besides."""
        try:
            if "_close" in request.POST:
                close_contact_request(obj.pk)
                messages.success(request, _("The request is closed."))
            else:
                close = "_answer_and_close" in request.POST
                body = form.cleaned_data["answer"].strip()
                answer_contact_request(obj.pk, author_id=request.user.pk, body=body, close=close)
                messages.success(
                    request,
                    _("Your answer is on its way and the request is closed.")
                    if close
                    else _("Your answer is on its way."),
                )
        except RequestNotOpen as error:
            messages.error(request, str(error))

    def response_change(self, request: HttpRequest, obj: ContactRequest) -> HttpResponse:
        name = "change" if "_answer" in request.POST else "changelist"
        arguments = [obj.pk] if name == "change" else []
        return HttpResponseRedirect(reverse(f"admin:contact_contactrequest_{name}", args=arguments))

    @admin.display(description=_("request"), ordering="pk")
    def reference(self, request: ContactRequest) -> str:
        return str(request.pk)

    @admin.display(description=_("name"))
    def name(self, request: ContactRequest) -> str:
        return f"{request.first_name} {request.last_name}".strip() or str(_("(anonymised)"))

    @admin.display(description=_("waiting for"))
    def waiting(self, request: ContactRequest) -> str:
        return timesince(request.received_at, depth=1) if request.status == ContactRequest.Status.NEW else "–"

    @admin.display(description=_("will be anonymised"))
    def expires(self, request: ContactRequest) -> Any:
        return _("done") if request.is_anonymised else request.expires_at

    @admin.display(description=_("letters"))
    def letters(self, request: ContactRequest) -> str:
        """What became of the mails: one that failed for good must not be discovered by its reader's silence."""
        answers = list(request.entries.values_list("pk", flat=True))
        letters = letters_about(ContactRequest, [request.pk]) | letters_about(ThreadEntry, answers)
        told = [f"{_kind_name(letter)}: {letter.get_state_display()} {letter.error}".strip() for letter in letters]
        return " · ".join(told) or "–"


def _kind_name(letter: Letter) -> str:
    names = {
        "contact.acknowledgement": _("acknowledgement"),
        "contact.team_notice": _("notice to the team"),
        "contact.answer": _("answer"),
    }
    return str(names.get(letter.kind, letter.kind))
