"""The trail's end, written down outside the database: what was cut off or written anew since shows (P7.2)."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from privacy.audit.models import AuditEntry, AuditHead
from privacy.audit.verifying import Anchor, Oldest
from privacy.continuity import ledger
from privacy.continuity.ledger import Kind, Line


def anchor() -> bool:
    """Write where the trail ends, and begins, into the ledger, unless it is there; says whether it was written.

    To be called outside any transaction: each hour, and before a backup.
    """
    with transaction.atomic():
        end = AuditHead.objects.first()
        if end is None or end.number in anchors():
            return False
        ledger.record(
            Kind.AUDIT_ANCHOR, number=end.number, hash=end.hash, at=end.kept_from.isoformat(), oldest=_old_end()
        )
    return True


def _old_end() -> str:
    """So that what is cut off at the old end shows too: anchors of entries of those days are long forgotten.

    The number of the oldest entry, its date, and until when it is to be kept; nothing while there is none.
    """
    placed = AuditEntry.objects.exclude(number=None).order_by("number")
    oldest = placed.values_list("number", "kept_from").first()
    if oldest is None:
        return ""
    number, since = oldest
    return f"{number} {since.isoformat()} {settings.AUDIT_RETENTION.after(since).isoformat()}"


def anchors() -> dict[int, Anchor]:
    """What the ledger knows of the trail, by number. Raises LedgerError.

    The first that was written of a number counts. Where a backup was restored the trail went back to an earlier end,
    and what was anchored after that is not expected any more.
    """
    known: dict[int, Anchor] = {}
    for line in ledger.all_lines():
        if line.kind == Kind.AUDIT_ANCHOR:
            number, written, at = line.what["number"], line.what["hash"], _moment(line.what["at"])
            known.setdefault(int(number), Anchor(str(written), at, _oldest(line)))
        elif line.kind == Kind.RESTORED:
            last = int(line.what["audit_number"])
            known = {number: anchor for number, anchor in known.items() if number <= last}
            if last:
                known[last] = Anchor(str(line.what["audit_hash"]), None)
    return known


def _oldest(line: Line) -> Oldest | None:
    """None of a line that was written while the trail was empty, or by an earlier version."""
    written = str(line.what.get("oldest", "")).split()
    return Oldest(int(written[0]), _moment(written[1]), _moment(written[2])) if written else None


def _moment(written: str | int) -> datetime:
    return datetime.fromisoformat(str(written))
