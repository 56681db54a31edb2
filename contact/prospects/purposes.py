"""What somebody who asks for news agrees to (P3.2). Changing a word here makes a new wording on record."""

from django.utils.translation import gettext_lazy as _

from privacy.declarations import Purpose

NEWS = Purpose(
    name="news",
    wording=_(
        "I would also like to receive news by e-mail about CUSTOMER LABS, its services and what it does. "
        "Whatever I choose here, my message is answered."
    ),
)
