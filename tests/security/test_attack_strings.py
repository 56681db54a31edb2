"""Attack strings in every field of every public form, seen on every page, mail and file that shows what was typed."""

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from playwright.sync_api import sync_playwright
from pytest_django.live_server_helper import LiveServer

from cookies.audience.models import AudienceCount
from customerlabs.security.reports.models import PolicyReport
from privacy.models import Result
from privacy.rights.fulfilment.results import read
from tests.audit.test_every_page import pages
from tests.cookies.visitors import OURS, choose
from tests.desk.desk import member, signed_in
from tests.privacy.planting import database
from tests.security.robot import Forms, Robot
from tests.security.walks import without_limits, work_through, write_everywhere
from tests.servers import PLAIN_STORAGES
from tests.site.pages import FORMS, address

pytestmark = pytest.mark.promise("P7.2")
NAMES = {
    "first_name": '=HYPERLINK("//hack.example";"x")',
    "last_name": "<script>hack()</script>{{ 'hack'|upper }}",
    "name": "@hack</title><svg onload=hack()>{% include 'hack' %}",
    "representative_name": "-hack'\"><img src=//hack.example onerror=hack()>",
    "recipient": "+hack</textarea><iframe srcdoc=hack()></iframe>",
    "executor": '=hack"></option></select><a href=javascript:hack()>',
    "deceased": "=hack|' /C calc'!A0",
    "capacity": "<math href=javascript:hack()>",
    "representative_capacity": "<math href=javascript:hack()>",
}
WORDS = """=hack()+cmd|' /C calc'!A0
"'><script>hack()</script><img src=x onerror=hack()><svg/onload=hack()>
</title></textarea></script><iframe srcdoc="<script>hack()</script>"></iframe>
<a href="javascript:hack()">x</a><form action=//hack.example><input name=q>
<style>*{background:url(//hack.example)}</style>
{{ 'hack'|upper }} {% load hack %} ${hack} #{hack} \u202e\u2066kcah\u2069 <!-- <base href=//hack.example>"""
ADDRESS = "={{hack}}'|`+{name}@example.com"
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r")
FILE_NAME = '=hack"><script>hack()</script>.jpg'
CHARTS = ("cookies/audiencecount", "customerlabs/policyreport")
RUNS = {"src", "href", "action", "formaction", "srcdoc", "style", "data", "xlink:href", "background", "poster"}


class Elements(HTMLParser):
    """What a browser would run, load or follow because of what was typed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag if tag in {"script", "style"} and ("type", "application/json") not in attrs else ""
        given = dict(attrs)
        if given.get("srcdoc") and given.get("sandbox", "missing") in {
            None,
            "",
        }:  # The preview of a mailing: nothing may run in there.
            self.found += harm_in(str(given.pop("srcdoc")))
        for name, value in given.items():
            led = name in RUNS and "hack" in (value or "") and not (value or "").startswith(("mailto:", "tel:"))
            if name.startswith("on") or led or "hack" in name:
                self.found.append(f"<{tag} {name}={value}>")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open and "hack" in data:
            self.found.append(f"<{self._open}> {data}")


def harm_in(page: str) -> list[str]:
    return [*Elements(page).found, *(["a template that ran"] if "HACK" in page else [])]


def cells_that_run(text: str) -> list[str]:
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    return [cell for row in rows for cell in row if cell.startswith(BEGINNINGS)]


def file_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode(errors="replace"))


@pytest.fixture
def visitor() -> Robot:
    return Robot(
        Client(headers={"accept-language": "fr", "referer": "http://127.0.0.1/"}),
        words=lambda name: NAMES.get(name, WORDS),
        address=lambda name: ADDRESS.replace("{name}", name),
        file_name=FILE_NAME,
    )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_nothing_that_a_stranger_typed_runs_anywhere(visitor: Robot, live_server: LiveServer, settings: Any) -> None:
    call_command("migrate", verbosity=0)  # A test that flushed the tables took the groups along.
    settings.STORAGES = {**settings.STORAGES, **PLAIN_STORAGES}
    without_limits(settings)
    officer = member("DPO", email="dpo@example.com", is_superuser=True)
    staff = signed_in(officer)

    write_everywhere(visitor)
    assert sum(status in {200, 302} for _, status in visitor.statuses) > 30, visitor.statuses
    taken = work_through(staff, WORDS)
    shown = [(page.address, staff.get(page.address)) for page in list(pages()) if not page.posted]

    assert all(
        any(typed.split("\n")[0][:20] in row.replace('""', '"') for row in database()) for typed in NAMES.values()
    )
    assert {here: harm for here, page in visitor.seen if (harm := harm_in(page))} == {}
    assert {here: harm for here, answer in shown if (harm := harm_in(file_of(answer)))} == {}
    assert sum("hack" in file_of(answer) for _, answer in shown if not answer.streaming) > 5
    _files_run_nothing(taken)
    _mails_are_whole()
    _a_browser_runs_nothing(live_server, staff, [here for here, answer in shown if _is_a_page(answer)])
    assert not PolicyReport.objects.exists()


def _is_a_page(answer: Any) -> bool:
    return bool(answer.status_code == 200 and "html" in answer["Content-Type"] and b"hack" in answer.content)


def _files_run_nothing(taken: dict[str, Any]) -> None:
    """Lists open in a spreadsheet, copies in a browser; each has a name of ours."""
    for here, answer in taken.items():
        assert answer.status_code == 200, here
        assert "hack" not in answer.headers.get("Content-Disposition", "hack: a page"), here
        content = file_of(answer)
        if "json" in answer["Content-Type"]:
            json.loads(content)
        else:
            assert cells_that_run(content) == [], here
    archives = [zipfile.ZipFile(io.BytesIO(b"".join(read(result)))) for result in Result.objects.all()]
    names = [(archive, name) for archive in archives for name in archive.namelist()]
    assert {name.rsplit(".", 1)[-1] for _, name in names} >= {"csv", "json", "html"}
    for archive, name in names:
        content = archive.read(name).decode()
        assert "hack" not in name
        if name.endswith(".csv"):
            assert cells_that_run(content) == [], name
        elif name.endswith(".html"):
            assert harm_in(content) == [], name


def _mails_are_whole() -> None:
    """No line that was typed became a header, and no part runs."""
    ours = {name.lower() for name in ("Subject", "From", "To", "Reply-To", "Date", "Message-ID", "MIME-Version")}
    for sent in mail.outbox:
        message: Message = sent.message()
        names = {name.lower() for name in message}
        assert names <= ours | {name for name in names if name.startswith(("content-", "list-", "auto-", "x-auto-"))}
        assert all("\n" not in str(value).replace("\n ", " ") for value in message.values())
        for part in message.walk():
            if part.get_content_type() == "text/html":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                assert harm_in(content.decode()) == []


def _a_browser_runs_nothing(live_server: LiveServer, staff: Client, here: list[str]) -> None:
    stopped: list[str] = []
    asked: set[str] = set()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context(base_url=live_server.url)
        session = staff.cookies[site.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        context.add_init_script("window.hack = () => console.error('it ran')")
        page = context.new_page()
        page.on("console", lambda said: stopped.append(f"{page.url} {said.text}") if said.type == "error" else None)
        page.on("dialog", lambda dialog: stopped.append(f"{page.url} {dialog.message}"))
        page.on("request", lambda request: asked.add(request.url.split("/")[2]))
        for each in _one_of_each(here):
            page.goto(each)
        browser.close()
    assert stopped == []
    assert asked == {live_server.url.split("/")[2]}


def _one_of_each(addresses: list[str]) -> Iterator[str]:
    """Of pages that differ by the number of a record alone, the first."""
    kinds = set()
    for each in addresses:
        kind = "".join("0" if letter.isdigit() else letter for letter in each)
        if kind not in kinds:
            kinds.add(kind)
            yield each


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["nul\x00l", "Zoé\r\nBcc: hack@example.com", "Zoé\u202egnp"])
def test_what_no_name_holds_is_refused_at_its_field_and_nothing_is_stored(visitor: Robot, typed: str) -> None:
    visitor.words = lambda name: typed if name in NAMES else "Où en est ma demande ?"
    visitor.address = lambda name: f"{name}@example.com"
    before = sum(1 for row in database() if "@example.com" in row)

    for name in FORMS:
        page = address(name, "fr")
        for form in Forms(visitor.client.get(page).content.decode()).found:
            if NAMES.keys() & form.fields.keys():
                answer = visitor.send(page, form)
                assert answer.status_code == 422, name
                assert "error" in answer.content.decode(), name
    assert sum(1 for row in database() if "@example.com" in row) == before
    assert mail.outbox == []


@pytest.mark.django_db
def test_an_address_that_would_split_a_header_or_runs_is_refused(visitor: Robot) -> None:
    visitor.words = lambda name: "Où en est ma demande ?"
    for typed in (
        "zoe@example.com\r\nBcc: hack@example.com",
        "zoe@example.com\x00",
        '"<script>hack()</script>"@example.com',
        "zoe@example.com, hack@example.com",
    ):
        visitor.address = lambda name, typed=typed: typed  # type: ignore[misc]
        for name in ("contact:form", "withdraw", "rights-directive", "rights-new-link"):
            visitor.fill_in(address(name, "fr"))

    assert {status for _, status in visitor.statuses} == {422}


@pytest.mark.django_db
def test_what_is_sent_to_be_counted_runs_in_no_chart_and_no_table(settings: Any) -> None:
    settings.AUDIENCE = True
    visitor = Client()
    choose(visitor, "all")
    for typed in (*NAMES.values(), WORDS, ADDRESS):
        for page in (typed, f"/fr/?{typed}", f"/fr/{typed}/", "/fr/"):
            visitor.post("/audience/", {"page": page, "from": typed}, headers=OURS)
        body = [
            {"type": "csp-violation", "body": {"documentURL": typed, "effectiveDirective": typed, "blockedURL": typed}}
        ]
        visitor.post("/policy-reports/", body, content_type="application/json")
    counted = set(AudienceCount.objects.values_list("page", "referrer"))
    now = timezone.now()
    for at, typed in enumerate(set(NAMES.values())):  # Even if something had got in.
        AudienceCount.objects.create(
            day=now.date(), page=typed[:100], referrer=typed, language="fr", views=at, began_at=now
        )
        PolicyReport.objects.create(
            day=now.date(), directive=typed, page=typed, blocked=typed, source=typed, began_at=now
        )
    staff = signed_in(member("", is_superuser=True))
    shown = [staff.get(f"/admin/{where}/").content.decode() for where in CHARTS]

    assert counted == {("/fr/", "")}
    assert all("hack" in page for page in shown)
    harm = [harm for page in shown for harm in harm_in(page)]
    assert [each for each in harm if not each.startswith("<a href=?directive=")] == []  # A filter of the list.
