"""Directives for after death: read by the officer, carried out on a proof; what heirs are granted, and why."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from privacy.audit.reading import read_if_shown, readings_recorded
from privacy.audit.services import Action, record
from privacy.confirming import ask_again
from privacy.directives.carriers import directive_of
from privacy.directives.forms import MeasureForm, ProofForm
from privacy.directives.models import Directive, HeirsMeasure
from privacy.directives.services import DirectiveRefused, carry_out
from privacy.evidence import EvidenceAdmin
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, RightsRequest
from privacy.search import PrivateSearchAdmin
from privacy.subjects import subject_keys

READ = (
    "name",
    "email",
    "wish",
    "beneficiary",
    "named",
    "registered_at",
    "changed_at",
    "state",
    "proof_seen",
    "ended_at",
    "ended_by",
)


class StandingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("standing", _("in force")), ("ended", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in ("standing", "ended"):
            return queryset.filter(ended_at__isnull=self.value() == "standing")
        return queryset


@admin.register(Directive)
@readings_recorded
class DirectiveAdmin(PrivateSearchAdmin, EvidenceAdmin):
    list_display = ("__str__", "wish", "registered_at", "state")
    list_filter = (StandingFilter, "wish")
    search_fields = ("subject_key",)
    search_help_text = _("The whole e-mail address of the person.")
    ordering = ("-pk",)
    fields = readonly_fields = READ
    change_form_template = "privacy/admin/directive.html"

    def find(self, request: HttpRequest, queryset: QuerySet[Directive], words: str) -> tuple[QuerySet[Directive], bool]:
        return (queryset.filter(subject_key__in=subject_keys(words)) if words else queryset), False

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.carry_out)
        return [path("<int:number>/carry-out/", page, name="privacy_directive_carry_out"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        shown = context.get("original")
        context["may_carry_out"] = shown is not None and shown.stands and self._may(request)
        return super().render_change_form(request, context, *args, **kwargs)

    def carry_out(self, request: HttpRequest, number: int) -> HttpResponseBase:
        """GET asks for the proof, POST carries it out."""
        if not self._may(request):
            raise PermissionDenied
        asking = ask_again(request, keep=True)
        if asking is not None:
            return asking
        directive = get_object_or_404(Directive, pk=number, ended_at=None)
        form = ProofForm(directive, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                carry_out(directive.pk, by=request.user.pk or 0, **form.cleaned_data)
            except DirectiveRefused as refused:
                form.add_error(None, str(refused))
            else:
                self.message_user(request, _("It is carried out, or begun as a request that you now decide."))
                return redirect("admin:privacy_directive_change", directive.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Carry out a directive"),
            "directive": directive,
            "form": form,
        }
        page = render(request, "privacy/admin/carry_out_directive.html", context, status=422 if form.errors else 200)
        return read_if_shown(request, page, Directive, number)

    @staticmethod
    def _may(request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.change_directive")

    @admin.display(description=_("person who sees to it"))
    def named(self, directive: Directive) -> str:
        executor = directive.executors.first()
        return f"{executor.name} <{executor.email}>" if executor else "–"

    @admin.display(description=_("state"))
    def state(self, directive: Directive) -> Any:
        return _("in force") if directive.stands else directive.get_ended_display()


@admin.register(HeirsMeasure)
class HeirsMeasureAdmin(EvidenceAdmin):
    list_display = ("__str__", "request", "ground")
    list_select_related = ("request",)
    ordering = ("-pk",)

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.prepare)
        return [path("prepare/<int:number>/", page, name="privacy_heirsmeasure_prepare"), *super().get_urls()]

    def prepare(self, request: HttpRequest, number: int) -> HttpResponse:
        """What heirs are granted, and on which ground; none against a directive."""
        if not request.user.has_perm("privacy.add_heirsmeasure"):
            raise PermissionDenied
        asked = get_object_or_404(RightsRequest, pk=number, right=Right.HEIRS, state=State.OPEN)
        known = HeirsMeasure.objects.filter(request=asked).first()
        form = MeasureForm(request.POST or None, instance=known or HeirsMeasure(request=asked))
        if request.method == "POST" and form.is_valid():
            with transaction.atomic():
                measure = form.save()
                action = Action.CHANGED if known else Action.ADDED
                record(action, measure, by=request.user.pk, details=form.changed_data)
            self.message_user(request, _("It is written down."), messages.SUCCESS)
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What heirs are granted by request %(reference)s") % {"reference": asked.reference},
            "file": get_object_or_404(CaseFile, request=asked),
            "directive": directive_of(asked),
            "form": form,
        }
        page = render(request, "privacy/admin/heirs.html", context, status=422 if form.errors else 200)
        return read_if_shown(request, page, RightsRequest, number)
