"""Writing a mailing, looking at it as it will leave, testing it, sending it off, stopping it."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client

from contact.mailings.models import Mailing, MailingDelivery
from contact.mailings.services import MailingRefused, save_draft
from tests.mailings.drafts import draft, figures, send_all, sent_off
from tests.post_office import PostOffice
from tests.prospects.people import confirmed, many
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
LIST = "/admin/contact/mailing/"
WRITER = "dpo@customer-labs.com"
ALL = ("view_mailing", "add_mailing", "change_mailing", "delete_mailing")


def signed_in(*permissions: str, language: str = "fr") -> Client:
    user = get_user_model().objects.create_user(WRITER, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client(headers={"accept-language": language})
    sign_in(client, user)
    return client


@pytest.fixture
def writer() -> Client:
    return signed_in(*ALL)


def act(client: Client, mailing: Mailing, name: str, **fields: Any) -> str:
    answer = client.post(f"{LIST}{mailing.pk}/{name}/", fields, follow=True)
    return answer.content.decode()


def test_saving_leads_to_the_preview(writer: Client) -> None:
    words = {"subject_fr": "Été", "body_fr": "Bonjour", "subject_en": "Summer", "body_en": "Hello"}

    answer = writer.post(f"{LIST}add/", words)

    mailing = Mailing.objects.get()
    assert answer["Location"] == f"{LIST}{mailing.pk}/review/"
    assert (mailing.subject_fr, mailing.is_draft) == ("Été", True)


def test_both_languages_are_asked_for(writer: Client) -> None:
    writer.post(f"{LIST}add/", {"subject_fr": "Été", "body_fr": "Bonjour"})

    assert not Mailing.objects.exists()


def test_the_preview_shows_both_languages_as_they_will_leave(writer: Client, post_office: PostOffice) -> None:
    mailing = draft(body_fr="Voilà <script>alert(1)</script> {{ settings.SECRET_KEY }}")
    page = writer.get(f"{LIST}{mailing.pk}/review/").content.decode()
    confirmed()
    confirmed("ann@example.com", language="en")
    sent_off(body_fr=mailing.body_fr)
    send_all()

    shown = [html.unescape(found) for found in re.findall(r'srcdoc="([^"]*)"', page)]
    token = re.compile(r"/(<wbr>)?[^/\s]+:(<wbr>)?[\w<>-]{20,}/")
    sent = {}
    for mail in post_office.received:
        part = mail.get_body(("html",))
        assert part is not None
        sent[token.sub("", part.get_content().replace("\r\n", "\n")).strip()] = True
    assert {token.sub("", one).strip() for one in shown} == set(sent)
    assert "<script>alert(1)" not in page
    assert page.count("<iframe sandbox srcdoc=") == 2


@pytest.mark.parametrize(("language", "words"), [("fr", "L’envoyer à 2 personnes"), ("en", "Send it to 2 people")])
def test_the_button_says_to_how_many(language: str, words: str) -> None:
    many(2)
    mailing = draft()

    page = signed_in(*ALL, language=language).get(f"{LIST}{mailing.pk}/review/").content.decode()

    assert words in html.unescape(page)


def test_a_test_goes_to_its_writer_in_both_languages_and_stops_nobody(
    writer: Client, post_office: PostOffice, client: Client
) -> None:
    confirmed()
    mailing = draft()

    page = act(writer, mailing, "test")

    assert WRITER in page
    assert [mail["To"] for mail in post_office.received] == [WRITER, WRITER]
    assert {mail["Subject"] for mail in post_office.received} == {"Nos nouvelles d’automne", "Our autumn news"}
    link = post_office.received[0]["List-Unsubscribe"].strip()[1:-1].removeprefix("http://127.0.0.1:8000")
    assert client.get(link).status_code == 200
    assert "Il n’y a plus rien à retirer" in client.post(link).content.decode()
    assert figures(mailing) == {}
    assert mailing.is_draft


def test_a_test_that_the_mail_server_refuses_says_so(writer: Client, post_office: PostOffice) -> None:
    post_office.answers["RCPT"] = ["550 no"] * 2

    page = act(writer, draft(), "test")

    assert "Le serveur de messagerie ne l’a pas pris" in html.unescape(page)


def test_sending_off_queues_it_for_everybody(writer: Client) -> None:
    many(3)
    mailing = draft()

    page = act(writer, mailing, "send", edition=mailing.edition)

    assert "En route vers 3 personnes" in page
    assert figures(mailing) == {"recipients": 3, "queued": 3}


def test_what_a_colleague_changed_meanwhile_is_not_sent_off(writer: Client) -> None:
    many(1)
    mailing = draft()
    seen = mailing.edition
    save_draft(Mailing(pk=mailing.pk, subject_fr="A", body_fr="B", subject_en="C", body_en="D"))

    page = act(writer, mailing, "send", edition=seen)

    assert "a été modifié" in page
    assert not MailingDelivery.objects.exists()


def test_the_page_tells_how_far_it_is_and_stops_it(writer: Client, post_office: PostOffice) -> None:
    many(3)
    mailing = sent_off()
    post_office.answers["RCPT"] = ["250 OK", "550 no", "421 bye"]
    send_all()

    page = writer.get(f"{LIST}{mailing.pk}/review/").content.decode()
    stopped = act(writer, mailing, "stop")

    assert re.findall(r"<dd>(\d+)</dd>", page) == ["3", "1", "1", "1", "0", "0"]
    assert "Arrêté" in stopped
    assert re.findall(r"<dd>(\d+)</dd>", stopped) == ["3", "0", "1", "1", "0", "1"]


def test_a_mailing_that_left_can_not_be_changed_or_deleted(writer: Client) -> None:
    many(1)
    mailing = sent_off()
    words = {"subject_fr": "X", "body_fr": "X", "subject_en": "X", "body_en": "X"}

    changed = writer.post(f"{LIST}{mailing.pk}/change/", words)
    deleted = writer.post(f"{LIST}{mailing.pk}/delete/", {"post": "yes"})
    writer.post(LIST, {"action": "delete_selected", "_selected_action": [mailing.pk], "post": "yes"})

    assert (changed.status_code, deleted.status_code) == (403, 403)
    mailing.refresh_from_db()
    assert mailing.subject_fr == "Nos nouvelles d’automne"
    with pytest.raises(MailingRefused):
        save_draft(mailing)


def test_a_draft_can_be_deleted(writer: Client) -> None:
    mailing = draft()

    writer.post(f"{LIST}{mailing.pk}/delete/", {"post": "yes"})

    assert not Mailing.objects.exists()


@pytest.mark.promise("P7.1")
def test_who_may_only_look_sends_and_stops_nothing(post_office: PostOffice) -> None:
    client = signed_in("view_mailing")
    many(1)
    mailing, leaving = draft(), sent_off()

    statuses = [
        client.post(f"{LIST}{mailing.pk}/send/", {"edition": mailing.edition}).status_code,
        client.post(f"{LIST}{mailing.pk}/test/").status_code,
        client.post(f"{LIST}{leaving.pk}/stop/").status_code,
    ]
    page = client.get(f"{LIST}{mailing.pk}/review/").content.decode()

    assert statuses == [403, 403, 403]
    assert "<form" not in page.split('id="content"')[1]
    assert post_office.received == []


def test_the_pages_of_a_mailing_are_not_for_visitors(client: Client) -> None:
    mailing = draft()

    answers = [client.get(f"{LIST}{mailing.pk}/review/"), client.post(f"{LIST}{mailing.pk}/send/")]

    assert [answer.status_code for answer in answers] == [302, 302]


@pytest.mark.parametrize("name", ["test", "send", "stop"])
def test_looking_never_acts(writer: Client, name: str) -> None:
    assert writer.get(f"{LIST}{draft().pk}/{name}/").status_code == 405


@pytest.mark.parametrize("name", ["review", "test", "send", "stop"])
def test_a_mailing_that_is_not_there_is_not_found(writer: Client, name: str) -> None:
    ask = writer.get if name == "review" else writer.post

    assert ask(f"{LIST}999/{name}/").status_code == 404
