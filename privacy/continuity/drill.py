"""The restore drill: the latest backup is restored for real, into a database that is thrown away (P7.5, P7.4)."""

import time

from django.db import connection
from django.utils import timezone

from privacy.continuity import databases
from privacy.continuity.age import drill_key_file, read_identities
from privacy.continuity.alone import alone
from privacy.continuity.fitness import refuse_newer_postgres
from privacy.continuity.models import Drill
from privacy.continuity.programs import Server
from privacy.continuity.reading import BackupFile
from privacy.continuity.refusal import Refused
from privacy.continuity.replay import replay
from privacy.continuity.restore import DRILL, Say, bring_tables_up, examined, filled
from privacy.continuity.rotation import newest
from privacy.continuity.storage import continuity


def drill(say: Say) -> Drill:
    """Try to restore the latest backup, and write down how it went. To be called outside any transaction.

    The live database is read for nothing but its name. Raises Busy while another drill or restore is under way.
    """
    server = Server.of_the_site()
    with databases.standing_elsewhere(server) as session, alone(server, "restore", at=session.info.dbname):
        latest = newest()
        done = Drill.objects.create(backup=latest.name if latest else "", started_at=timezone.now())
        connection.close()
        try:
            _try(done, session, server, say)
            done.passed = True
        except Refused as refusal:
            done.problem = str(refusal)
        except Exception as error:
            done.problem = f"{type(error).__name__}: the log says where."
            raise
        finally:
            done.finished_at = timezone.now()
            done.save()
    return done


def opens_here(name: str) -> bool:
    """Whether this machine has the key of this backup: it made it, and none since."""
    return drill_key_file().exists() and name in drill_key_file().read_text(encoding="utf-8")


def _try(done: Drill, session: databases.Session, server: Server, say: Say) -> None:
    if not done.backup:
        raise Refused("There is no backup to try. Type `make backup`, then `manage.py restore_drill` again.")
    if not opens_here(done.backup):
        raise Refused(
            "The key of the latest backup is not on this machine: the drill runs where the backups are made. Type "
            "`make backup` here, then `manage.py restore_drill` again."
        )
    began = time.monotonic()
    name = done.backup
    file = BackupFile(name, lambda: continuity().open(name), read_identities(drill_key_file()))
    manifest = examined(file, say)
    refuse_newer_postgres(manifest, server, name)
    done.data_from, done.rows = manifest.made_at, manifest.rows
    databases.refuse_without_rights(session, server.live)
    scratch = databases.beside(server.live, DRILL)
    try:
        with filled(session, server, scratch, file, manifest, say), databases.working_in(scratch):
            bring_tables_up()
            done.lines = replay(manifest.ledger).lines
        done.seconds = round(time.monotonic() - began, 2)
    finally:
        databases.drop(session, scratch)
