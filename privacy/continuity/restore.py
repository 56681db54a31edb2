"""Restoring: into a database beside the live one, which takes its place only once all is well (P7.4, P5.3).

What always holds:
- Whatever speaks against it is looked for first, and nothing is touched then.
- The live database is never written. Killed at any step, it stands as it was; the same command again begins anew.
- Nobody who was erased comes back and nobody who objected is written to: the ledger is played onto the restored data
  before anybody can see it, and the nightly purge after it.
- The last step is one transaction: two databases change their names, or neither does.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from privacy.commitments.checking import look
from privacy.commitments.frame import all_commitments
from privacy.continuity import databases, ledger
from privacy.continuity.alone import Busy, alone
from privacy.continuity.fitness import links_are_cut, refuse_newer_postgres, refuse_unfit
from privacy.continuity.manifest import Manifest, checksums
from privacy.continuity.programs import Server
from privacy.continuity.reading import BackupFile
from privacy.continuity.refusal import Refused
from privacy.continuity.replay import Replayed, bring_back_nobody
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun

logger = logging.getLogger(__name__)

FORMER_KEPT = timedelta(days=7)
"""How long the database that a restore put aside is there, in case of a mistake. It holds people's data."""
RESTORING, DRILL = "restoring", "drill"
"""What a database is called while it is filled, beside the live one's name."""
MUST_HOLD = ("columns-declared", "evidence-append-only")
"""Commitments without which the restored data may not be used."""
NOT_YET = ("backups-are-made", "restore-drill")
"""Those that a restored database can't keep before its first night."""

Say = Callable[[str], None]


@dataclass
class Restored:
    manifest: Manifest
    former: str = ""
    replayed: Replayed = field(default_factory=Replayed)
    purged: int = 0
    red: list[str] = field(default_factory=list)
    links_are_cut: bool = False


def restore(file: BackupFile, manifest: Manifest, say: Say) -> Restored:
    """Put the data of a backup that was examined in the place of what is there. Raises Refused: nothing was changed.

    The site must be stopped. To be called outside any transaction.
    """
    server = Server.of_the_site()
    connection.close()
    with databases.standing_elsewhere(server) as session, alone(server, "restore", at=session.info.dbname):
        refuse_newer_postgres(manifest, server, file.name)
        databases.refuse_without_rights(session, server.live)
        databases.refuse_others(session, server.live)
        done = Restored(manifest, links_are_cut=links_are_cut(manifest))
        new = databases.beside(server.live, RESTORING)
        with filled(session, server, new, file, manifest, say):
            with databases.working_in(new):
                _bring_up_to_date(done, say)
            done.former = databases.former_name(server.live, timezone.now())
            say("Putting the restored database in its place…")
            was_empty = _is_empty(server)
            databases.switch(session, server.live, new, done.former)
        if was_empty:
            databases.drop(session, done.former)
            done.former = ""
    return done


def examined(file: BackupFile, say: Say) -> Manifest:
    """Everything that can be known of a backup without a database. Raises Refused."""
    say(f"Reading {file.name} from end to end…")
    manifest = file.examined().manifest
    say(
        f"It is whole: {manifest.rows} rows in {len(manifest.tables)} tables, as they were on "
        f"{manifest.made_at:%Y-%m-%d %H:%M} UTC."
    )
    refuse_unfit(manifest, file.name)
    _refuse_wrong_ledger(manifest)
    return manifest


@contextmanager
def filled(
    session: databases.Session, server: Server, name: str, file: BackupFile, manifest: Manifest, say: Say
) -> Iterator[None]:
    """A database that holds the backup, row for row; dropped if anything goes wrong. Raises Refused."""
    databases.create(session, name, like=server.live)
    try:
        say("Restoring it into a database of its own…")
        file.restored_into(server, name)
        with databases.working_in(name):
            compare(manifest)
        say("Every table has the rows and the checksum that it had.")
        yield
    except BaseException:
        databases.drop(session, name)
        raise


def compare(manifest: Manifest) -> None:
    """Raises Refused when the database that Django is connected to is not, row for row, the one that was dumped."""
    with transaction.atomic(), connection.cursor() as cursor:
        found = checksums(cursor, but=list(manifest.left_out))
    wrong = sorted(name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name))
    if wrong:
        raise Refused(
            f"{len(wrong)} tables are not as they were when the backup was made ({', '.join(wrong[:5])}). Nothing was "
            "changed. Take another backup, and keep this one for whoever looks into it."
        )


def bring_tables_up() -> None:
    """The ledger is played by this program, whichever version made the backup that Django's connection leads to."""
    call_command("migrate", interactive=False, verbosity=0)


def _bring_up_to_date(done: Restored, say: Say) -> None:
    """What the restored data lacks: newer columns, what the ledger says, the purges it has missed."""
    bring_tables_up()
    say("Playing the ledger: erasures, objections and withdrawals since then…")
    done.replayed = bring_back_nobody(done.manifest.ledger)
    say("Running the purge that it has missed…")
    run = enforce_retention(RetentionRun.Trigger.COMMAND)
    if run.outcome != RetentionRun.Outcome.DONE:
        raise Refused(
            "The purge of the restored data failed, so what is past its time would come back. Nothing was changed. "
            "The log says which table; mend that, then type the same command again."
        )
    done.purged = sum(count.rows for count in run.counts.all())
    done.red = _not_kept()
    if broken := [name for name in done.red if name in MUST_HOLD]:
        raise Refused(
            f"The restored database breaks what the policy promises ({', '.join(broken)}). Nothing was changed. Take "
            "another backup, and keep this one for whoever looks into it."
        )


def _not_kept() -> list[str]:
    now = timezone.now()
    checked = [commitment for commitment in all_commitments() if commitment.name not in NOT_YET]
    return [commitment.name for commitment in checked if not look(commitment, now)[0].kept]


def _is_empty(server: Server) -> bool:
    """Whether the live database is that of a machine on which the site never ran."""
    with server.connect(server.live) as session:
        return session.execute("SELECT 1 FROM pg_tables WHERE tablename = 'django_migrations'").fetchone() is None


def drop_formers(now: datetime, *, at_once: bool = False) -> list[str]:
    """Drop the databases that restores put aside, once they are FORMER_KEPT old, and what a killed one left half-done.

    Returns their names.
    """
    server = Server.of_the_site()
    with databases.standing_elsewhere(server) as session:
        due = [name for name, since in databases.formers(session, server.live) if at_once or now - since >= FORMER_KEPT]
        for name in due:
            databases.drop(session, name)
        return due + _drop_half_done(session, server)


def _drop_half_done(session: databases.Session, server: Server) -> list[str]:
    """Whoever was killed is not back for sure, and people who were erased may be in it."""
    try:
        with alone(server, "restore", at=session.info.dbname):
            left = databases.existing(session, [databases.beside(server.live, what) for what in (RESTORING, DRILL)])
            for name in left:
                databases.drop(session, name)
            return left
    except Busy:
        return []


def _refuse_wrong_ledger(manifest: Manifest) -> None:
    """Raises Refused when the ledger here can't say all that came after the backup."""
    try:
        for _line in ledger.lines_after(manifest.ledger):
            pass
    except ledger.LedgerError as error:
        raise Refused(
            f"The ledger here is not whole, or not the one of this backup. {error} Put back the folder `ledger` of the "
            "old machine, beside `backups` in the storage (by default VAR_DIR/continuity/ledger), then type the same "
            "command again. Nothing was changed."
        ) from error
