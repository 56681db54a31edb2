"""Consents on the first page: how many were given and taken back lately."""

from typing import Any

from django.utils.translation import gettext as _

from privacy.consents.lately import DAYS, given_lately, withdrawn_lately
from privacy.consents.models import Consent
from privacy.panels import Line, Panel, list_of, sees


def panel(user: Any) -> Panel | None:
    if not sees(user, Consent):
        return None
    all_of_them = Consent.objects.all()
    return Panel(
        name="consents",
        title=_("Consents, in the last %(days)d days") % {"days": DAYS},
        lines=[
            Line(label=_("Given"), address=list_of(Consent, "state=given-lately"), rows=[given_lately(all_of_them)]),
            Line(
                label=_("Withdrawn"),
                address=list_of(Consent, "state=withdrawn-lately"),
                rows=[withdrawn_lately(all_of_them)],
            ),
        ],
    )
