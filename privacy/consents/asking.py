"""Taking consents back without a mail of ours at hand: an address is typed, a mail with a link comes, a button acts.

The form does the same for every address, in the same statements. Whether one agrees to anything is looked up by the
worker when it writes the mail, so nobody learns it by trying.
"""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from privacy.consents.letters import CHOICE
from privacy.consents.links import CHOOSE
from privacy.consents.models import WithdrawalRequest
from privacy.consents.withdrawal import Given, Way, Withdrawn, given_by, withdraw
from privacy.holds.keeping import keep_holds_still
from privacy.letters.kinds import letters_about
from privacy.letters.strangers import queue_to_stranger
from privacy.links import single_use
from privacy.links.models import SingleUseLink
from privacy.subjects import subject_key


def ask_to_withdraw(address: str, *, language: str) -> None:
    """Write down what was asked, and queue the mail; one transaction."""
    key = subject_key(address)
    with transaction.atomic():
        asked = WithdrawalRequest.objects.create(
            address=address,
            subject_key=key,
            language=language,
            good_until=timezone.now() + WithdrawalRequest.LIFE,
        )
        queue_to_stranger(CHOICE, asked, subject_key=key, apart="withdrawal")


def offered(token: str) -> list[Given] | None:
    """What this link may take back now; None for one that is unknown, used or too old."""
    link = single_use.peek(CHOOSE, token)
    asked = WithdrawalRequest.objects.filter(pk=link.record_id).first() if link else None
    return given_by(asked.address) if asked else None


def withdraw_chosen(token: str, numbers: Collection[int], *, language: str) -> list[Withdrawn] | None:
    """Take back what was ticked and use the link up. None, and nothing written, for a link that has ended.

    What was asked goes with its mail. The link alone stays until it expires, without its person, so that a second
    click is told that all is well.
    """
    with transaction.atomic():
        keep_holds_still()
        link = single_use.use(CHOOSE, token)
        asked = WithdrawalRequest.objects.filter(pk=link.record_id).first() if link else None
        if link is None or asked is None:
            return None
        chosen = [one for one in given_by(asked.address) if one.number in numbers]
        done = withdraw(chosen, way=Way.FORM, language=language)
        letters_about(WithdrawalRequest, [asked.pk]).delete()
        asked.delete()
        SingleUseLink.objects.filter(pk=link.pk).update(subject_key="")
    return done
