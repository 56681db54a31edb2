from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse


class PublicPages(Sitemap[str]):
    """Every page a search engine may list, each with its translations, under the site's published address.

    The Host header, which anybody may make up, has no say in it.
    """

    i18n = True
    alternates = True

    def items(self) -> list[str]:
        return [
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

    def location(self, item: str) -> str:
        return reverse(item)

    def get_protocol(self, protocol: str | None = None) -> str:
        return str(urlsplit(settings.SITE_URL).scheme)

    def get_domain(self, site: Any = None) -> str:
        return str(urlsplit(settings.SITE_URL).netloc)
