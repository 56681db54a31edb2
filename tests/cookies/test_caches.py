"""A cache in front of the site stays right: it may keep pages, and knows what they depend on."""

import pytest
from django.test import Client

from tests.cookies.visitors import MANAGE, choose, let_go
from tests.site import pages
from tests.site.pages import LANGUAGES, PUBLIC, address

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_audience")]
FORMS = {address(name, language) for name in pages.FORMS for language in LANGUAGES}


def vary(answer: object) -> set[str]:
    return {name.strip().lower() for name in getattr(answer, "headers")["Vary"].split(",")}  # noqa: B009


@pytest.mark.parametrize("here", PUBLIC)
def test_a_page_says_that_it_depends_on_the_choice_and_on_the_signal(client: Client, here: str) -> None:
    assert {"cookie", "sec-gpc"} <= vary(client.get(here))


@pytest.mark.parametrize("here", [page for page in PUBLIC if page not in FORMS])
def test_a_page_without_a_choice_can_be_kept_by_a_cache(client: Client, here: str) -> None:
    answer = client.get(here)

    assert not answer.cookies
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    assert "private" not in answer.headers.get("Cache-Control", "")
    assert client.get(here).content == Client().get(here).content


def test_what_depends_on_nobody_varies_with_nobody(client: Client) -> None:
    for here in ("/robots.txt", "/sitemap.xml", "/static/site.css"):
        answer = client.get(here)
        assert "cookie" not in answer.headers.get("Vary", "").lower()
        let_go(answer)


def test_a_choice_itself_is_kept_by_no_cache(visitor: Client) -> None:
    assert "no-store" in choose(visitor, "none")["Cache-Control"]


@pytest.mark.promise("P11.3")
@pytest.mark.parametrize("here", [page for page in PUBLIC if page not in FORMS and page not in MANAGE.values()])
def test_a_page_says_the_same_before_a_choice_after_agreeing_and_after_refusing(here: str) -> None:
    def main(visitor: Client) -> str:
        page = visitor.get(here).content.decode()
        return page[page.index("<main") : page.index("</main>")]

    accepting, refusing = Client(), Client()
    choose(accepting, "all")
    choose(refusing, "none")

    assert main(Client()) == main(accepting) == main(refusing)


@pytest.mark.parametrize("cookie", ["eu-consent", "audience"])
def test_the_page_of_somebody_who_chose_is_theirs_alone(client: Client, cookie: str) -> None:
    client.cookies[cookie] = "anything"

    for name in ("home", "commitments"):
        assert client.get(address(name, "fr"))["Cache-Control"] == "private, no-cache"
