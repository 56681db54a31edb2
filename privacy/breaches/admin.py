from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from privacy.audit.acting import RecordedAdmin
from privacy.audit.reading import read, readings_recorded
from privacy.breaches.clock import clock_of
from privacy.breaches.forms import StatementForm
from privacy.breaches.models import Breach
from privacy.breaches.reading import facts, history, moment
from privacy.breaches.services import add, enter


class OpenFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        closed = pgettext("breaches", "closed")
        return [("open", _("not closed")), ("unsettled", _("neither notified nor decided")), ("closed", closed)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "open":
            return queryset.filter(closed_at=None)
        if self.value() == "unsettled":
            return queryset.filter(pk__in=Breach.objects.unsettled().values("pk"))
        return queryset.filter(closed_at__isnull=False) if self.value() == "closed" else queryset


@admin.register(Breach)
@readings_recorded
class BreachAdmin(RecordedAdmin[Breach]):
    """The register: each breach with its clock, its page, and a printed page. What was written is never changed."""

    list_display = ("number", "time_left", "due", "aware_at", "notify", "tell", "answer_by", "closed_at")
    list_filter = (OpenFilter,)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-aware_at", "-pk")
    sortable_by = ()
    actions = None

    class Media:
        css = {"all": ["privacy/rights-desk.css"]}

    def get_urls(self) -> list[Any]:
        printed = self.admin_site.admin_view(self.printed)
        return [path("<int:pk>/print/", printed, name="privacy_breach_print"), *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("breach"))
    def number(self, breach: Breach) -> str:
        return str(breach.pk)

    @admin.display(description=_("72 hours"))
    def time_left(self, breach: Breach) -> Any:
        clock = clock_of(breach)
        return format_html('<span class="clock {}">{} {}</span>', clock.urgency, clock.sign, clock.words)

    @admin.display(description=_("to be notified by"))
    def due(self, breach: Breach) -> str:
        return moment(breach.due_at)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = StatementForm(Breach(), request.POST or None)
        if request.method == "POST" and form.is_valid():
            made = enter(form.instance, by=request.user.pk)
            messages.success(request, gettext("The breach is in the register, and its clock runs."))
            return HttpResponseRedirect(reverse("admin:privacy_breach_change", args=[made.pk]))
        return self._page(request, "privacy/breaches/enter.html", form, title=gettext("Enter a breach"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        breach = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, breach):
            raise PermissionDenied
        if breach is None:
            return self._gone(request)
        may_add = self.has_change_permission(request, breach)
        if request.method == "POST" and not may_add:
            raise PermissionDenied
        form = StatementForm(breach, request.POST or None)
        write = partial(add, breach.pk, by=request.user.pk)
        if request.method == "POST" and form.is_valid() and form.write(write):
            messages.success(request, gettext("It is written down, with its date."))
            return HttpResponseRedirect(reverse("admin:privacy_breach_change", args=[breach.pk]))
        return self._page(request, "privacy/breaches/breach.html", form, may_add=may_add, **_told(breach))

    def printed(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All that is known of a breach as one page, for paper or for an inspector."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        breach = Breach.objects.filter(pk=pk).first()
        if breach is None:
            return self._gone(request)
        page = self._page(request, "privacy/breaches/printed.html", None, printed_at=timezone.now(), **_told(breach))
        read(request, Breach, pk)
        return page

    def _page(self, request: HttpRequest, template: str, form: StatementForm | None, **more: Any) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "form": form,
            **more,
        }
        return TemplateResponse(request, template, context, status=422 if form and form.errors else 200)

    def _gone(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, _("There is no such breach, or not any more."), messages.WARNING)
        return redirect("admin:privacy_breach_changelist")


def _told(breach: Breach) -> dict[str, Any]:
    return {
        "title": capfirst(str(breach)),
        "breach": breach,
        "clock": clock_of(breach),
        "aware": moment(breach.aware_at),
        "due": moment(breach.due_at),
        "facts": facts(breach),
        "history": history(breach),
    }
