"""The two fields with which somebody joins a copy of their identity document, on whatever page they stand.

How a page uses them:

    papers = PapersForm(request.POST, request.FILES)          # prefix="papers" where the page has other forms
    if limits_allow_it and form.is_valid() and papers.is_valid():   # checking takes a second a file: ask it last
        with transaction.atomic():
            filed = submit(...)
            give(filed, papers.sides())                       # privacy.papers.services; {} when nothing was chosen

Its form needs enctype="multipart/form-data". A browser forgets which files were chosen when a page comes back with
errors, so nothing of a file is kept either: they are chosen again. Before asking: `papers_wanted(right)` says whether
the site asks everybody, `privacy.papers.services.takes_papers(request)` whether this request takes any now.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from privacy.papers.checking import LARGEST, CheckedPaper, check
from privacy.papers.refusals import PaperRefused
from privacy.rights.kinds import WITHOUT_PAPERS

ACCEPTED = "image/jpeg,image/png,application/pdf,.jpg,.jpeg,.png,.pdf"


class PaperField(forms.Field):
    """A file that comes out of it made anew. Its name and the type the browser claims are not looked at."""

    widget = forms.FileInput(attrs={"accept": ACCEPTED})

    def clean(self, value: Any) -> CheckedPaper | None:
        if not isinstance(value, UploadedFile):
            return None
        try:
            if (value.size or 0) > LARGEST:
                raise PaperRefused("too-large")
            return check(value.read())
        except PaperRefused as refusal:
            raise ValidationError(refusal.words, code=refusal.code) from None
        finally:
            value.close()


class PapersForm(forms.Form):
    """`at_least_one`: on the page that is there for nothing else, sending it empty is an error."""

    recto = PaperField(
        label=_("Front"),
        required=False,
        help_text=_("Identity card, passport or residence permit. A JPEG or PNG picture or a PDF, 8 MB at most."),
    )
    verso = PaperField(label=_("Back"), required=False, help_text=_("Of the same document. A passport needs none."))

    mandate = PaperField(
        label=_("Mandate, or proof of capacity"),
        required=False,
        help_text=_("If you ask for somebody else: what shows that you may, in the same forms."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        at_least_one: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(data, files, **more)
        self.at_least_one = at_least_one

    def clean(self) -> dict[str, Any]:
        chosen = any(self.files.get(self.add_prefix(name)) for name in self.fields)
        if self.at_least_one and not chosen:
            self.add_error("recto", _("Choose the file of your document’s front."))
        return self.cleaned_data

    def sides(self) -> dict[str, CheckedPaper]:
        """What was given, by side; empty when nothing was."""
        return {name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)}


def papers_wanted(right: str) -> bool:
    """Whether who uses this right is asked for papers from the start. A request without any is taken all the same."""
    return settings.IDENTITY_DOCUMENTS == "always" and right not in WITHOUT_PAPERS
