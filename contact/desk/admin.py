from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import capfirst
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contact.desk import search
from contact.desk.colleagues import display_name
from contact.desk.inbox import (
    AssigneeFilter,
    InboxChangeList,
    QueueFilter,
    in_words,
    queue_of,
    sees_restricted,
)
from contact.desk.queues import visible, visible_to_officer
from contact.desk.thread import thread_page
from contact.models import AnswerTemplate, ContactRequest
from contact.services import RequestRestricted, close_contact_requests, mark_requests_as_spam
from privacy.audit.acting import RecordedAdmin
from privacy.audit.reading import readings_recorded
from privacy.search import PrivateSearchAdmin

EXCERPT = 70
"""Characters of a message that the list shows."""


@admin.register(ContactRequest)
@readings_recorded
class ContactRequestAdmin(PrivateSearchAdmin):
    """The inbox, and the page of each request. Everything that is written goes through contact.services."""

    change_list_template = "contact/admin/change_list.html"
    list_display = ("reference", "writer", "beginning", "kind", "state", "given_to", "age")
    list_display_links = ("reference",)
    list_filter = (QueueFilter, "kind", "language", AssigneeFilter)
    list_select_related = ("assignee",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ("age",)
    search_fields = ("first_name", "last_name", "email", "message")
    search_help_text = _("A name, a whole address or words of the message; accents and capitals do not matter.")
    actions = ("close_selected", "mark_selected_unwanted")

    class Media:
        css = {"all": ["contact/desk.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[InboxChangeList]:
        return InboxChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = f"{capfirst(str(self.opts.verbose_name_plural))} – {queue_of(request).label}"
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContactRequest]:
        return visible_to_officer() if sees_restricted(request) else visible()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return queue_of(request).order

    def find(
        self, request: HttpRequest, queryset: QuerySet[ContactRequest], words: str
    ) -> tuple[QuerySet[ContactRequest], bool]:
        shown = queryset.annotate(excerpt=Left("message", EXCERPT + 1)).defer("message")
        return (search.find(shown, words) if words else shown), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        shown = self.get_object(request, object_id)
        if not self.has_view_or_change_permission(request, shown):
            raise PermissionDenied
        if shown is None and visible_to_officer().filter(pk=_number(object_id)).exists():
            self.message_user(request, str(RequestRestricted()), messages.WARNING)
            return redirect("admin:contact_contactrequest_changelist")
        if shown is None:
            self.message_user(request, _("There is no such request, or not any more."), messages.WARNING)
            return redirect("admin:contact_contactrequest_changelist")
        if request.method == "POST" and not self.has_change_permission(request, shown):
            raise PermissionDenied
        return thread_page(self, request, shown)

    @admin.action(description=_("Close the selected requests"), permissions=["change"])
    def close_selected(self, request: HttpRequest, queryset: QuerySet[ContactRequest]) -> None:
        chosen = self._chosen(queryset)
        number = close_contact_requests(chosen, by=request.user.pk)
        told = ngettext("%(number)d request is closed.", "%(number)d requests are closed.", number)
        self._tell(request, told % {"number": number}, len(chosen) - number)

    @admin.action(description=_("Mark the selected requests as unwanted"), permissions=["change"])
    def mark_selected_unwanted(self, request: HttpRequest, queryset: QuerySet[ContactRequest]) -> None:
        chosen = self._chosen(queryset)
        number = mark_requests_as_spam(chosen, by=request.user.pk)
        told = ngettext(
            "%(number)d request is marked as unwanted.", "%(number)d requests are marked as unwanted.", number
        )
        self._tell(request, told % {"number": number}, len(chosen) - number)

    def _chosen(self, queryset: QuerySet[ContactRequest]) -> list[int]:
        """At most a page: the list does not know how many there are, so nobody can mean all of them."""
        return list(queryset.values_list("pk", flat=True)[: self.list_per_page])

    def _tell(self, request: HttpRequest, done: str, left: int) -> None:
        self.message_user(request, done, messages.SUCCESS)
        if left:
            told = ngettext(
                "%(number)d was not open: it stays as it is.", "%(number)d were not open: they stay as they are.", left
            )
            self.message_user(request, told % {"number": left}, messages.WARNING)

    @admin.display(description=_("request"))
    def reference(self, request: ContactRequest) -> str:
        return str(request.pk)

    @admin.display(description=_("name"))
    def writer(self, request: ContactRequest) -> SafeString:
        return format_html("<bdi>{}</bdi>", request.name or _("(anonymised)"))

    @admin.display(description=_("beginning of the message"))
    def beginning(self, request: Any) -> SafeString:
        return format_html('<bdi lang="{}">{}</bdi>', request.language, _excerpt(request.excerpt) or "–")

    @admin.display(description=_("state"))
    def state(self, request: ContactRequest) -> str:
        return ", ".join(str(word) for word in in_words(request))

    @admin.display(description=_("assigned to"))
    def given_to(self, request: ContactRequest) -> str:
        return display_name(request.assignee) or "–"

    @admin.display(description=_("age"), ordering="-received_at")
    def age(self, request: ContactRequest) -> str:
        """In whole days; until it was closed, once it is."""
        days = request.age.days
        return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


def _excerpt(text: str) -> str:
    """What goes on ends after a whole word where there is one, and says so."""
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rsplit(maxsplit=1)[0]}…"


def _number(object_id: str) -> int:
    return int(object_id) if object_id.isascii() and object_id.isdigit() and len(object_id) < 19 else 0


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(RecordedAdmin[AnswerTemplate]):
    list_display = ("name", "beginning")
    fields = ("name", "body_fr", "body_en")

    class Media:
        css = {"all": ["contact/desk.css"]}

    @admin.display(description=_("text in French"))
    def beginning(self, template: AnswerTemplate) -> str:
        return capfirst(template.body_fr[:EXCERPT])
