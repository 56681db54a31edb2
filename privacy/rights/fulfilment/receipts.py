"""What the receipt of an erasure says: figures, grounds and dates; of its person nothing but the reference (P5.3)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from privacy.declarations import Kept, PersonalData, Retention
from privacy.registry import Registry, registry
from privacy.rights.fulfilment.foreseeing import Line, name_of
from privacy.rights.fulfilment.models import RecipientNotice
from privacy.rights.models import RightsRequest


def written(
    request: RightsRequest,
    erased: Sequence[tuple[str, int]],
    kept: Iterable[Line],
    notices: Iterable[RecipientNotice],
) -> dict[str, Any]:
    """The receipt in the language in force, to be signed. `kept` are the lines of a dry run after the erasure."""
    now = timezone.now()
    return {
        "kind": "erasure",
        "form": 1,
        "reference": request.reference,
        "language": request.language,
        "controller": settings.CONTROLLER.identity,
        "site": settings.SITE_URL,
        "received_on": timezone.localdate(request.received_at).isoformat(),
        "decided_on": timezone.localdate(request.decided_at).isoformat() if request.decided_at else None,
        "carried_out_at": now.isoformat(timespec="seconds"),
        "erased": [{"table": label, "title": name_of(label), "rows": rows} for label, rows in erased if rows],
        "kept": [_kept(line, now) for line in kept if line.stays],
        "recipients": [{"name": one.recipient, "state": str(one.get_state_display())} for one in notices],
        "backups_rolled_over_on": timezone.localdate(settings.BACKUP_ROLLOVER.after(now)).isoformat(),
    }


def why_kept(line: Line) -> list[str]:
    """Each ground in words, with its end: of the declaration, or of the holds that keep the rows."""
    told = []
    if line.kept is not None:
        told.append(f"{line.kept.because} {_ground(line.kept)}")
    for hold in line.holds:
        if hold.until:
            end = _("until %(date)s") % {"date": date_format(timezone.localtime(hold.until), "DATE_FORMAT")}
        else:
            end = _("until it is lifted; looked at again on %(date)s") % {
                "date": date_format(hold.review_on, "DATE_FORMAT")
            }
        told.append(_("A hold for %(ground)s, %(end)s.") % {"ground": hold.get_ground_display(), "end": end})
    if line.stays and not told:
        told.append(_("Its person asked to have it kept (GDPR Art. 18(1)(b) or (c))."))
    return told


def _ground(kept: Kept) -> str:
    return _("Ground: %(ground)s.") % {"ground": kept.ground.label}


def _kept(line: Line, now: datetime) -> dict[str, Any]:
    until = _until(line, now)
    return {
        "table": line.label,
        "title": line.name,
        "rows": line.stays,
        "because": why_kept(line),
        "until": until.isoformat() if until else None,
    }


def _until(line: Line, now: datetime, among: Registry = registry) -> date | None:
    """The day after which the purge takes the last of them; None when a hold decides it, or nothing but its whole."""
    if line.holds:
        ends = [hold.until for hold in line.holds]
        return timezone.localdate(max(end for end in ends if end)) if all(ends) else None
    table = line.table
    while table is not None and table.part_of:
        whole = among.declared(among.whole_of(table))
        table = whole if isinstance(whole, PersonalData) else None
    if table is None or not isinstance(table.retention, Retention):
        return None
    return timezone.localdate(table.retention.keep().after(now))
