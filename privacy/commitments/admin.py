from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from privacy.audit.services import Action, record_all
from privacy.commitments.checking import check_commitments
from privacy.commitments.frame import Commitment, all_commitments
from privacy.commitments.models import CommitmentCheck, Found, WatchedCommitment
from privacy.commitments.standing import RED, State, standing_of
from privacy.evidence import EvidenceAdmin

AT_ONCE = 15.0
"""Seconds that somebody who asks for the checks waits at most; asking again goes on with the others."""
SHOWN = 30


def commitment_of(name: str) -> Commitment | None:
    return next((each for each in all_commitments() if each.name == name), None)


def figure_of(name: str, found: Found) -> str:
    commitment = commitment_of(name)
    return "" if commitment is None or found.error else commitment.figure(found.number, found.on)


def shown(state: State, words: object) -> SafeString:
    """A verdict told by its words and its mark, and by colour only besides."""
    kind, mark = ("red", "✗") if state in RED else ("green", "✓")
    return format_html('<span class="verdict {}"><span aria-hidden="true">{}</span> {}</span>', kind, mark, words)


class Styled:
    class Media:
        css = {"all": ["privacy/commitments.css"]}


@admin.register(WatchedCommitment)
class WatchedCommitmentAdmin(Styled, EvidenceAdmin):
    """Where each commitment stands; one page each, with its history."""

    list_display = ("said", "state", "figure", "since", "checked_at")
    list_filter = ("kept",)
    show_facets = admin.ShowFacets.NEVER
    ordering = ("kept", "name")
    readonly_fields = ("said", "how", "state", "figure")
    fields = ("name", "said", "how", "state", "figure", "where", "error", "since", "checked_at", "told_at")
    change_list_template = "privacy/commitments/admin/change_list.html"
    change_form_template = "privacy/commitments/admin/change_form.html"

    def get_urls(self) -> list[Any]:
        now = path("check/", self.admin_site.admin_view(self.check_now), name="privacy_watchedcommitment_check")
        return [now, *super().get_urls()]

    def may_check(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.change_watchedcommitment")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {**(extra_context or {}), "may_check": self.may_check(request)})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        watched = self.get_object(request, object_id)
        latest = () if watched is None else watched.history.select_related("commitment").order_by("-checked_at")[:SHOWN]
        history = [
            (check, shown(verdict(check), verdict(check).label), figure_of(check.commitment.name, check))
            for check in latest
        ]
        extra = {"history": history, "may_check": self.may_check(request)}
        if watched is not None:
            extra["subtitle"] = self.said(watched)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

    def check_now(self, request: HttpRequest) -> HttpResponse:
        """Check them all, those checked longest ago first, for as long as somebody may be kept waiting."""
        if not self.may_check(request):
            raise PermissionDenied
        done = check_commitments(_oldest_first(), seconds=AT_ONCE)
        keys = [watched.pk for watched in done]
        record_all(Action.RAN, WatchedCommitment, keys, by=request.user.pk, details=("checked",))
        red = sum(not watched.kept for watched in done)
        told = ngettext("%(number)d commitment was checked.", "%(number)d commitments were checked.", len(done))
        kept = ngettext("%(number)d is not kept.", "%(number)d are not kept.", red) if red else _("All are kept.")
        self.message_user(
            request,
            f"{told % {'number': len(done)}} {str(kept) % {'number': red} if red else kept}",
            messages.WARNING if red else messages.SUCCESS,
        )
        if len(done) < len(all_commitments()):
            self.message_user(request, _("There was no time for the others: check again."), messages.WARNING)
        return redirect("admin:privacy_watchedcommitment_changelist")

    @admin.display(description=_("promise"))
    def said(self, watched: WatchedCommitment) -> str:
        commitment = commitment_of(watched.name)
        return str(commitment.said) if commitment else str(_("No longer promised."))

    @admin.display(description=_("how it is checked"))
    def how(self, watched: WatchedCommitment) -> str:
        commitment = commitment_of(watched.name)
        return str(commitment.checked) if commitment else ""

    @admin.display(description=_("state"), ordering="kept")
    def state(self, watched: WatchedCommitment) -> SafeString:
        state = standing_of(watched)
        return shown(state, state.label)

    @admin.display(description=_("figure"))
    def figure(self, watched: WatchedCommitment) -> str:
        return figure_of(watched.name, watched) or "–"


@admin.register(CommitmentCheck)
class CommitmentCheckAdmin(Styled, EvidenceAdmin):
    """The history of all, to filter and to read."""

    list_display = ("checked_at", "commitment", "state", "figure", "where", "times")
    list_filter = ("kept", "commitment", "checked_at")
    list_select_related = ("commitment",)
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-checked_at",)
    fields = ("commitment", "state", "figure", "where", "error", "checked_at", "times")
    readonly_fields = ("state", "figure")

    @admin.display(description=_("state"), ordering="kept")
    def state(self, check: CommitmentCheck) -> SafeString:
        return shown(verdict(check), verdict(check).label)

    @admin.display(description=_("figure"))
    def figure(self, check: CommitmentCheck) -> str:
        return figure_of(check.commitment.name, check) or check.error or "–"


def verdict(found: Found) -> State:
    """What a check said in its time."""
    if found.error:
        return State.FAILED
    return State.KEPT if found.kept else State.BROKEN


def _oldest_first() -> Iterable[Commitment]:
    checked = dict(WatchedCommitment.objects.values_list("name", "checked_at"))
    never = timezone.now().replace(year=1970)
    return sorted(all_commitments(), key=lambda each: checked.get(each.name, never))
