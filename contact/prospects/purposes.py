"""What somebody who asks for news agrees to (P3.2). Changing a word here makes a new wording on record.

Three moments of one consent, each kept in the words that were shown: the box, the confirmation, the withdrawal.
"""

from django.utils.translation import gettext_lazy as _

from privacy.declarations import Purpose

NEWS = Purpose(
    name="news",
    wording=_(
        "I would also like to receive news by e-mail about CUSTOMER LABS, its services and what it does. "
        "Whatever I choose here, my message is answered."
    ),
)
NEWS_CONFIRMED = Purpose(
    name=NEWS.name,
    wording=_(
        "I confirm that I would like to receive news by e-mail about CUSTOMER LABS, its services and what it does, "
        "until I say otherwise."
    ),
)
NEWS_WITHDRAWN = Purpose(name=NEWS.name, wording=_("I no longer wish to receive news by e-mail about CUSTOMER LABS."))
