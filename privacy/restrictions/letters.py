"""The letter that says beforehand that a restriction will be lifted (GDPR Art. 18(3))."""

from django.conf import settings

from privacy.authority import CNIL
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.letters.rendering import AUTOMATIC, written
from privacy.people import Somebody, reach
from privacy.restrictions.models import Restriction
from privacy.restrictions.people import people_of


def tell_of_lifting(restriction: Restriction) -> Message | None:
    """None once it is lifted, or for somebody who can't be reached any more: the officer then sees to it."""
    if not restriction.stands or restriction.lift_on is None:
        return None
    everywhere = (reach(Somebody("", 0, key)) for key in sorted(people_of(restriction)))
    found = next((one for one in everywhere if one is not None), None)
    if found is None:
        return None
    return written(
        "privacy/letters/restriction_lifting.txt",
        found.language,
        to=found.address,
        reply_to=settings.CONTROLLER.dpo_email,
        headers=AUTOMATIC,
        context={"restriction": restriction, "authority": CNIL},
    )


LIFTING = LetterKind(name="privacy.restriction-lifting", model=Restriction, compose=tell_of_lifting)

register_letter(LIFTING)
