"""A visitor writes, staff answer and close, a month goes by, and nothing of the visitor is left. All of it is real:
the browser, the web server, the database, the queue, the worker, beat, and the mail server.
"""

import base64
import zlib
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from psycopg import sql

from tests.browser.conftest import Watched, start
from tests.browser.visiting import THANKS, fill, send
from tests.post_office import PostOffice, text_of, wait_until
from tests.serving.running import Site
from tests.signing_in import sign_in_by_hand

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.timeout(240)]

ADDRESS = "zephyrquine.xywvut@canari-bleu.example.com"
MESSAGE = "J’ai égaré le porcelainier mauve à Noël : où l’avez-vous rangé ? « Œuvre » n° 4."
ANSWER = (
    "Bonjour Zéphyrquine Lefèvre-Xywvut,\n\nle porcelainier mauve est à l'atelier & vous attend.\n\n<b>L’équipe</b>"
)
DESK = "contact@customer-labs.com"

CANARY = [
    # Parts without accents too: they show in whatever way the rest is encoded.
    *("Zéphyrquine", "phyrquine", "Lefèvre-Xywvut", "xywvut", ADDRESS, "canari-bleu"),
    *("+33612345678", "0612345678", "612345678", "06 12 34 56 78", "6 12 34 56 78", "06.12.34.56.78"),
    *(MESSAGE, "porcelainier"),
]
MONTH = timedelta(days=31)


@pytest.mark.promise("P1.2", "P2.1", "P3.1", "P7.1", "P8.1", "P8.4")
def test_a_message_goes_all_the_way(site: Site, office: PostOffice, page: Page, watched: Watched) -> None:
    write(page)
    acknowledgement, notice = office.wait_for(2) and (office.to(ADDRESS)[0], office.to(DESK)[0])
    assert acknowledgement["Subject"] == "CUSTOMER LABS a bien reçu votre message"
    assert found_in(notice.as_string() + text_of(notice), CANARY) == []

    answer(page, site)
    wait_until(lambda: len(office.to(ADDRESS)) == 2, 30, "the answer")
    mail = office.to(ADDRESS)[1]
    assert mail["Subject"] == "CUSTOMER LABS répond à votre message"
    assert ANSWER in text_of(mail).replace("\r\n", "\n")
    assert watched.hosts == {f"127.0.0.1:{site.port}"}
    assert watched.complaints == []

    canary = [*CANARY, *keys_of_the_canary(site)]
    # The search finds what is there: otherwise it would prove nothing afterwards.
    assert set(found_in(everything_in_the_database(site), canary)) >= {"Zéphyrquine", ADDRESS, MESSAGE, canary[-1]}
    assert found_in(every_file(site), canary) == []

    pass_a_month(site, office)
    assert found_in(everything_in_the_database(site), canary) == []
    assert statuses(site) == [("closed", True)]
    assert site.ask_to_stop() == 0  # What was held in memory until now is written down.
    assert found_in(every_file(site), canary) == []
    assert len(office.to(ADDRESS)) == 2
    # The officer may have been told that no purge had run for a month: that mail, like the notice, names nobody.
    others = [mail for mail in office.received if mail not in office.to(ADDRESS)]
    assert found_in("".join(mail.as_string() + text_of(mail) for mail in others), canary) == []


def write(page: Page) -> None:
    fill(
        page,
        first_name="Zéphyrquine",
        last_name="Lefèvre-Xywvut",
        email=ADDRESS,
        phone="06 12 34 56 78",
        message=MESSAGE,
    )
    send(page)
    page.wait_for_url(THANKS)


def answer(page: Page, site: Site) -> None:
    """Sign in with the password shown at the first start and a code, find the person, answer and close."""
    account, password = site.said().split("shown this once: ")[1].split("\n")[0].split("  password: ")
    sign_in_by_hand(page, account, password)
    page.goto("/admin/contact/contactrequest/")
    page.locator("#searchbar").fill("Lefèvre-Xywvut")
    page.locator("#searchbar").press("Enter")
    page.locator("#result_list tbody th a").click()
    assert found_in(page.url, ["Xywvut", "Lef"]) == []
    expect(page.locator("#content")).to_contain_text(MESSAGE)
    page.locator("[name=answer]").fill(ANSWER)
    page.locator("[name=_answer_and_close], button[value=answer_and_close]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def pass_a_month(site: Site, office: PostOffice) -> None:
    """Stop the site and start it a month later: beat finds that a night's run is due, and the worker does it."""
    wait_until(lambda: list(site.places.run.glob("beat-schedule*")), 60, "beat is there and has noted its schedule")
    assert site.ask_to_stop() == 0
    start(site, office, later=MONTH.total_seconds())
    done = "SELECT outcome FROM privacy_retentionrun WHERE trigger = 'beat' AND started_at > now() + interval '30 days'"
    wait_until(lambda: ("done",) in site.query(done), 60, "the night's run")


def found_in(text: str, words: list[str]) -> list[str]:
    lower = text.lower()
    return [word for word in words if word.lower() in lower or word.encode().hex() in lower]


def keys_of_the_canary(site: Site) -> list[str]:
    ((key,),) = site.query("SELECT subject_key FROM contact_contactrequest")
    return [key, key.partition(":")[2]]


def statuses(site: Site) -> list[tuple[Any, ...]]:
    return site.query("SELECT status, is_anonymised FROM contact_contactrequest")


def everything_in_the_database(site: Site) -> str:
    """Every row of every table as text, the sessions decoded.

    What PostgreSQL itself keeps of a deleted row on disk until it writes over it can't be reached by anybody here.
    """
    with site.database() as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert len(tables) > 10
        rows = [
            str(row)
            for (table,) in tables
            for (row,) in connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table)))
        ]
        sessions = connection.execute("SELECT session_data FROM django_session").fetchall()
    return "\n".join([*rows, *(session_text(data) for (data,) in sessions)])


def session_text(data: str) -> str:
    compressed, content = data.startswith("."), data.removeprefix(".").rsplit(":", 2)[0]
    raw = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
    return (zlib.decompress(raw) if compressed else raw).decode()


def every_file(site: Site) -> str:
    """All that lies under VAR_DIR but the database's own files and the static ones: logs, queue, schedule, mail."""
    left_out = {site.places.postgres, site.places.static, site.places.secrets}
    files = [
        path
        for path in site.var.rglob("*")
        if path.is_file() and not left_out & set(path.parents) and path.stat().st_size
    ]
    names = {path.name for path in files}
    assert {"web.log", "worker.log", "beat.log", "postgres.log", "valkey.log"} & names
    assert any("appendonly" in name for name in names)
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files) + site.said()
