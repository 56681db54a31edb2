"""Whether a backup can be restored here: asked before anything is touched, each no with what to do about it."""

from django.db.migrations.loader import MigrationLoader

from privacy.continuity.manifest import Manifest, fingerprints
from privacy.continuity.programs import Server, version_of
from privacy.continuity.refusal import Refused

NEEDED = ("SUBJECT_KEYS", "RECEIPT_KEYS")
"""Rings without which the data is of no use. FILE_KEYS seal what no backup holds, and what staff can make anew."""
WHAT_FOR = {
    "SUBJECT_KEYS": "finds the rows of a person",
    "RECEIPT_KEYS": "verifies the receipts of erasures",
}


def refuse_unfit(manifest: Manifest, name: str) -> None:
    """What can be asked without a server. Raises Refused."""
    refuse_newer_migrations(manifest, name)
    refuse_missing_keys(manifest, name)


def refuse_newer_migrations(manifest: Manifest, name: str) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    newer = sorted(f"{app} {last}" for app, last in manifest.migrations.items() if (app, last) not in known)
    if newer:
        raise Refused(
            f"{name} was made by a newer version of this program, which knows {', '.join(newer[:3])}; this one "
            "doesn’t. Install that version (`git pull`, then `python3 install.py`) and type the same command again. "
            "Nothing was changed."
        )


def refuse_newer_postgres(manifest: Manifest, server: Server, name: str) -> None:
    with server.connect(server.live) as session:
        here = session.info.server_version // 10000
    if manifest.postgres > here:
        raise Refused(
            f"{name} comes from PostgreSQL {manifest.postgres}, and the server here is PostgreSQL {here}. Use a server "
            f"of version {manifest.postgres} or later, then type the same command again. Nothing was changed."
        )
    programs = version_of("pg_restore")
    if manifest.programs > programs:
        raise Refused(
            f"{name} was written by pg_dump {manifest.programs}, and the pg_restore here is version {programs}. Set "
            f"POSTGRES_PROGRAMS to the folder of PostgreSQL {manifest.programs} or later, then type the same command "
            "again. Nothing was changed."
        )


def refuse_missing_keys(manifest: Manifest, name: str) -> None:
    here = fingerprints()
    for ring in NEEDED:
        missing = [key for key in manifest.keys.get(ring, ()) if key not in here[ring]]
        if missing:
            raise Refused(
                f"{len(missing)} of {len(manifest.keys[ring])} keys of {ring} that {name} needs are not here. It "
                f"{WHAT_FOR[ring]}: without it the data would be useless. Put back the keys that were exported on the "
                "old machine: `manage.py import_keys keys.age --identity recovery-key.txt` (with DATABASE_URL: set "
                f"{ring}, several keys separated by commas). Then type the same command again. Nothing was changed."
            )


def links_are_cut(manifest: Manifest) -> bool:
    """Whether links in mails sent before no longer open: they are signed with a SECRET_KEY that is not here."""
    return not set(manifest.keys.get("SECRET_KEY", ())) <= set(fingerprints()["SECRET_KEY"])
