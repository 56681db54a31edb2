"""What somebody who asks for news agrees to (P3.2). Changing a word here makes a new wording on record.

Three moments of one consent, each kept in the words that were shown: the box, the confirmation, the withdrawal.
"""

from django.utils.translation import gettext_lazy as _

from privacy.declarations import Purpose, Withdrawal

NEWS = Purpose(
    name="news",
    is_marketing=True,
    wording=_(
        "I would also like to receive news by e-mail about CUSTOMER LABS, its services and what it does. "
        "Whatever I choose here, my message is answered."
    ),
    withdrawal=Withdrawal(
        title=_("News by e-mail"),
        wording=_("I no longer wish to receive news by e-mail about CUSTOMER LABS."),
        erases=_("Your name and your address, from the list of those who get our news."),
        together=True,
        proof_stays=True,
    ),
)
NEWS_CONFIRMED = _(
    "I confirm that I would like to receive news by e-mail about CUSTOMER LABS, its services and what it does, "
    "until I say otherwise."
)
