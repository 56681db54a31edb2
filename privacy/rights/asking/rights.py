"""What the site says of each right, in two plain sentences, and where it is used."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from privacy.rights.kinds import Right


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One right on the first page; `where` is the name of the page it leads to."""

    right: Right
    title: StrOrPromise
    words: StrOrPromise
    where: str


OFFERS = [
    Offer(
        right=Right.ACCESS,
        title=_("See what we hold about you"),
        words=_(
            "You receive a copy of all of it, to read and to keep. With it comes why we hold it, for how long, and "
            "who receives it."
        ),
        where="rights-access",
    ),
    Offer(
        right=Right.RECTIFICATION,
        title=_("Have a mistake corrected"),
        words=_(
            "Tell us what is wrong or incomplete, and what it should be. Whoever received the mistake from us is "
            "told of the correction."
        ),
        where="rights-rectification",
    ),
    Offer(
        right=Right.ERASURE,
        title=_("Have your data erased"),
        words=_(
            "We erase what nothing obliges us to keep, everywhere. You get a signed receipt that says what was "
            "erased, and what is kept and why."
        ),
        where="rights-erasure",
    ),
    Offer(
        right=Right.WITHDRAWAL,
        title=_("Withdraw your consent"),
        words=_(
            "Take back what you agreed to, as simply as you agreed. What we hold on that consent alone is erased at "
            "once."
        ),
        where="withdraw",
    ),
    Offer(
        right=Right.MARKETING,
        title=_("Get no more advertising"),
        words=_("Give an address: we stop writing to it, at once. You need to prove nothing, and to give no reason."),
        where="rights-marketing",
    ),
    Offer(
        right=Right.OBJECTION,
        title=_("Object to any use of your data"),
        words=_(
            "What rests on your consent ends as soon as you have confirmed your address. For the rest we must weigh "
            "your reasons against ours, and leave the data alone meanwhile."
        ),
        where="rights-objection",
    ),
    Offer(
        right=Right.RESTRICTION,
        title=_("Have your data set aside"),
        words=_(
            "We keep it, and do nothing else with it. That helps while a mistake is looked into, or when you need "
            "the data for a claim."
        ),
        where="rights-restriction",
    ),
    Offer(
        right=Right.PORTABILITY,
        title=_("Take your data elsewhere"),
        words=_(
            "You receive what you gave us in a form that programs can read. If you like, we hand it to another service."
        ),
        where="rights-portability",
    ),
    Offer(
        right=Right.DIRECTIVE,
        title=_("Decide what happens after your death"),
        words=_(
            "Say whether your data is to be kept, erased or handed to somebody, and who sees to it. You can change "
            "or revoke it at any time."
        ),
        where="rights-directive",
    ),
    Offer(
        right=Right.HEIRS,
        title=_("Act for somebody who has died"),
        words=_(
            "Without directives of theirs, the law gives heirs some rights: to settle the estate, and to have us "
            "take note of the death. We ask for a proof of your capacity."
        ),
        where="rights-heirs",
    ),
    Offer(
        right=Right.QUESTION,
        title=_("Ask the data protection officer"),
        words=_("For any question about your data, in confidence. The officer alone reads it and answers you."),
        where="rights-question",
    ),
]

BY_RIGHT = {offer.right: offer for offer in OFFERS}
