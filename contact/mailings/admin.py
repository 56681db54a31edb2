from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact.mailings.models import Mailing
from contact.mailings.services import MailingRefused, queue_mailing, save_draft, send_test, stop_mailing
from contact.mailings.writing import html_of, specimen
from contact.prospects.models import Prospect
from privacy.audit.acting import RecordedAdmin


@admin.register(Mailing)
class MailingAdmin(RecordedAdmin[Mailing]):
    """A draft is written here. Its review page shows both languages as they will leave, and sends, tests, stops."""

    list_display = ("__str__", "state", "queued_at", "recipients", "sent", "failed", "uncertain", "waiting")
    list_filter = ("state",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    fieldsets = (
        (_("In French"), {"fields": ("subject_fr", "body_fr")}),
        (_("In English"), {"fields": ("subject_en", "body_en")}),
    )
    change_form_template = "contact/mailings/change_form.html"

    def has_change_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return (obj is None or obj.is_draft) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        """Drafts, one by one."""
        return obj is not None and obj.is_draft and super().has_delete_permission(request, obj)

    def get_urls(self) -> list[Any]:
        def page(name: str, view: Callable[..., HttpResponse]) -> Any:
            return path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"contact_mailing_{name}")

        return [
            page("review", self.review),
            page("test", self.test),
            page("send", self.send),
            page("stop", self.stop),
            *super().get_urls(),
        ]

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, *args: Any, **more: Any) -> Any:
        """What comes too late is told on the review page, and nothing is written."""
        try:
            return super().changeform_view(request, object_id, *args, **more)
        except MailingRefused as refusal:
            messages.error(request, str(refusal))
            return self._to_review(int(object_id or 0))

    def save_model(self, request: HttpRequest, obj: Mailing, form: Any, change: bool) -> None:
        save_draft(obj)

    def response_add(self, request: HttpRequest, obj: Mailing, post_url_continue: str | None = None) -> HttpResponse:
        return self._to_review(obj.pk)

    def response_change(self, request: HttpRequest, obj: Mailing) -> HttpResponse:
        return self._to_review(obj.pk)

    def review(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Both languages, text and HTML part, exactly as they will leave, and what can be done with the mailing."""
        mailing = get_object_or_404(Mailing, pk=pk)
        if not self.has_view_permission(request, mailing):
            raise PermissionDenied
        versions = []
        for language, name in settings.LANGUAGES:
            mail = specimen(mailing, language)
            versions.append({"language": language, "name": name, "mail": mail, "html": html_of(mail)})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(mailing),
            "mailing": mailing,
            "queued": mailing.queued,
            "done": mailing.recipients - mailing.queued,
            "versions": versions,
            "number": Prospect.objects.confirmed().count() if mailing.is_draft else 0,
            "may_act": super().has_change_permission(request, mailing),
        }
        return render(request, "contact/mailings/review.html", context)

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        address = getattr(request.user, "email", "")

        def send() -> str:
            try:
                send_test(pk, to=address, by=request.user.pk)
            except OSError as error:  # smtplib's errors are OSErrors too; their words quote the address.
                raise MailingRefused(
                    gettext("The mail server did not take it (%(error)s).") % {"error": type(error).__name__}
                ) from error
            return gettext("A test in each language is on its way to %(address)s.") % {"address": address}

        return self._act(request, pk, send)

    def send(self, request: HttpRequest, pk: int) -> HttpResponse:
        def send() -> str:
            number = queue_mailing(pk, edition=request.POST.get("edition", ""), by=request.user.pk)
            return ngettext(
                "It is on its way to %(number)d person.", "It is on its way to %(number)d people.", number
            ) % {"number": number}

        return self._act(request, pk, send)

    def stop(self, request: HttpRequest, pk: int) -> HttpResponse:
        def stop() -> str:
            number = stop_mailing(pk, by=request.user.pk)
            return ngettext(
                "Stopped: %(number)d person does not get it.", "Stopped: %(number)d people do not get it.", number
            ) % {"number": number}

        return self._act(request, pk, stop)

    def _act(self, request: HttpRequest, pk: int, act: Callable[[], str]) -> HttpResponse:
        if not super().has_change_permission(request):
            raise PermissionDenied
        try:
            messages.success(request, act())
        except MailingRefused as refusal:
            messages.error(request, str(refusal))
        except Mailing.DoesNotExist as error:
            raise Http404 from error
        return self._to_review(pk)

    def _to_review(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:contact_mailing_review", args=[pk]))

    @admin.display(description=_("waiting"))
    def waiting(self, mailing: Mailing) -> int:
        return mailing.queued
