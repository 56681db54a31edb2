"""Restricted data: stored, and nothing else. Placed with a ground, looked at again, lifted once its person was told."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.audit.acting import RecordedAdmin
from privacy.audit.reading import read_if_shown
from privacy.letters.models import Letter
from privacy.registry import registry
from privacy.restrictions.forms import AnnounceForm, LiftForm, RestrictionForm, ScopeForm
from privacy.restrictions.letters import LIFTING
from privacy.restrictions.models import Restriction, RestrictionUse
from privacy.restrictions.services import RestrictionRefused, announce_lifting, lift, place, prepare, record_use
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseFile, RightsRequest

READ = ("ground", "reason", "covers", "request", "state", "placed_at", "placed_by", "review_on")
ANNOUNCED = ("lifted_because", "lift_on", "announced_at", "announced_by", "letter", "told_at")


class StandingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("standing", _("in force")),
            ("due", _("to be reviewed")),
            ("announced", _("lifting announced")),
            ("prepared", _("prepared")),
            ("lifted", _("lifted")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        standing = {"placed_at__isnull": False, "lifted_at": None}
        chosen: dict[str, dict[str, Any]] = {
            "standing": standing,
            "due": {**standing, "review_on__lte": timezone.localdate()},
            "announced": {**standing, "announced_at__isnull": False},
            "prepared": {"placed_at": None},
            "lifted": {"lifted_at__isnull": False},
        }
        return queryset.filter(**chosen.get(self.value() or "", {}))


class UseInline(admin.StackedInline[RestrictionUse, Restriction]):
    model = RestrictionUse
    fields = ("ground", "because", "at", "by")
    readonly_fields = ("at", "by")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and obj.stands

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Restriction)
class RestrictionAdmin(RecordedAdmin[Restriction]):
    """Placing one, recording a use, announcing that it ends, lifting it. What was decided is never changed."""

    list_display = ("__str__", "ground", "covers", "request", "placed_at", "review_on", "state")
    list_filter = (StandingFilter, "ground")
    list_select_related = ("request",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    inlines = (UseInline,)
    services_record = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Restriction]:
        return super().get_queryset(request).prefetch_related("restricted")

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.prepare)
        return [path("prepare/<int:number>/", page, name="privacy_restriction_prepare"), *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Restriction | None = None) -> bool:
        return (obj is None or obj.stands) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Restriction | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Restriction | None = None, change: bool = False, **more: Any) -> Any:
        form = RestrictionForm if obj is None else LiftForm if obj.announced_at else AnnounceForm
        return super().get_form(request, obj, change, **{**more, "form": form})

    def get_fields(self, request: HttpRequest, obj: Restriction | None = None) -> Any:
        if obj is None:
            return ("address", "purpose", ("table", "record"), "ground", "reason", "review_on")
        if not obj.stands:
            return (*READ, *ANNOUNCED, "told_how", "lifted_at") if obj.lifted_at else READ
        return (*READ, *ANNOUNCED, "told_how", "lift_now") if obj.announced_at else (*READ, "lifted_because", "lift_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Restriction | None = None) -> Any:
        if obj is None:
            return ()
        if not obj.stands:
            return (*READ, *ANNOUNCED, "told_how", "lifted_at")
        return (*READ, *ANNOUNCED) if obj.announced_at else READ

    def changeform_view(self, request: HttpRequest, *arguments: Any, **more: Any) -> HttpResponse:
        """What a service refuses is told on the page it was asked on, and nothing is written."""
        try:
            return super().changeform_view(request, *arguments, **more)
        except RestrictionRefused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return redirect(request.path)

    def save_model(self, request: HttpRequest, obj: Restriction, form: Any, change: bool) -> None:
        data, by = form.cleaned_data, request.user.pk
        if not change:
            obj.placed_by_id = by
            place(obj, form.scope(data["address"]))
        elif isinstance(form, AnnounceForm) and data["lift_on"]:
            announce_lifting(obj.pk, by=by, because=data["lifted_because"], on=data["lift_on"])
        elif isinstance(form, LiftForm) and data["lift_now"]:
            lift(obj.pk, by=by, told_how=data["told_how"])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for use in formset.save(commit=False):
            record_use(use.restriction_id, ground=use.ground, because=use.because, by=request.user.pk)

    def prepare(self, request: HttpRequest, number: int) -> HttpResponse:
        """What a request asks to have restricted, as the officer understands it; placed once that is granted."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        asked = get_object_or_404(RightsRequest, pk=number, right=Right.RESTRICTION, state=State.OPEN)
        file = get_object_or_404(CaseFile, request=asked)
        form = ScopeForm(request.POST or None, initial={"ground": file.details.get("ground", "")})
        if request.method == "POST" and form.is_valid():
            form.instance.request = asked
            try:
                if not file.email and not form.cleaned_data["table"]:
                    raise RestrictionRefused(_("No address is known for this person: choose one record."))
                prepare(form.instance, form.scope(file.email), by=request.user.pk)
            except RestrictionRefused as refused:
                form.add_error(None, str(refused))
            else:
                self.message_user(request, _("It is prepared: it comes into force when the request is granted."))
                return redirect("admin:privacy_rightsrequest_change", asked.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What request %(reference)s restricts") % {"reference": asked.reference},
            "asked": asked,
            "file": file,
            "form": form,
            "prepared": Restriction.objects.filter(request=asked, placed_at=None).prefetch_related("restricted"),
            "covers": self.covers,
        }
        status = 422 if form.errors else 200
        page = render(request, "privacy/admin/prepare_restriction.html", context, status=status)
        return read_if_shown(request, page, RightsRequest, number)

    @admin.display(description=_("what is restricted"))
    def covers(self, restriction: Restriction) -> str:
        """A person's data, a purpose of it, or records by their numbers; never a key."""
        return in_words(restriction)

    @admin.display(description=_("state"))
    def state(self, restriction: Restriction) -> Any:
        if restriction.lifted_at:
            return _("lifted")
        if restriction.placed_at is None:
            return _("prepared, not in force")
        if restriction.announced_at:
            return _("in force; lifting announced")
        return _("to be reviewed") if restriction.review_on <= timezone.localdate() else _("in force")

    @admin.display(description=_("letter to the person"))
    def letter(self, restriction: Restriction) -> str:
        letter = Letter.objects.filter(kind=LIFTING.name, record_id=restriction.pk).order_by("-created_at").first()
        return letter.get_state_display() if letter else "–"


def in_words(restriction: Restriction) -> str:
    rows = list(restriction.restricted.all())
    if any(row.subject_key and not row.table for row in rows):
        return str(_("all about one person"))
    named = {table.label: str(table.model._meta.verbose_name_plural) for table in registry.tables()}
    titles = {name: str(purpose.withdrawal.title) for name, purpose in registry.purposes.items()}
    words = {titles.get(row.purpose, row.purpose) if row.purpose else named.get(row.table, row.table) for row in rows}
    records = [f"{named.get(row.table, row.table)} {row.record_id}" for row in rows if row.record_id]
    return ", ".join(records or sorted(words))
