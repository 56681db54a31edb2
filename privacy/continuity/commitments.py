"""What is promised of backups: made every night, tried every week, gone in time (P7.4, P7.5, P5.3)."""

from datetime import datetime, timedelta

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from privacy.commitments.frame import Commitment, Finding, register_commitments
from privacy.commitments.standing import site_began
from privacy.continuity import ledger, lines
from privacy.continuity.age import recovery_key_file
from privacy.continuity.forgetting import to_forget
from privacy.continuity.models import Drill
from privacy.continuity.rotation import beside_the_newest, is_due, newest

BACKUP_AGE = timedelta(hours=26)
"""One a night, and two hours for making it."""
DRILL_AGE = timedelta(days=8)


def last_backup(now: datetime) -> Finding:
    """Staff read beside it that the recovery key still lies here, which is no broken promise, and should not last."""
    last = newest()
    where = [gettext("VAR_DIR/recovery-key.txt still lies on this machine")] if recovery_key_file().exists() else []
    if last is None:
        return Finding(kept=_began_within(BACKUP_AGE, now), where=where)
    return Finding(kept=abs(now - last.made_at) < BACKUP_AGE, on=last.made_at, where=where)


def last_drill(now: datetime) -> Finding:
    """Staff read beside it how long it took, and how old the data was that it brought back."""
    last = Drill.objects.order_by("-pk").first()
    if last is None:
        return Finding(kept=_began_within(DRILL_AGE, now))
    figures = []
    if last.seconds is not None and last.data_from is not None:
        hours = (last.started_at - last.data_from) / timedelta(hours=1)
        figures = [
            gettext("restored in %(seconds)s s") % {"seconds": number_format(last.seconds, 2)},
            gettext("data %(hours)s h old") % {"hours": number_format(hours, 1)},
        ]
    return Finding(kept=last.passed and abs(now - last.started_at) < DRILL_AGE, on=last.started_at, where=figures)


def backups_past_their_time(now: datetime) -> Finding:
    """Asked a day back, so that each has had its night to go. The newest stays, whatever its age.

    One dated in the future, by a clock that was wrong then, would stay too long: staff read its name.
    """
    day = timedelta(days=1)
    late = [one.name for one in beside_the_newest() if is_due(one, now - day) or one.made_at > now + day]
    return Finding(kept=not late, number=len(late), where=late)


def ledger_is_whole(now: datetime) -> Finding:
    """The chain from the oldest line that is kept; the database's own head is in it, and nobody wrote on from less."""
    try:
        for _line in ledger.all_lines():
            pass
        for _line in ledger.lines_after(ledger.head()):
            pass
    except ledger.LedgerError as error:
        return Finding(kept=False, number=0, where=[type(error).__name__])
    return Finding(kept=True, number=len(lines.numbers()))


def lines_past_their_time(now: datetime) -> Finding:
    """Asked a day back, so that each has had its night to go."""
    late = len(to_forget(now - timedelta(days=1)))
    return Finding(kept=late == 0, number=late)


def _began_within(age: timedelta, now: datetime) -> bool:
    began = site_began()
    return began is not None and began > now - age


register_commitments(
    Commitment(
        name="backups-are-made",
        promises=("P7.4", "P7.3"),
        said=_("An encrypted backup of the data is made every night."),
        checked=_("Reads when the newest one in the storage was made: 26 hours ago at most."),
        found=_("last backup on %(on)s"),
        check=last_backup,
    ),
    Commitment(
        name="restore-drill",
        promises=("P7.5", "P7.4"),
        said=_("The latest backup is restored every week, into a database that is thrown away, and compared."),
        checked=_("Reads how the last try went: every table had its rows and its checksum, eight days ago at most."),
        found=_("last try on %(on)s"),
        check=last_drill,
    ),
    Commitment(
        name="ledger-is-whole",
        promises=("P5.3", "P7.4"),
        said=_("What was erased or objected to would not come back with a backup: a ledger outside the data knows."),
        checked=_(
            "Reads every line of the ledger: none is missing or altered, and the data knows none that is not there."
        ),
        found=ngettext_lazy("%(number)d line", "%(number)d lines", "number"),
        check=ledger_is_whole,
    ),
    Commitment(
        name="ledger-lines-go",
        promises=("P5.3", "P8.0"),
        said=_("The ledger forgets what no backup could bring back any more."),
        checked=_("Counts the lines that should have been deleted a day ago."),
        found=ngettext_lazy("%(number)d line past its time", "%(number)d lines past their time", "number"),
        check=lines_past_their_time,
    ),
    Commitment(
        name="backups-go",
        promises=("P5.3", "P8.0"),
        said=_("No backup is kept past its time: what was erased is then in none of them."),
        checked=_(
            "Counts the backups that should have been deleted a day ago, and those dated in the future; the newest "
            "always stays."
        ),
        found=ngettext_lazy("%(number)d backup past its time", "%(number)d backups past their time", "number"),
        check=backups_past_their_time,
    ),
)
