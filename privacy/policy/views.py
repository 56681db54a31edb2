from collections import Counter
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from privacy.pages import kept_page
from privacy.policy import rendering
from privacy.policy.comparison import compare
from privacy.policy.in_force import shown_in_force
from privacy.policy.models import PolicyVersion, today
from privacy.templatetags.privacy import day_in_words


def policy(request: HttpRequest) -> HttpResponse:
    """What the site does now, printed from the declarations, and which published version says so (P12.1)."""
    text, in_force = rendering.text_in(_language()), shown_in_force()
    return kept_page(
        request,
        "privacy/policy/page.html",
        lambda: {"text": _html(text), "in_force": in_force},
        made_of=(text, in_force),
    )


def versions(request: HttpRequest) -> HttpResponse:
    """Every version, the newest first, with what changed."""
    found = list(PolicyVersion.objects.dated())
    shown = [{"version": version, "changes": version.changes_in(_language())} for version in found]
    in_force = next((version for version in found if version.effective_from <= today()), None)
    context = {"shown": shown, "in_force": in_force, "form": TwoVersions(found) if len(found) > 1 else None}
    return render(request, "privacy/policy/versions.html", context)


def version(request: HttpRequest, number: int) -> HttpResponse:
    """One version as it was published; in the other language where it was published in that one alone."""
    found = get_object_or_404(PolicyVersion, pk=number)
    language = _language()
    other = "fr" if language == "en" else "en"
    text, written_in = (found.text_in(language), language) if found.text_in(language) else (found.text_in(other), other)
    context = {
        "version": found,
        "text": _html(text),
        "written_in": written_in,
        "is_in_another_language": written_in != language,
        "changes": found.changes_in(language),
        "in_force": PolicyVersion.objects.dated().in_force(),
        "today": today(),
    }
    return render(request, "privacy/policy/version.html", context)


def comparison(request: HttpRequest) -> HttpResponse:
    """Two versions, and what was added and removed from the one to the other."""
    form = TwoVersions(list(PolicyVersion.objects.dated()), request.GET or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        both = PolicyVersion.objects.in_bulk([int(form.cleaned_data["old"]), int(form.cleaned_data["new"])])
        old, new = both[int(form.cleaned_data["old"])], both[int(form.cleaned_data["new"])]
        language = _language()
        if not (old.text_in(language) and new.text_in(language)):  # An imported text may have one language.
            language = "fr" if language == "en" else "en"
        named = dict(form.named)
        context |= {"old": named[str(old.pk)], "new": named[str(new.pk)], "language": language}
        if old.text_in(language) and new.text_in(language):
            passages = compare(old.text_in(language), new.text_in(language))
            context |= {"passages": passages, "is_same": all(passage.same for passage in passages)}
    return render(request, "privacy/policy/comparison.html", context)


class TwoVersions(forms.Form):
    """Which version to compare with which."""

    old = forms.ChoiceField(label=_("From"))
    new = forms.ChoiceField(label=_("To"))

    def __init__(self, found: list[PolicyVersion], data: Any = None):
        """Proposes the newest version and the one before it."""
        super().__init__(data, initial={"new": str(found[0].pk), "old": str(found[1].pk)} if len(found) > 1 else {})
        days = Counter(one.effective_from for one in found)
        self.named = [(str(one.pk), _name_of(one, is_alone=days[one.effective_from] == 1)) for one in found]
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.choices = self.named


def _name_of(version: PolicyVersion, *, is_alone: bool) -> str:
    """Its day, and its number where another took effect on that day."""
    day = day_in_words(version.effective_from)
    return day if is_alone else gettext("%(day)s, number %(number)d") % {"day": day, "number": version.pk}


def _language() -> str:
    return "en" if get_language() == "en" else "fr"


def _html(text: str) -> str:
    """A text of ours, made by our templates or escaped when it was imported."""
    return mark_safe(text)  # noqa: S308  (see above)
