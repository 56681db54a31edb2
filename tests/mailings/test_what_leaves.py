"""What a prospect gets: their own language, text and a plain HTML part, and every way to stop it (P3.2, P5.6)."""

import re
from email.message import EmailMessage

import pytest
from django.test import Client

from contact.models import Prospect
from tests.mailings.drafts import send_all, sent_off
from tests.post_office import PostOffice
from tests.prospects.people import ZOE, confirmed, many

pytestmark = pytest.mark.django_db


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def address_in(header: str) -> str:
    found = re.fullmatch(r"<(\S+)>", header.strip())
    assert found is not None
    return found[1]


@pytest.mark.promise("P3.2", "P1.1")
@pytest.mark.parametrize(
    ("language", "subject", "words", "why"),
    [
        ("fr", "Nos nouvelles d’automne", "L’été est fini & l’automne commence.", "parce que vous avez demandé"),
        ("en", "Our autumn news", "Summer is over & autumn begins.", "because you asked for news"),
    ],
)
def test_each_reads_it_in_their_language_with_who_writes_and_why(
    post_office: PostOffice, language: str, subject: str, words: str, why: str
) -> None:
    confirmed(language=language)
    sent_off()

    send_all()

    (mail,) = post_office.received
    text, html = part(mail, "plain"), part(mail, "html")
    assert (mail["Subject"], mail["To"]) == (subject, ZOE)
    assert mail["Reply-To"] == "contact@customer-labs.com"
    assert mail["Auto-Submitted"] == "auto-generated"
    for expected in (words, why, "RCS Aix-en-Provence 810 308 288", "privacy@customer-labs.com"):
        assert expected in text
    assert "&amp;" not in text
    assert f'<html lang="{language}">' in html
    assert words.replace("&", "&amp;") in html


@pytest.mark.promise("P5.6")
def test_a_mail_program_finds_how_to_stop_it_and_one_post_does(post_office: PostOffice) -> None:
    confirmed()
    sent_off()
    send_all()
    (mail,) = post_office.received
    link = address_in(mail["List-Unsubscribe"])

    answer = Client(enforce_csrf_checks=True).post(
        link.removeprefix("http://127.0.0.1:8000"), {"List-Unsubscribe": "One-Click"}
    )

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert not Prospect.objects.exists()


@pytest.mark.promise("P5.6")
def test_the_text_and_the_html_part_hold_the_link_to_stop_it(post_office: PostOffice) -> None:
    confirmed()
    sent_off()

    send_all()

    (mail,) = post_office.received
    link = address_in(mail["List-Unsubscribe"])
    assert link in part(mail, "plain").split("\n")
    assert f'<a href="{link}">' in part(mail, "html")


@pytest.mark.promise("P5.6")
def test_each_reader_has_their_own_link_and_nobody_elses(post_office: PostOffice) -> None:
    """It is put into one text that was rendered for all."""
    many(2)
    confirmed()
    sent_off()

    send_all()

    links = {address_in(mail["List-Unsubscribe"]) for mail in post_office.received}
    assert len(links) == 3
    for mail in post_office.received:
        link = address_in(mail["List-Unsubscribe"])
        place = link.rstrip("/").rpartition("/")[0]
        assert re.findall(rf"{re.escape(place)}/\S+", part(mail, "plain")) == [link]
        assert re.findall(rf'href="({re.escape(place)}/[^"]+)"', part(mail, "html")) == [link]


@pytest.mark.promise("P4.1")
def test_nothing_tells_whether_or_where_it_was_read(post_office: PostOffice) -> None:
    elsewhere = "https://example.org/page?ref=1"
    confirmed()
    sent_off(body_fr=f"Voir {elsewhere}")

    send_all()

    (mail,) = post_office.received
    html = part(mail, "html")
    assert not re.search(
        r"<(img|script|style|link|iframe|object|form|svg)\b|url\(|\ssrc=|\son\w+=", html, re.IGNORECASE
    )
    links = re.findall(r'href="([^"]*)"', html)
    assert all(link.startswith("http://127.0.0.1:8000") for link in links)
    assert elsewhere in part(mail, "plain")
    assert elsewhere in html


def test_a_body_is_never_compiled_as_a_template(post_office: PostOffice) -> None:
    written = "{{ settings.SECRET_KEY }} {% debug %} {# no comment #} {% include 'base.html' %} %(name)s {0}"
    confirmed()
    sent_off(body_fr=written, subject_fr="{{ controller.name }} {% now 'Y' %}")

    send_all()

    (mail,) = post_office.received
    assert mail["Subject"] == "{{ controller.name }} {% now 'Y' %}"
    assert written in part(mail, "plain")


def test_a_subject_of_two_lines_becomes_no_header(post_office: PostOffice) -> None:
    confirmed()
    sent_off(subject_fr="Nouvelles\r\nBcc: everybody@example.net")

    send_all()

    (mail,) = post_office.received
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Nouvelles"


def test_no_name_and_no_address_of_theirs_stands_in_the_links(post_office: PostOffice) -> None:
    prospect = confirmed()
    sent_off()

    send_all()

    (mail,) = post_office.received
    for word in ("zoe", "lefevre", "example.com", prospect.subject_key, prospect.subject_key[9:]):
        assert word not in mail["List-Unsubscribe"].lower()
