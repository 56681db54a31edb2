"""What a request says of the host it was sent to leads nowhere: links and mails know the published address alone."""

import re
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.test import Client

from privacy.letters.queue import deliver_due
from tests.security.robot import Robot
from tests.security.walks import without_limits, write_everywhere
from tests.site.pages import PUBLIC

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P7.1")]
EVIL = "evil.example"
SAID = {
    "x-forwarded-host": EVIL,
    "x-forwarded-proto": "https",
    "x-forwarded-server": EVIL,
    "x-forwarded-port": "666",
    "x-original-host": EVIL,
    "x-original-url": f"//{EVIL}/",
    "x-rewrite-url": f"//{EVIL}/",
    "x-host": EVIL,
    "forwarded": f"host={EVIL};proto=https",
}
ADDRESS = re.compile(r"https?://([^/\s\"'<>]+)")
AUTHORITY = "www.cnil.fr"
PUBLISHED = site.SITE_URL.split("//")[1]


@pytest.mark.parametrize("host", [EVIL, f"127.0.0.1.{EVIL}", f"127.0.0.1@{EVIL}", "127.0.0.1:80:80", ""])
def test_a_host_that_is_not_ours_gets_no_page(host: str) -> None:
    for here in ("/fr/", "/fr/contact/", "/admin/", "/robots.txt", "/sitemap.xml", "/policy-reports/"):
        answer = Client(raise_request_exception=False).get(here, headers={"host": host})

        assert answer.status_code == 400, here
        assert EVIL not in answer.content.decode()


def test_neither_a_forged_header_nor_another_name_of_ours_reaches_a_mail_or_a_link(settings: Any) -> None:
    """Behind a proxy of ours that does not take away what a stranger's browser sends."""
    without_limits(settings)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    client = Client(headers={**SAID, "accept-language": "fr", "host": "localhost:4321"})
    visitor = Robot(client, words=lambda name: f"Quelques mots {name}", address=lambda name: f"{name}@example.com")

    write_everywhere(visitor)
    deliver_due()
    shown = [*visitor.seen, *((here, client.get(here).content.decode()) for here in PUBLIC)]

    assert len(mail.outbox) > 15
    for sent in mail.outbox:
        written = sent.message().as_string()
        assert EVIL not in written
        assert "localhost" not in written
        assert set(ADDRESS.findall(str(sent.body))) <= {PUBLISHED, AUTHORITY}, sent.subject
    for here, page in shown:
        assert EVIL not in page, here
        assert "localhost" not in page, here


def test_the_way_to_https_leads_to_the_published_name(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_SSL_HOST = True, PUBLISHED

    answer = Client().get("/fr/", headers={"host": "localhost", **SAID, "x-forwarded-proto": "http"})

    assert (answer.status_code, answer["Location"]) == (301, f"https://{PUBLISHED}/fr/")
    assert site.SECURE_SSL_HOST == PUBLISHED
