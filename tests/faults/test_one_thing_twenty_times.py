"""Twenty at once: one form is one message, and one link acts once."""

import http.client
import re
import threading
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlencode

import pytest

from tests.faults.accounts import LONG, query, settle
from tests.faults.crowd import Crowd
from tests.faults.visitor import Reply, Visitor
from tests.post_office import PostOffice, text_of, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(300)]

T = TypeVar("T")
TIMES = 20


def at_once(act: Callable[[], T]) -> list[T]:
    """What twenty of these said, begun together."""
    together = threading.Barrier(TIMES)
    said: list[T] = []

    def take_part() -> None:
        together.wait(30)
        said.append(act())

    threads = [threading.Thread(target=take_part) for _ in range(TIMES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return said


def test_one_form_is_one_message(broken_site: Site, one_office: PostOffice) -> None:
    crowd = Crowd(broken_site.port, "twenty-forms.example").open_forms(1)
    visitor = crowd.visitors[0]

    replies = at_once(visitor.send)

    assert len(replies) == TIMES
    assert all(reply.is_thanks for reply in replies)
    crowd.acknowledged.add(visitor.address)
    settle(broken_site, one_office, crowd)


@pytest.mark.promise("P7.3")
def test_one_link_acts_once(broken_site: Site, one_office: PostOffice) -> None:
    # With the field filled in that people don't see, it waits for its confirmation by mail.
    visitor = Visitor(broken_site.port, "hurried@twenty-links.example").open_form()
    visitor.fields["website"] = "filled in"
    assert not visitor.send().is_thanks
    wait_until(lambda: one_office.to(visitor.address), LONG, "the mail with the link")
    path = re.findall(r"https?://[^/]+(/\S+)", text_of(one_office.to(visitor.address)[0]))[0]

    replies = at_once(lambda: use(visitor, path))

    assert {(reply.status, reply.location) for reply in replies} == {(302, "/fr/contact/merci/")}
    counted = "SELECT status, count(*) FROM contact_contactrequest WHERE email = %s GROUP BY status"
    assert query(broken_site, counted, visitor.address) == [("new", 1)]
    told = "SELECT count(*) FROM privacy_letter WHERE kind = 'contact.team_notice' AND record_id = %s"
    number = query(broken_site, "SELECT id FROM contact_contactrequest WHERE email = %s", visitor.address)[0][0]
    assert query(broken_site, told, number) == [(1,)]


def use(visitor: Visitor, path: str) -> Reply:
    origin = f"http://127.0.0.1:{visitor.port}"
    connection = http.client.HTTPConnection("127.0.0.1", visitor.port, timeout=60)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": visitor.cookie,
        "Origin": origin,
        "Referer": origin + path,
    }
    body = urlencode({"csrfmiddlewaretoken": visitor.fields["csrfmiddlewaretoken"]})
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return Reply(answer.status, 0.0, answer.getheader("Location") or "")
