"""Where the public pages stand, and how to read one."""

from html.parser import HTMLParser

from django.urls import reverse
from django.utils import translation

LANGUAGES = ["fr", "en"]
LISTED = [
    "home",
    "contact:form",
    "policy",
    "policy-versions",
    "commitments",
    "withdraw",
    "cookies:manage",
    "rights",
    "rights-access",
    "rights-rectification",
    "rights-erasure",
    "rights-restriction",
    "rights-objection",
    "rights-marketing",
    "rights-portability",
    "rights-directive",
    "rights-heirs",
    "rights-question",
    "legal-notice",
]
"""Those a search engine may show."""
NAMES = [
    *LISTED,
    "contact:thanks",
    "contact:held",
    "contact:news-confirmed",
    "withdrawal-asked",
    "policy-comparison",
    "rights-new-link",
    "rights-link-sent",
    "rights-closed",
    "objection-undone",
    "directive-changed",
    "directive-revoked",
]

FORMS = [
    "contact:form",
    "withdraw",
    *(name for name in LISTED if name.startswith("rights-")),
    "rights-new-link",
]
"""Those with a form that the cookie of forms protects."""

ALIKE = {name for name in LISTED if name.startswith("rights-")} - {"rights-directive"}
"""Pages of one template, apart from the fields of their forms: one stands for them where only the rest counts."""
DISTINCT = [name for name in NAMES if name not in ALIKE]


def address(name: str, language: str) -> str:
    with translation.override(language):
        return reverse(name)


PUBLIC = [address(name, language) for name in NAMES for language in LANGUAGES]
ERRORS = ["400", "403", "403_csrf", "404", "429", "500", "503"]


class Elements(HTMLParser):
    """Every element of a page, as its name and its attributes."""

    def __init__(self, page: str):
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [found for name, found in self.found if name == tag and wanted.items() <= found.items()]

    def links(self) -> list[str]:
        return [link["href"] for link in self.all("a")]
