"""The policy's own text, printed from the declarations and the settings, and from nothing else.

Neither the visitor nor the moment has a part in it, so that the same code and settings always give the same text: that
is what versions are compared by.
"""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from privacy.authority import CNIL
from privacy.pages import code_and_settings, same
from privacy.periods import Period
from privacy.policy.models import digest_of
from privacy.record import contents
from privacy.record.entries import SECURITY, country_name, in_language
from privacy.registry import registry

ANSWER_WITHIN, LONGER_BY = Period(months=1), Period(months=2)
"""GDPR Art. 12(3): from the receipt of a request about one's rights, and what may be added when it is complex."""
NOTICE_LIFE = Period(days=30)
"""How long a notice of an important change stands on the site (P12.2)."""


@dataclass(frozen=True)
class _Printed:
    """A text, and the very objects it was printed from."""

    source: tuple[object, ...]
    text: str


_printed: dict[str, _Printed] = {}
"""The text of each language as this process printed it last."""


@dataclass(frozen=True)
class Texts:
    """The twelve sections as HTML, in each language."""

    fr: str
    en: str

    @property
    def digest(self) -> str:
        return digest_of(self.fr, self.en)


def current() -> Texts:
    """What the policy says now, if it were published."""
    return Texts(fr=text_in("fr"), en=text_in("en"))


def text_in(language: str) -> str:
    """The twelve sections in one language, printed once for the same declarations and settings.

    Not kept where templates are being written.
    """
    if settings.DEBUG:
        return _print(language)
    source = code_and_settings()
    known = _printed.get(language)
    if known is None or not same(known.source, source):
        known = _printed[language] = _Printed(source, _print(language))
    return known.text


def _print(language: str) -> str:
    """Each figure from where the code reads it."""
    with override(language):
        activities = contents.activities()
        context = {
            "controller": settings.CONTROLLER,
            "site_url": settings.SITE_URL,
            "activities": activities,
            "held": [(activity, contents.held_for(activity)) for activity in activities],
            "provided": contents.provided(),
            "kept": list(contents.kept()),
            "processors": [
                {
                    "name": processor.name,
                    "what_for": in_language(processor.what_for),
                    "country": country_name(processor.country),
                    "safeguards": in_language(processor.safeguards),
                    "sub_processors": processor.sub_processors,
                }
                for processor in settings.PROCESSORS
            ],
            "security": SECURITY,
            "answer_within": ANSWER_WITHIN,
            "papers_always": settings.IDENTITY_DOCUMENTS == "always",
            "papers_retention": settings.PAPERS_RETENTION,
            "longer_by": LONGER_BY,
            "notice_life": NOTICE_LIFE,
            "contact_retention": settings.CONTACT_RETENTION,
            "prospect_retention": settings.PROSPECT_RETENTION,
            "backups_gone": settings.BACKUP_ROLLOVER,
            "trackers": registry.trackers,
            "authority": CNIL,
            "host": settings.HOST_NAME,
        }
        return render_to_string(f"privacy/policy/{language}.html", context)
