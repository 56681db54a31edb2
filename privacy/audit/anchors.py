"""The trail's end, written down outside the database: what was cut off or written anew since shows (P7.2)."""

from datetime import datetime

from django.db import transaction

from privacy.audit.models import AuditHead
from privacy.audit.verifying import Anchor
from privacy.continuity import ledger
from privacy.continuity.ledger import Kind


def anchor() -> bool:
    """Write where the trail ends into the ledger, unless it is there; says whether it was written.

    To be called outside any transaction: each hour, and before a backup.
    """
    with transaction.atomic():
        end = AuditHead.objects.first()
        if end is None or end.number in anchors():
            return False
        ledger.record(Kind.AUDIT_ANCHOR, number=end.number, hash=end.hash, at=end.kept_from.isoformat())
    return True


def anchors() -> dict[int, Anchor]:
    """What the ledger knows of the trail, by number. Raises LedgerError.

    The first that was written of a number counts. Where a backup was restored the trail went back to an earlier end,
    and what was anchored after that is not expected any more.
    """
    known: dict[int, Anchor] = {}
    for line in ledger.all_lines():
        if line.kind == Kind.AUDIT_ANCHOR:
            number, written, at = line.what["number"], line.what["hash"], line.what["at"]
            known.setdefault(int(number), Anchor(str(written), datetime.fromisoformat(str(at))))
        elif line.kind == Kind.RESTORED:
            last = int(line.what["audit_number"])
            known = {number: anchor for number, anchor in known.items() if number <= last}
            if last:
                known[last] = Anchor(str(line.what["audit_hash"]), None)
    return known
