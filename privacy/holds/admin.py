from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from privacy.audit.acting import RecordedAdmin
from privacy.holds.forms import DecideForm, HoldForm, tables
from privacy.holds.models import Hold, HoldReview
from privacy.holds.services import extend, lift, place_on_person, place_on_record

READ = ("ground", "reason", "keeps", "placed_at", "placed_by", "until", "review_on", "reviews")
LIFTED = ("lifted_at", "lifted_by")
EXTENDED = (_("Still needed"), {"fields": ("still_because", "new_until", "new_review_on")})
ENDED = (_("Not needed any more"), {"fields": ("lifted_because",)})


class StandingFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("standing", _("in force")), ("due", _("to be reviewed")), ("over", _("over or lifted"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        standing = Hold.objects.standing().values("pk")
        if self.value() == "standing":
            return queryset.filter(pk__in=standing)
        if self.value() == "due":
            return queryset.filter(pk__in=standing, review_on__lte=timezone.localdate())
        return queryset.exclude(pk__in=standing) if self.value() == "over" else queryset


@admin.register(Hold)
class HoldAdmin(RecordedAdmin[Hold]):
    """Placing one, and lifting it with a reason. What was decided is never changed nor deleted."""

    list_display = ("__str__", "ground", "keeps", "placed_at", "until", "review_on", "state")
    list_filter = (StandingFilter, "ground")
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)
    services_record = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        return super().get_queryset(request).prefetch_related("held")

    def has_change_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return (obj is None or obj.stands) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Hold | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Hold | None = None, change: bool = False, **more: Any) -> Any:
        return super().get_form(request, obj, change, **{**more, "form": DecideForm if obj else HoldForm})

    def get_fieldsets(self, request: HttpRequest, obj: Hold | None = None) -> Any:
        if obj is None:
            return [(None, {"fields": ("address", ("table", "record"), "ground", "reason", "until", "review_on")})]
        if not obj.stands or not self.has_change_permission(request, obj):
            return [(None, {"fields": (*READ, *LIFTED, "lifted_because")})]
        return [(None, {"fields": READ}), EXTENDED, ENDED]

    def get_readonly_fields(self, request: HttpRequest, obj: Hold | None = None) -> Any:
        return () if obj is None else (*READ, *LIFTED)

    def save_model(self, request: HttpRequest, obj: Hold, form: Any, change: bool) -> None:
        typed = form.cleaned_data
        if change and typed["still_because"].strip():
            until, review_on = typed["new_until"], typed["new_review_on"]
            extend(obj.pk, by=request.user.pk, because=typed["still_because"], until=until, review_on=review_on)
            return
        if change:
            lift(obj.pk, by=request.user, because=form.cleaned_data["lifted_because"])
            return
        obj.placed_by_id = request.user.pk
        obj.until = form.cleaned_data["until"]
        if form.cleaned_data["address"]:
            place_on_person(obj, form.cleaned_data["address"])
        else:
            place_on_record(obj, tables()[form.cleaned_data["table"]], form.cleaned_data["record"])

    @admin.display(description=_("what is held"))
    def keeps(self, hold: Hold) -> str:
        """A person's rows, or the records by their numbers; never a key."""
        held = list(hold.held.all())
        named = {table.label: table.model._meta.verbose_name for table in tables().values()}
        if any(one.subject_key for one in held):
            return str(_("all about one person"))
        records = [f"{named.get(one.table, one.table)} {one.record_id}" for one in held]
        return ", ".join(records)

    @admin.display(description=_("found still needed"))
    def reviews(self, hold: Hold) -> Any:
        """Each time, with the reason and what stood before."""
        lines = [
            (formats.date_format(timezone.localtime(review.at), "DATETIME_FORMAT"), review.because, _before(review))
            for review in hold.reviews.order_by("pk")
        ]
        return format_html_join("", "<p>{}: {} ({})</p>", lines) or "–"

    @admin.display(description=_("state"))
    def state(self, hold: Hold) -> Any:
        if hold.lifted_at:
            return _("lifted")
        if not hold.stands:
            return _("over")
        return _("to be reviewed") if hold.review_on <= timezone.localdate() else _("in force")


def _before(review: HoldReview) -> str:
    until = review.until_before
    words = {
        "until": formats.date_format(timezone.localtime(until), "DATE_FORMAT") if until else _("until it is lifted"),
        "review": formats.date_format(review.review_before, "DATE_FORMAT"),
    }
    return _("before: %(until)s, to be reviewed on %(review)s") % words
