from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from privacy.audit.acting import RecordedAdmin
from privacy.audit.reading import read, read_if_shown, readings_recorded
from privacy.rights import intake
from privacy.rights.desk.clock import clock_of
from privacy.rights.desk.deciding import decision_page
from privacy.rights.desk.forms import EntryForm
from privacy.rights.desk.models import ReplyTemplate
from privacy.rights.desk.page import case_page, context_of
from privacy.rights.desk.queues import VIEWS
from privacy.rights.kinds import State
from privacy.rights.models import RightsRequest
from privacy.rights.references import as_typed
from privacy.search import PrivateSearchAdmin
from privacy.subjects import subject_keys
from privacy.templatetags.privacy import day_in_words


class ViewFilter(admin.SimpleListFilter):
    """One is always chosen: what is to be handled, unless something else is asked or searched for."""

    title = pgettext_lazy("filter", "state")
    parameter_name = "view"

    def chosen(self, request: HttpRequest | None = None) -> str:
        value = self.value() or ""
        return value if value in VIEWS else self.default

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        self.default = "all" if request.GET.get("q") else "open"
        super().__init__(request, *args)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, str(view.label)) for name, view in VIEWS.items()]

    def choices(self, changelist: Any) -> Any:
        for name, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: name})
            yield {"selected": name == self.chosen(), "query_string": query, "display": label}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        rows = queryset.filter(VIEWS[self.chosen()].condition())
        return rows.order_by("-received_at", "-id") if self.chosen() in {"closed", "all"} else rows


@admin.register(RightsRequest)
@readings_recorded
class RightsRequestAdmin(PrivateSearchAdmin):
    """The queue by legal date, and the page of each request. Everything that is written goes through services."""

    change_list_template = "privacy/rights/desk/change_list.html"
    list_display = ("reference", "right", "in_state", "time_left", "due", "received_at", "channel")
    list_filter = (ViewFilter, "right", "channel")
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("due_on", "id")
    sortable_by = ()
    search_fields = ("reference",)
    search_help_text = _("A reference, or a whole address: it is looked up by its key.")
    actions = None

    class Media:
        css = {"all": ["privacy/rights-desk.css"]}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/decide/", view(self.decide), name="privacy_rightsrequest_decide"),
            path("<int:pk>/print/", view(self.printed), name="privacy_rightsrequest_print"),
            *super().get_urls(),
        ]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def find(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> tuple[QuerySet[Any], bool]:
        if not words:
            return queryset, False
        if "@" in words:
            return queryset.filter(subject_key__in=subject_keys(words)), False
        return queryset.filter(reference=as_typed(words) or words), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        unproved = RightsRequest.objects.filter(state=State.UNPROVED).count()
        context = {"unproved": unproved, "unproved_url": "?view=unproved", **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=_("state"))
    def in_state(self, shown: RightsRequest) -> str:
        return shown.get_state_display()

    @admin.display(description=_("legal clock"))
    def time_left(self, shown: RightsRequest) -> Any:
        clock = clock_of(shown)
        return format_html('<span class="clock {}">{} {}</span>', clock.urgency, clock.sign, clock.words)

    @admin.display(description=_("legal date"))
    def due(self, shown: RightsRequest) -> str:
        return day_in_words(shown.due_on)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, shown):
            raise PermissionDenied
        if shown is None:
            return self._gone(request)
        if request.method == "POST" and not self.has_change_permission(request, shown):
            raise PermissionDenied
        return case_page(self, request, shown)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        if not self.has_change_permission(request):
            raise PermissionDenied
        shown = RightsRequest.objects.filter(pk=pk).first()
        if shown is None:
            return self._gone(request)
        return read_if_shown(request, decision_page(self, request, shown), RightsRequest, pk)

    def printed(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The whole file as one page, for paper or for an inspector."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shown = RightsRequest.objects.filter(pk=pk).select_related("decided_by").first()
        if shown is None:
            return self._gone(request)
        context = context_of(self, request, shown) | {"printed_at": timezone.now(), "is_printed": True}
        request.current_app = self.admin_site.name
        read(request, RightsRequest, pk)
        return TemplateResponse(request, "privacy/rights/desk/printed.html", context)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """A request that came another way than the form (P6.1)."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = EntryForm(request.POST or None, label_suffix="", initial={"received_on": timezone.localdate()})
        if request.method == "POST" and form.is_valid():
            data = form.cleaned_data
            made = intake.enter(
                data["right"],
                by=int(request.user.pk or 0),
                channel=data["channel"],
                received_at=data["received_on"],
                name=data["name"],
                email=data["email"],
                language=data["language"],
                proof_seen=data["proof_seen"],
                object=data["object"],
                context=data["context"],
                parties=form.parties(),
            )
            messages.success(request, gettext("The request %(reference)s is registered.") % {"reference": made})
            return HttpResponseRedirect(reverse("admin:privacy_rightsrequest_change", args=[made.pk]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + form.media,
            "title": gettext("Register a request that came another way"),
            "form": form,
        }
        request.current_app = self.admin_site.name
        status = 422 if form.errors else 200
        return TemplateResponse(request, "privacy/rights/desk/enter.html", context, status=status)

    def _gone(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, _("There is no such request, or not any more."), messages.WARNING)
        return redirect("admin:privacy_rightsrequest_changelist")


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(RecordedAdmin[ReplyTemplate]):
    list_display = ("name",)
    fields = ("name", "body_fr", "body_en")
