"""What a replay of the ledger did, for the operator's terminal: numbers and references, nobody."""

from collections.abc import Iterator

from privacy.continuity.ledger import Kind
from privacy.continuity.replay import Replayed


def told(done: Replayed) -> Iterator[str]:
    kinds = done.kinds
    yield f"Lines of the ledger since then, carried out again: {done.lines}."
    yield (
        f"Erasures {kinds[Kind.ERASURE]} ({done.rows} rows were back and went again), "
        f"withdrawals {kinds[Kind.WITHDRAWAL]}, objections {kinds[Kind.OBJECTION]}, "
        f"restrictions {kinds[Kind.RESTRICTION]}, holds {kinds[Kind.HOLD]}."
    )
    if done.corrections:
        yield (
            "Corrections to be made AGAIN, since no ledger holds what was corrected. Requests: "
            + ", ".join(done.corrections)
            + ". Tell the data protection officer."
        )
    if done.without_reason:
        yield f"Holds and restrictions put back without their reason, for the officer to write: {done.without_reason}."
    yield "Mailings that were under way are stopped. Letters to single people that had not left leave once more."
