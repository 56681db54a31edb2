"""What the forms let one choose from: the cases the law names, in plain words. Values are those of the case file."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ERASURE_GROUNDS = [
    ("17(1)(a)", _("You no longer need it")),
    ("17(1)(b)", _("I withdraw my consent")),
    ("17(1)(c)", _("I object to its use")),
    ("17(1)(d)", _("You had no right to it")),
    ("17(1)(e)", _("The law says that it must be erased")),
    ("17(1)(f)", _("I was a minor when it was collected")),
]

RESTRICTION_GROUNDS = [
    ("18(1)(a)", _("It is wrong, and I ask you to check it")),
    ("18(1)(b)", _("You have no right to it, but I want it kept")),
    ("18(1)(c)", _("You no longer need it, but I need it for a claim")),
    ("18(1)(d)", _("I have objected to its use, and wait for your answer")),
]

DIRECTIVES = [
    ("keep", pgettext_lazy("directive", "kept, for as long as the law lets it be kept")),
    ("erase", pgettext_lazy("directive", "erased")),
    ("communicate", pgettext_lazy("directive", "handed over to somebody")),
]

HEIRS_WISHES = [
    ("settle", _("What is needed to settle the estate")),
    ("goods", _("Digital goods, or family memories, that are to be passed on")),
    ("close", _("That you take note of the death, and stop using the data or correct it")),
]

GROUPS = (ERASURE_GROUNDS, RESTRICTION_GROUNDS, DIRECTIVES, HEIRS_WISHES)
ALL = {value: words for choices in GROUPS for value, words in choices}
