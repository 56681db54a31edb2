"""A letter that thousands get is, for each, the one that would have been rendered for them."""

from dataclasses import replace

import pytest
from django.conf import settings

from privacy.letters.alike import pattern
from privacy.letters.html import html_part
from privacy.letters.kinds import Message

NOBODYS, THEIRS = f"{settings.SITE_URL}/fr/stop/MA:a-b_c/", f"{settings.SITE_URL}/fr/stop/MTIz:d_e-f/"


def letter(to: str, link: str) -> Message:
    return Message(
        to=to,
        subject="Été & <b>hiver</b>",
        body=f"Bonjour\n\nPour arrêter :\n{link}\n\n-- \nCUSTOMER LABS\n{settings.SITE_URL}\n{link}\n",
        language="fr",
        headers={"List-Unsubscribe": f"<{link}>", "Auto-Submitted": "auto-generated"},
    )


@pytest.mark.parametrize("address", ["zoe@example.com", "zoé@example.com"])
def test_it_is_what_would_have_been_rendered_for_them(address: str) -> None:
    alone = letter(address, THEIRS)

    one_of_many = pattern(letter("", NOBODYS), NOBODYS).to(address, THEIRS)

    assert one_of_many == replace(alone, html=html_part(alone.body, language="fr", subject=alone.subject))


def test_without_a_link_it_is_the_same_for_all_but_for_the_address() -> None:
    to_all = pattern(letter("", NOBODYS), "")

    assert to_all.to("zoe@example.com", "") == replace(to_all.message, to="zoe@example.com")
