"""The sums that must come out right after any fault: acknowledged, stored, written to, and quiet again."""

import os
import signal
from collections import Counter

import psycopg

from tests.faults.crowd import Crowd
from tests.post_office import PostOffice, wait_until
from tests.serving.running import Site

LONG = 180
"""Seconds until everything must have left, once what was broken works again; other programs may load the machine."""
SWEPT = "privacy.deliver_letters"
ABOUT_A_REQUEST = "attend une réponse"
"""In the subject of each mail to the team; those to the officer, on what a fault left undone, are not counted."""

# As if time went by: a letter whose attempt has ended is due now, and so is one whose attempt was cut off, once no
# attempt could last that long. A letter that is being sent is left alone.
HURRY = """
    UPDATE privacy_letter SET due_at = now() WHERE state = 'queued' AND due_at > now() AND (
        error <> 'interrupted' OR due_at - interval '2 minutes' * power(2, attempts - 1) < now() - interval '20 seconds'
    )
"""
STORED = "SELECT email FROM contact_contactrequest WHERE email LIKE %s"
HALF_DONE = """
    SELECT count(*) FROM contact_contactrequest request WHERE email LIKE %s AND (
        status <> 'new' OR consent_id IS NULL
        OR NOT EXISTS (SELECT FROM privacy_consentevent WHERE consent_id = request.consent_id)
        OR 2 <> (SELECT count(*) FROM privacy_letter WHERE record_id = request.id AND kind LIKE 'contact.%%')
    )
"""


def query(site: Site, statement: str, *given: object) -> list[tuple[object, ...]]:
    password = (site.places.secrets / "postgres_password").read_text(encoding="ascii").strip()
    with psycopg.connect(
        host=str(site.places.sockets), dbname="customerlabs", user="customerlabs", password=password, connect_timeout=5
    ) as connection:
        cursor = connection.execute(statement.encode(), given or None)
        return cursor.fetchall() if cursor.description else []


def start_again(site: Site, name: str, number: signal.Signals) -> None:
    """Send this signal to a child of the supervisor, and wait for the one that takes its place."""
    before = site.pid_of(name)
    os.kill(before, number)
    wait_until(lambda: site.pid_of(name) != before, LONG, f"another {name}")


def queued(site: Site) -> int:
    return int(str(query(site, "SELECT count(*) FROM privacy_letter WHERE state = 'queued'")[0][0]))


def nothing_waits(site: Site) -> bool:
    """Whether every letter has left; time goes by while asking."""
    query(site, HURRY)
    return queued(site) == 0


def sweeps(site: Site) -> int:
    """How many times the worker has looked for letters."""
    log = (site.places.logs / "worker.log").read_text(encoding="utf-8", errors="replace")
    return sum(SWEPT in line and "succeeded" in line for line in log.splitlines())


def settle(site: Site, office: PostOffice, crowd: Crowd, *, duplicates: int = 0) -> None:
    """Wait until all letters have left and two sweeps found nothing more, then compare.

    `duplicates` is how many mails may have come twice: one for each process killed while it sent, for each connection
    lost after the mail.
    """
    wait_until(lambda: nothing_waits(site), LONG, "every letter has left")
    before, mails = sweeps(site), len(office.received)
    wait_until(lambda: sweeps(site) >= before + 2, LONG, "two sweeps")
    assert len(office.received) == mails
    assert queued(site) == 0

    addresses = {visitor.address for visitor in crowd.visitors}
    assert crowd.acknowledged == addresses
    pattern = f"%@{crowd.domain}"
    assert sorted(str(email) for (email,) in query(site, STORED, pattern)) == sorted(addresses)
    assert query(site, HALF_DONE, pattern) == [(0,)]
    assert query(site, "SELECT count(*) FROM privacy_letter WHERE state <> 'sent'") == [(0,)]

    ids: dict[str, set[str]] = {}
    for mail in office.received:
        ids.setdefault(str(mail["To"]), set()).add(str(mail["Message-ID"]))
    assert Counter({to: len(found) for to, found in ids.items() if to in addresses}) == Counter(
        dict.fromkeys(addresses, 1)
    )
    requests = {str(mail["Message-ID"]) for mail in office.received if ABOUT_A_REQUEST in str(mail["Subject"])}
    assert len(requests) == len(addresses)  # The team is told of each, too.
    twice = len(office.received) - len(set().union(*ids.values()))
    assert twice <= duplicates, f"{twice} mails came twice, {duplicates} may"
