"""The form and the pages, beside bare views behind the same middleware, from two gunicorn processes."""

from argparse import Namespace
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from benchmarks.bare_views import TABLE
from benchmarks.figures import Figure, at_least
from benchmarks.turns import ratio, say, take_turns
from benchmarks.web import a_request, rate, site

PAGES = {"home": "/fr/", "contact": "/fr/contact/", "policy": "/fr/confidentialite/"}
THE_FORM = (
    "beside its statements a message costs the checks of ten fields, a poke of the worker for each few messages, and a "
    "commit of its own for the limits, so that a refusal is counted too. And its statements are larger: a request has "
    "twenty columns and fourteen indexes, one of them for words inside a text; the bare view writes small rows to a "
    "table with one index."
)
TOKEN = "t" * 32
"""Of CSRF: the same in the cookie and in the form."""


def measure(options: Namespace) -> Iterator[Figure]:
    rounds, number = (4, 100) if options.quick else (9, 300)
    writes, reads = statements()
    write_templates()
    with site() as port:
        yield the_form(port, writes, reads, rounds, number)
        for name, path in PAGES.items():
            found = take_turns(
                {
                    "ours": partial(gets, port, path, number),
                    "bare": partial(gets, port, f"/bare/{name}/", number),
                },
                rounds,
            )
            say(f"{name}: {found['ours'][-1]:.0f} a second, bare {found['bare'][-1]:.0f}")
            what = f"GET {name}: rate / a bare view of the same size"
            yield at_least(what, 0.85, ratio(found, "ours", "bare"))


def gets(port: int, path: str, number: int) -> float:
    return rate(port, [a_request("GET", path, port)] * number, status=200)


def the_form(port: int, writes: int, reads: int, rounds: int, number: int) -> Figure:
    def ours() -> float:
        bodies = [form(f"visitor{each}@example.com") for each in range(number)]
        return posted("/fr/contact/", bodies)

    def bare() -> float:
        return posted(f"/bare/post/{writes}/{reads}/", [form("visitor@example.com")] * number)

    def posted(path: str, bodies: list[bytes]) -> float:
        return rate(
            port, [a_request("POST", path, port, body, Cookie=f"csrftoken={TOKEN}") for body in bodies], status=302
        )

    found = take_turns({"ours": ours, "bare": bare}, rounds)
    say(f"POST contact: {found['ours'][-1]:.0f} a second, bare {found['bare'][-1]:.0f}")
    return at_least(
        f"POST contact: rate / a bare view with as many statements ({writes} writes, {reads} reads)",
        0.8,
        ratio(found, "ours", "bare"),
        why=THE_FORM,
    )


def form(address: str) -> bytes:
    from tests.contact.posts import post

    return urlencode({**post(email=address), "csrfmiddlewaretoken": TOKEN}).encode()


def statements() -> tuple[int, int]:
    """How many one message writes and reads, limits included; and the table that the bare view writes to."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.contact.posts import post

    client = Client(SERVER_NAME="127.0.0.1")
    with connection.cursor() as cursor:
        cursor.execute(TABLE)
    client.post("/fr/contact/", post(email="first@example.com"))
    with CaptureQueriesContext(connection) as captured:
        client.post("/fr/contact/", post(email="second@example.com"))
    words = [query["sql"].lstrip().split(" ", 1)[0].upper() for query in captured.captured_queries]
    say(f"one message: {', '.join(words)}")
    writes = sum(word in ("INSERT", "UPDATE", "DELETE", "WITH") for word in words)  # Each of ours with a WITH writes.
    return writes, sum(word == "SELECT" for word in words)


def write_templates() -> None:
    """Each page as it is answered, as a template without a tag."""
    from django.conf import settings
    from django.test import Client

    folder = settings.PLACES.var / "bare"
    folder.mkdir()
    for name, path in PAGES.items():
        page = Client(SERVER_NAME="127.0.0.1").get(path)
        if page.status_code != 200:
            raise SystemExit(f"{path} answered {page.status_code}: there is no page to compare with.")
        (folder / f"{name}.html").write_bytes(page.content)
