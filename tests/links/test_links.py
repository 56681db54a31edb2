"""Links that act: once by chance and hash, or for as long as a consent by signature."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from contact.letters import CONFIRM_LINK
from contact.models import ContactRequest
from contact.prospects.letters import NEWS_LINK
from privacy.links import signed, single_use

LIFE = timedelta(hours=1)


def mint() -> str:
    request = ContactRequest.objects.create(language="fr", subject_key="k")
    return single_use.mint(CONFIRM_LINK, request, subject_key="k", life=LIFE)


@pytest.mark.django_db
def test_a_link_is_good_until_its_last_second() -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        token = mint()

    found = []
    for after in (LIFE - timedelta(seconds=1), LIFE):
        with time_machine.travel(now + after, tick=False):
            found.append(single_use.peek(CONFIRM_LINK, token) is not None)

    assert found == [True, False]


@pytest.mark.django_db
def test_a_link_for_one_purpose_does_nothing_for_another() -> None:
    token = mint()

    assert single_use.use(NEWS_LINK, token) is None
    assert single_use.use(CONFIRM_LINK, token) is not None


@pytest.mark.django_db
def test_looking_at_a_link_does_not_use_it_up() -> None:
    token = mint()

    for _ in range(3):
        assert single_use.peek(CONFIRM_LINK, token) is not None

    assert single_use.use(CONFIRM_LINK, token) is not None
    assert single_use.peek(CONFIRM_LINK, token) is None


@pytest.mark.django_db(transaction=True)
def test_of_twenty_uses_at_once_one_gets_the_link() -> None:
    token = mint()

    def use(_: int) -> bool:
        try:
            with transaction.atomic():
                return single_use.use(CONFIRM_LINK, token) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as threads:
        used = list(threads.map(use, range(20)))

    assert sum(used) == 1


@pytest.mark.parametrize("forged", ["", "7", "7:abc", "x" * 200, "\x00"])
def test_a_signed_link_can_not_be_made_up(forged: str) -> None:
    token = signed.sign("contact.unsubscribe", 7)

    assert signed.unsign("contact.unsubscribe", token) == 7
    assert signed.unsign("contact.other", token) is None
    assert signed.unsign("contact.unsubscribe", token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert signed.unsign("contact.unsubscribe", forged) is None
