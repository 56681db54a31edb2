"""The HTML part says what the text says, and nothing a stranger typed can make it do more."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.letters.html import html_part

SITE = "http://127.0.0.1:8000"
ALLOWED = {"html", "head", "meta", "title", "body", "p", "br", "hr", "a", "wbr"}


class Reader(HTMLParser):
    """What a mail program makes of it: its elements, its links, and the words it shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] != "title":
            self.words += data

    @property
    def links(self) -> list[str | None]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def read(text: str, **more: str) -> Reader:
    return Reader(html_part(text, language="fr", **more))


def test_blank_lines_part_paragraphs_and_lines_stay_lines() -> None:
    html = html_part("Bonjour,\n\nUne ligne\net une autre.\n \n\nFin.\n", language="fr")

    assert '<p dir="auto">Bonjour,</p>\n<p dir="auto">Une ligne<br>\net une autre.</p>\n<p dir="auto">Fin.</p>' in html


@pytest.mark.parametrize("language", ["fr", "en"])
def test_it_says_its_language_and_its_subject(language: str) -> None:
    html = html_part("Bonjour", language=language, subject="Été & <b>hiver</b>")

    assert f'<html lang="{language}">' in html
    assert "<title>Été &amp; &lt;b&gt;hiver&lt;/b&gt;</title>" in html


def test_who_sent_it_stands_under_a_rule() -> None:
    html = html_part("Bonjour\n\n-- \nCUSTOMER LABS\nAix", language="fr")

    assert '<p dir="auto">Bonjour</p>\n<hr>\n<p dir="auto">CUSTOMER LABS<br>\nAix</p>' in html


@pytest.mark.parametrize(
    ("text", "link"),
    [
        (f"Ouvrez {SITE}/fr/contact/confirmer/a-B_9~x/.", f"{SITE}/fr/contact/confirmer/a-B_9~x/"),
        (f"({SITE}/x?a=1&b=2#c)", f"{SITE}/x?a=1&b=2#c"),
        (f"{SITE}", SITE),
        (f"Voir {SITE}.", SITE),
        (f"« {SITE} »", SITE),
        (f"<{SITE}/x>", f"{SITE}/x"),
        (f'{SITE}/x" onclick="alert(1)', f"{SITE}/x"),
        (f"{SITE}/x<script>alert(1)</script>", f"{SITE}/x"),
        (f"{SITE}/x\u202egnp.exe", f"{SITE}/x"),
    ],
)
def test_an_address_of_ours_becomes_a_link_that_says_where_it_leads(text: str, link: str) -> None:
    reader = read(text)

    assert reader.links == [link]
    assert {tag for tag, _ in reader.elements} <= ALLOWED
    assert link in reader.words


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        f"{SITE}.evil.example/",
        f"{SITE}@evil.example/",
        f"{SITE}1/",
        f"{SITE}é.example/",
        f"{SITE}:443/",
        f"https://evil.example/?{SITE}/",
        f"evil{SITE}/",
        f"https://a:{SITE}/",
        SITE.upper() + "/",
        SITE.replace("http", "https") + "/",
        "//127.0.0.1:8000/x",
        "mailto:someone@example.com",
    ],
)
def test_no_other_address_becomes_a_link(text: str) -> None:
    reader = read(f"Voir {text} ici")

    assert reader.links == []
    assert text in reader.words


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "<img src='https://evil.example/pixel.gif'>",
        "</body></html><iframe src=//evil.example>",
        "<style>@import 'https://evil.example/'</style>",
        "<!-- --><svg/onload=alert(1)>",
        "--><script>alert(1)</script><!--",
        "<![CDATA[<b>]]>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&#60;script&#62;",
        "</title><script>alert(1)</script>",
        "\x00<scr\x00ipt>",
        "＜script＞",
        "<p dir=auto",
        "'\"><a href=javascript:alert(1)>",
    ],
)
def test_nothing_typed_becomes_markup(attack: str) -> None:
    reader = read(f"Bonjour {attack} merci", subject=attack)

    assert {tag for tag, _ in reader.elements} <= ALLOWED - {"a"}
    assert attack.replace("\x00", "\ufffd") in reader.words


def test_a_long_address_may_break_on_a_narrow_screen() -> None:
    html = html_part(f"{SITE}/fr/contact/a-b/", language="fr")

    assert f'<a href="{SITE}/fr/contact/a-b/">http://<wbr>127.<wbr>0.' in html
    assert "/fr/<wbr>contact/<wbr>a-<wbr>b/</a>" in html.replace("/<wbr>fr", "/fr")


def test_indentation_and_runs_of_spaces_are_kept() -> None:
    assert "a\u00a0\u00a0\u00a0b<br>\n\u00a0\u00a0c" in html_part("a   b\n  c", language="fr")


def test_control_characters_never_arrive() -> None:
    html = html_part("".join(map(chr, range(0xA0))) + "\ud800\ufffe", language="fr", subject="\x07")

    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe]", html)
    html.encode()


def test_nothing_is_loaded_and_nothing_runs() -> None:
    html = html_part("Bonjour", language="fr", subject="x")

    assert not re.search(r"src|url\(|<link|<style|<script|style=|\son\w+=", html)


@given(st.text())
def test_every_word_of_any_text_is_shown_and_none_is_markup(text: str) -> None:
    reader = read(text)

    assert {tag for tag, _ in reader.elements} <= ALLOWED
    assert re.findall(r"[^\W\d_]", reader.words) == re.findall(r"[^\W\d_]", text)
