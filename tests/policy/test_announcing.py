"""An important change is told to each person whose data is held: once, by mail, whatever they said of news (P12.2)."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from contact.models import ContactRequest, Prospect
from contact.prospects.services import unsubscribe
from privacy.consents.asking import ask_to_withdraw
from privacy.consents.withdrawal import Way
from privacy.erasure import erase_person
from privacy.letters.queue import deliver_due
from privacy.models import Letter, PolicyAnnouncement, PolicyNotice
from privacy.periods import Period
from privacy.policy.announcing import work_off_announcements
from tests.letters.writing import submit
from tests.policy.people import requests_of
from tests.policy.versions import imported, published
from tests.post_office import PostOffice, text_of
from tests.prospects.people import ask, confirmed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.promise("P12.2")]
ZOE = "zoe.lefevre@example.com"


def announced(**given: Any) -> list[str]:
    """An important version, told to everybody by hand; returns the notices' addresses as the letters go out."""
    Letter.objects.all().delete()
    published(is_important=True, **given)
    work_off_announcements()
    return list(Letter.objects.values_list("kind", flat=True))


def told(office: PostOffice) -> list[str]:
    deliver_due()
    return sorted(str(mail["To"]) for mail in office.received)


def test_each_person_is_told_once_however_many_rows_are_theirs(post_office: PostOffice) -> None:
    submit()
    submit(message="Encore une question, s’il vous plaît.")
    confirmed()
    requests_of(2)
    get_user_model().objects.create_user("ana@customer-labs.com", is_staff=True)

    announced()

    assert told(post_office) == ["ana@customer-labs.com", "person00000@many.example", "person00001@many.example", ZOE]


@pytest.mark.parametrize(
    ("language", "subject", "changes", "withdrawing"),
    [
        ("fr", "notre politique de confidentialité change", "Ce qui change.", "retirer-mon-consentement"),
        ("en", "our privacy policy", "What changes.", "withdraw-consent"),
    ],
)
def test_the_mail_says_what_changes_in_the_person_s_language(
    post_office: PostOffice, language: str, subject: str, changes: str, withdrawing: str
) -> None:
    submit(language=language)

    announced()
    deliver_due()

    mail = post_office.received[0]
    assert subject in str(mail["Subject"])
    assert changes in text_of(mail)
    assert f"/{language}/" in text_of(mail)
    assert "versions/" in text_of(mail)
    assert f"/{language}/{withdrawing}/" in text_of(mail)
    assert mail["Reply-To"] == "privacy@customer-labs.com"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_whoever_stopped_the_news_is_told_all_the_same(post_office: PostOffice) -> None:
    submit()
    confirmed()
    unsubscribe(ZOE, way=Way.LINK, language="fr")
    assert not Prospect.objects.exists()

    announced()

    assert told(post_office) == [ZOE]


def test_a_change_that_is_not_important_is_told_to_nobody() -> None:
    submit()
    Letter.objects.all().delete()

    published()
    imported()
    work_off_announcements()

    assert not Letter.objects.exists()
    assert not PolicyAnnouncement.objects.exists()


def test_an_address_that_nobody_has_proved_is_not_written_to(post_office: PostOffice) -> None:
    now = timezone.now()
    ask("pending@example.com")
    ask_to_withdraw("typed@example.com", language="fr")
    submit(email="held@example.com")
    submit(email="spam@example.com")
    ContactRequest.objects.filter(email="held@example.com").update(status="held", held_until=now)
    ContactRequest.objects.filter(email="spam@example.com").update(status="spam", spam_at=now)

    announced()

    assert told(post_office) == []


def test_whoever_was_erased_meanwhile_gets_no_mail(post_office: PostOffice) -> None:
    submit()
    announced()

    erase_person(ZOE)

    assert told(post_office) == []
    assert not PolicyNotice.objects.exists()


def test_a_person_whose_first_row_has_gone_is_reached_by_another(post_office: PostOffice) -> None:
    first = submit()
    submit(email=ZOE.upper(), message="Encore une question, s’il vous plaît.")
    announced()

    ContactRequest.objects.filter(pk=first.pk).update(email="", subject_key="")

    assert told(post_office) == [ZOE.upper()]


def test_somebody_with_rows_under_two_keys_is_told_once(post_office: PostOffice, settings: Any) -> None:
    submit()
    settings.SUBJECT_KEYS = ["a-newer-key-of-the-ring-than-the-other", *settings.SUBJECT_KEYS]
    submit(message="Encore une question, s’il vous plaît.")

    announced()

    assert PolicyNotice.objects.count() == 2
    assert told(post_office) == [ZOE]


def test_working_it_off_again_tells_nobody_twice() -> None:
    requests_of(3)
    announced()
    PolicyAnnouncement.objects.update(finished_at=None)  # As if the worker had died before it could say so.

    work_off_announcements()
    work_off_announcements()

    assert PolicyNotice.objects.count() == 3
    assert Letter.objects.count() == 3
    assert PolicyAnnouncement.objects.get().people == 3


def test_letters_to_many_let_those_to_one_pass(post_office: PostOffice) -> None:
    requests_of(5)
    announced()

    submit()
    deliver_due(limit=2)

    assert {str(mail["To"]) for mail in post_office.received} == {ZOE, "contact@customer-labs.com"}


def test_a_chunk_takes_the_same_statements_for_one_and_for_hundreds(
    django_assert_max_num_queries: Any,
) -> None:
    requests_of(900)
    published(is_important=True)

    with django_assert_max_num_queries(20):
        work_off_announcements()

    assert Letter.objects.count() == 900


def test_a_second_important_change_is_told_again(post_office: PostOffice, settings: Any) -> None:
    submit()
    announced()
    settings.CONTACT_RETENTION = Period(days=77)
    published(is_important=True)
    work_off_announcements()

    assert told(post_office) == [ZOE, ZOE]
