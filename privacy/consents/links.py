"""The links that lead to taking a consent back: a signed one in each mail, one for single use by the form."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from privacy.consents.models import WithdrawalRequest
from privacy.links import signed, single_use

WITHDRAW = "privacy.withdraw"
CHOOSE = single_use.register_link("privacy.choose", WithdrawalRequest)
NOBODY = 0
"""No consent has this number: the link of a preview or a test leads to the real page, where it stops nothing."""


def withdrawal_url(consent_id: int, language: str) -> str:
    """Where this consent is taken back: good as long as it lives, from the oldest mail (P5.6)."""
    with translation.override(language):
        return f"{settings.SITE_URL}{reverse('withdraw-consent', args=[signed.sign(WITHDRAW, consent_id)])}"
