"""The mail server isn't there, says no for now, hangs up after the mail, or says nothing, while five hundred write."""

import pytest

from tests.faults.accounts import LONG, query, settle
from tests.faults.crowd import Crowd
from tests.post_office import DROP, PostOffice, wait_until
from tests.serving.running import Site

pytestmark = [pytest.mark.faults, pytest.mark.services, pytest.mark.timeout(900)]

TIMES = 10


@pytest.mark.promise("P7.3")
def test_a_mail_server_in_every_bad_mood_costs_no_letter(
    broken_site: Site, one_office: PostOffice, crowd: Crowd
) -> None:
    one_office.answers["EHLO"] = ["421 Not now"] * TIMES
    one_office.answers["MAIL"] = ["451 Try again"] * TIMES
    one_office.answers["RCPT"] = ["450 Try again"] * TIMES
    one_office.answers["DATA"] = ["452 Full", DROP] * TIMES
    with crowd.send() as sending:
        wait_until(lambda: sending.done >= 300, LONG, "some are acknowledged")
        one_office.stall()
        before = len(one_office.offered)
        wait_until(lambda: len(one_office.offered) > before + 1, LONG, "mails hang")
        hung = "SELECT count(*) FROM privacy_letter WHERE error IN ('TimeoutError', 'SMTPServerDisconnected')"
        wait_until(lambda: query(broken_site, hung) != [(0,)], LONG, "the worker has given up on one")
        one_office.go_on()
        one_office.refuse()
        refused = "SELECT count(*) FROM privacy_letter WHERE error = 'ConnectionRefusedError'"
        wait_until(lambda: query(broken_site, refused) != [(0,)], LONG, "the worker found nobody")
    one_office.go_on()

    settle(broken_site, one_office, crowd, duplicates=TIMES)
    assert not one_office.answers["DATA"]
