from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from privacy.audit.services import Action, record
from privacy.confirming import ask_again
from privacy.evidence import EvidenceAdmin
from privacy.retention.asking import ask_for_run
from privacy.retention.engine import SIGN_OF_LIFE, rules
from privacy.retention.models import RetentionRun
from privacy.retention.overview import named_rules, next_run, rules_in_words, without_rule

EVERY = 5
"""Seconds after which the page of a run that is followed shows itself again."""
LATEST = 8
"""Runs that the page of the rules shows."""


@admin.register(RetentionRun)
class RetentionRunAdmin(EvidenceAdmin):
    """The runs, each with what it did and what it left; and the page of the rules, from which one is asked for."""

    list_display = ("__str__", "trigger", "dry_run", "started_at", "finished_at", "outcome", "rows", "held_back")
    list_filter = ("outcome", "trigger", "dry_run")
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-started_at",)
    change_list_template = "privacy/retention/change_list.html"
    change_form_template = "privacy/retention/run.html"

    class Media:
        css = {"all": ["privacy/retention.css"]}

    def get_urls(self) -> list[Any]:
        own = [
            path("rules/", self.admin_site.admin_view(self.rules), name="privacy_retentionrun_rules"),
            path("ask/", self.admin_site.admin_view(self.ask), name="privacy_retentionrun_ask"),
        ]
        return [*own, *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[RetentionRun]:
        runs: QuerySet[RetentionRun] = super().get_queryset(request)
        left = F("counts__held") + F("counts__restricted") + F("counts__in_use")
        return runs.annotate(total=Sum("counts__rows"), left=Sum(left))

    def may_ask(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.change_retentionrun")

    def rules(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Retention: the rules and their runs"),
            "opts": self.opts,
            "media": self.media,
            "rules": rules_in_words(now),
            "others": without_rule(),
            "next_run": next_run(now),
            "runs": self.get_queryset(request).order_by("-started_at")[:LATEST],
            "may_ask": self.may_ask(request),
        }
        return TemplateResponse(request, "privacy/retention/rules.html", context)

    def ask(self, request: HttpRequest) -> HttpResponseBase:
        """Have a worker run the rules, and go where that can be watched."""
        if not self.may_ask(request):
            raise PermissionDenied
        purges = request.POST.get("do") == "purge"
        asking = ask_again(request, keep=True) if purges else None
        if asking is not None:
            return asking
        with transaction.atomic():
            run = ask_for_run(dry_run=not purges)
            record(Action.ADDED, run, by=request.user.pk)
        self.message_user(request, _("A worker does it now; this page shows how far it is."), messages.SUCCESS)
        response = redirect("admin:privacy_retentionrun_change", run.pk)
        response["Location"] += "?follow=1"
        return response

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A run that is followed is shown again every few seconds, as long as it goes on; no script is needed."""
        run = self.get_object(request, object_id)
        if run is None:
            return super().change_view(request, object_id, form_url, extra_context)
        counts = list(run.counts.order_by("pk"))
        names = named_rules()
        follows = not run.is_over and "follow" in request.GET
        extra = {
            "title": capfirst(str(run)),
            "subtitle": None,
            "counts": [(names.get(count.rule, count.rule), count) for count in counts],
            "done": sum(count.rows for count in counts),
            "due": sum(count.due for count in counts),
            "step": len(counts),
            "steps": sum(1 for _rule in rules()),
            "is_silent": run.outcome == run.Outcome.RUNNING and run.seen_at < timezone.now() - SIGN_OF_LIFE,
            "follows": follows,
            "every": EVERY,
        }
        response = super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})
        if follows and request.method == "GET":
            response["Refresh"] = str(EVERY)
        return response

    @admin.display(description=_("rows"))
    def rows(self, run: Any) -> int:
        return run.total or 0

    @admin.display(description=_("held back"))
    def held_back(self, run: Any) -> int:
        return run.left or 0
