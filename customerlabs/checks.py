"""What must be known before the site is shown to the public: `manage.py check --deploy`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

LEGAL_FACTS = {
    "customerlabs.E001": ("PUBLISHER_PHONE", "the publisher's telephone number"),
    "customerlabs.E002": ("PUBLICATION_DIRECTOR", "the name of the publication director"),
    "customerlabs.E003": ("HOST_NAME", "the host's name"),
    "customerlabs.E004": ("HOST_ADDRESS", "the host's address"),
    "customerlabs.E005": ("HOST_PHONE", "the host's telephone number"),
}


@register(Tags.compatibility, deploy=True)
def legal_notice_is_complete(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(f"The legal notice lacks {fact} (LCEN art. 1-1).", hint=f"Set {setting}.", id=number)
        for number, (setting, fact) in LEGAL_FACTS.items()
        if not getattr(settings, setting).strip()
    ]


@register(Tags.compatibility, deploy=True)
def processors_are_known(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A host at least works on the data of a site in earnest, and the policy names it (GDPR Art. 13(1)(e), 28)."""
    if settings.PROCESSORS or settings.EMBEDDED_DATABASE:
        return []
    return [
        Error(
            "The register of processors is empty: the policy names nobody who works on personal data for the company.",
            hint="Set PROCESSORS_FILE: docs/processors.md has an example.",
            id="customerlabs.E007",
        )
    ]


@register(Tags.compatibility, deploy=True)
def mail_leaves_the_machine(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A database of one's own means a site in earnest, whose answers must reach people."""
    if not settings.MAIL_IN_FILES or settings.EMBEDDED_DATABASE:
        return []
    return [
        Error(
            "Mail is written to files: nobody will receive any.",
            hint="Set EMAIL_URL, as in smtp+tls://user:password@mail.example:587.",
            id="customerlabs.E006",
        )
    ]
