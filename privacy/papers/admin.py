from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from privacy.audit.reading import read
from privacy.confirming import ask_again
from privacy.evidence import EvidenceAdmin
from privacy.papers import services
from privacy.papers.models import Paper
from privacy.papers.personal_data import IDENTITY
from privacy.papers.refusals import PaperRefused
from privacy.papers.viewing import shown
from privacy.rights.kinds import WITHOUT_PAPERS, State
from privacy.rights.models import RightsRequest
from privacy.rights.states import MovedOn, NotAllowed
from privacy.sealing import CannotUnseal


class IdentityForm(forms.Form):
    """One box for all four buttons: what the person is told, or what is only kept."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Reason or note"),
        required=False,
        max_length=2000,
        widget=AdminTextareaWidget(attrs={"rows": 4, "dir": "auto"}),
        help_text=_(
            "Asking for papers: why you doubt; the person reads it, so write it in their language. Waiving them: why "
            "none are needed. Deciding: a note for the file. Never a number or date of the document."
        ),
    )


@admin.register(Paper)
class PaperAdmin(EvidenceAdmin):
    """The papers that wait, and the page where identity is decided. Each paper that is opened leaves a line."""

    list_display = ("request_of", "side", "kind", "received_at", "until")
    list_select_related = ("file__request",)
    ordering = ("received_at",)

    class Media:
        css = {"all": ["privacy/paper.css"]}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("of/<int:number>/", view(self.identity), name="privacy_paper_of"),
            path("<int:number>/show/", view(self.show), name="privacy_paper_show"),
            *super().get_urls(),
        ]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return None

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        paper = self.get_object(request, object_id)
        if paper is None or not self.has_view_permission(request, paper):
            raise PermissionDenied
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied  # Nothing about it is changed: identity is decided on the page this leads to.
        return HttpResponseRedirect(reverse("admin:privacy_paper_of", args=[paper.file.request_id]))

    def show(self, request: HttpRequest, number: int) -> HttpResponseBase:
        """The paper itself. That it was opened is on record before anything of it is sent."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asking = ask_again(request)
        if asking is not None:
            return asking
        paper = Paper.objects.select_related("file__request").filter(pk=number).first()
        if paper is None:
            raise Http404
        with transaction.atomic():
            services.note_view(paper, by=_user(request))
            read(request, RightsRequest, paper.file.request_id, purpose=IDENTITY.name)
        try:
            return shown(paper, to=request.user.get_username())
        except (CannotUnseal, PaperRefused):
            return HttpResponse(_("This paper can’t be opened any more: ask for it again."), "text/plain", status=410)

    def identity(self, request: HttpRequest, number: int) -> HttpResponseBase:
        """The papers of a request, and what the officer decides about them."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asking = ask_again(request, keep=True)
        if asking is not None:
            return asking
        asked = RightsRequest.objects.filter(pk=number).first()
        if asked is None:
            raise Http404
        form = IdentityForm(request.POST or None, initial={"seen": asked.version})
        status = 200
        if request.method == "POST":
            if not request.user.has_perm("privacy.change_paper"):
                raise PermissionDenied
            status = self._decided(request, asked, form)
            if status == 302:
                return HttpResponseRedirect(request.path)
            asked.refresh_from_db()
        if status == 409:
            form = IdentityForm(initial={"seen": asked.version, "words": form.data.get("words", "")})
        return self._page(request, asked, form, status)

    def _decided(self, request: HttpRequest, asked: RightsRequest, form: IdentityForm) -> int:
        """The status that answers this button: 302 once it is done."""
        button = BUTTONS.get(request.POST.get("do", ""))
        if button is None or not form.is_valid():
            return 422
        act, done = button
        try:
            act(asked.pk, _user(request), form.cleaned_data["seen"], form.cleaned_data["words"])
        except NotAllowed as error:
            form.add_error("words", str(error))
            return 422
        except MovedOn:
            messages.error(request, str(_("Something happened to this request meanwhile: look at it again.")))
            return 409
        messages.success(request, str(done))
        return 302

    def _page(self, request: HttpRequest, asked: RightsRequest, form: IdentityForm, status: int) -> HttpResponse:
        if request.method == "GET":
            read(request, RightsRequest, asked.pk, purpose=IDENTITY.name)
        waiting = asked.state in {State.OPEN, State.DOUBT}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Identity: request %(reference)s") % {"reference": asked.reference},
            "asked": asked,
            "papers": list(Paper.objects.filter(file__request=asked).order_by("side")),
            "form": form,
            "may_decide": waiting and request.user.has_perm("privacy.change_paper"),
            "may_ask": asked.right not in WITHOUT_PAPERS,
            "in_doubt": asked.state == State.DOUBT,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "privacy/papers/identity.html", context, status=status)

    @admin.display(description=_("rights request"))
    def request_of(self, paper: Paper) -> Any:
        address = reverse("admin:privacy_paper_of", args=[paper.file.request_id])
        return format_html('<a href="{}">{}</a>', address, paper.file.request.reference)

    @admin.display(description=_("deleted on"))
    def until(self, paper: Paper) -> str:
        return formats.date_format(timezone.localtime(paper.deleted_at), "DATETIME_FORMAT")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Paper]:
        papers: QuerySet[Paper] = super().get_queryset(request)
        return papers.select_related("file__request")


def _user(request: HttpRequest) -> int:
    if request.user.pk is None:
        raise PermissionDenied
    return int(request.user.pk)


BUTTONS: dict[str, Any] = {
    "ask": (
        lambda pk, by, seen, words: services.ask(pk, by=by, seen=seen, reasons=words),
        _("The person is asked for a paper, and the clock stands."),
    ),
    "established": (
        lambda pk, by, seen, words: services.decide(pk, by=by, seen=seen, established=True, note=words),
        _("Identity is established. The papers are erased."),
    ),
    "not-established": (
        lambda pk, by, seen, words: services.decide(pk, by=by, seen=seen, established=False, note=words),
        _("Identity is not established. The papers are erased: ask again, or refuse the request."),
    ),
    "waive": (
        lambda pk, by, seen, words: services.waive(pk, by=by, seen=seen, reason=words),
        _("The request goes on without papers."),
    ),
}
