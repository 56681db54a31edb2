"""When a demonstration may be loaded: into nobody's data, and on a site that is only tried out."""

from django.conf import settings
from django.core.management.base import CommandError

from contact.models import ContactRequest, Prospect
from privacy.models import RightsRequest

SAY_SO = "Add --even-here to load it all the same."


def refuse_public_site(*, even_here: bool) -> None:
    """Raises CommandError for a site that somebody set up in earnest, unless they say that they mean it."""
    if even_here:
        return
    for set_up, words in (
        (settings.HTTPS, "SITE_URL begins with https: this site is published."),
        (not settings.EMBEDDED_DATABASE, "DATABASE_URL is set: this database is one of your own."),
        (not settings.MAIL_IN_FILES, "EMAIL_URL is set: what the site does next would leave as mail."),
    ):
        if set_up:
            raise CommandError(f"{words} A demonstration invents people and requests. {SAY_SO}")


def refuse_real_data() -> None:
    """Raises CommandError where anybody has written, whatever was said."""
    if any(model._base_manager.exists() for model in (ContactRequest, Prospect, RightsRequest)):
        raise CommandError(
            "This database holds requests: invented ones have no place among them, and nothing was changed. Try the "
            "demonstration in a folder of its own: `VAR_DIR=/tmp/demo make demo`, then `VAR_DIR=/tmp/demo make run`."
        )
