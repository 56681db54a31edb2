"""The mail to the DPO when commitments turn red."""

from privacy.commitments.models import WatchedCommitment
from privacy.commitments.standing import Standing, standings
from privacy.letters.kinds import LetterKind, Message, register_letter
from privacy.officer import page_of, to_officer


def tell_broken(first: WatchedCommitment) -> Message | None:
    """Those told together with this one, as they stand at delivery; no letter when all are green again."""
    together = [
        standing
        for standing in standings()
        if standing.watched is not None and standing.watched.told_at == first.told_at and not standing.watched.kept
    ]
    if not together:
        return None
    broken = [(standing, _page(standing)) for standing in together]
    return to_officer("privacy/letters/commitments_broken.txt", first, broken=broken)


def _page(standing: Standing) -> str:
    if standing.watched is None:
        raise ValueError("Never checked.")
    return page_of(standing.watched)


BROKEN = LetterKind(name="privacy.commitments_broken", model=WatchedCommitment, compose=tell_broken)

register_letter(BROKEN)
