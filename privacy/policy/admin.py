from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from privacy.evidence import EvidenceAdmin
from privacy.letters.models import Letter
from privacy.policy import publishing
from privacy.policy.comparison import compare
from privacy.policy.letters import POLICY_CHANGED
from privacy.policy.models import PolicyVersion, today
from privacy.policy.publishing import PublishingRefused, check_publishable, publish
from privacy.policy.rendering import current


class PublishForm(forms.ModelForm[PolicyVersion]):
    """What the officer says about a version; its text comes from the declarations."""

    edition = forms.CharField(required=False)
    """Written by the page beside the changes it shows, so that a page shown again carries what it shows now."""

    class Meta:
        model = PolicyVersion
        fields = ("changes_fr", "changes_en", "is_important", "effective_from")

    def clean(self) -> dict[str, Any] | None:
        """A refusal that can be known beforehand is an error of the form, and what was typed is kept."""
        cleaned = super().clean()
        if cleaned is not None and not self.errors:
            try:
                check_publishable(effective_from=cleaned["effective_from"], edition=cleaned["edition"])
            except PublishingRefused as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return cleaned


@admin.register(PolicyVersion)
class PolicyVersionAdmin(EvidenceAdmin):
    """Versions are read here, and a new one is published: the form shows what it changes in both languages."""

    list_display = ("dated", "is_important", "published_at", "is_imported", "changes")
    fields = (
        "effective_from",
        "published_at",
        "is_important",
        "is_imported",
        "changes_fr",
        "changes_en",
        "digest",
        "told",
        "page",
    )
    ordering = ("-effective_from", "-pk")
    add_form_template = "privacy/policy/publish.html"
    change_list_template = "privacy/policy/change_list.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("text_fr", "text_en")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("privacy.add_policyversion")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"has_drifted": publishing.has_drifted(), **(extra_context or {})})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        texts, last = current(), publishing.latest()
        context = {
            "title": _("Publish the policy"),
            "has_drifted": last is None or last.digest != texts.digest,
            "edition": texts.digest,
            "previews": [
                {
                    "language": language,
                    "name": name,
                    "passages": compare(last.text_in(language) if last else "", getattr(texts, language)),
                }
                for language, name in settings.LANGUAGES
            ],
        }
        context |= extra_context or {}
        try:
            return super().add_view(request, form_url, context)
        except PublishingRefused:  # Another officer was quicker by a moment: now the form can say so.
            return super().add_view(request, form_url, context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **kwargs) if obj else PublishForm

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": PublishForm.Meta.fields})]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("told", "page") if obj is not None else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"effective_from": today()}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = publish(**form.cleaned_data).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A version has no parts."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, gettext("The version is published."))
        return HttpResponseRedirect(reverse("admin:privacy_policyversion_change", args=[obj.pk]))

    @admin.display(description=_("version of"), ordering="effective_from")
    def dated(self, version: PolicyVersion) -> Any:
        return version.effective_from

    @admin.display(description=_("what changed"))
    def changes(self, version: PolicyVersion) -> str:
        return version.changes_in(get_language() or settings.LANGUAGE_CODE)[:120]

    @admin.display(description=_("people told"))
    def told(self, version: PolicyVersion) -> str:
        announcement = getattr(version, "announcement", None)
        if announcement is None:
            return "–"
        letters = Letter.objects.filter(kind=POLICY_CHANGED.name, record_id__in=version.notices.values("pk"))
        waiting = letters.filter(state=Letter.State.QUEUED).count()
        failed = letters.filter(state=Letter.State.FAILED).count()
        if announcement.finished_at:
            words = gettext("%(people)d people written down, %(waiting)d letters waiting, %(failed)d failed.")
        else:
            words = gettext(
                "Still writing down who is to be told: %(people)d people so far, %(waiting)d letters waiting, "
                "%(failed)d failed."
            )
        return words % {"people": announcement.people, "waiting": waiting, "failed": failed}

    @admin.display(description=_("text"))
    def page(self, version: PolicyVersion) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("policy-version", args=[version.pk]), gettext("Read it"))
