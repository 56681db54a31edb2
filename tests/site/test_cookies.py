"""No page leaves a cookie behind, but for the one that protects a form."""

import pytest
from django.test import Client

from tests.site.pages import FORMS, LANGUAGES, PUBLIC, address

WITH_A_FORM = {address(name, language) for name in FORMS for language in LANGUAGES}
OTHERS = ["/", "/fr/nothing-here/", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/favicon.ico"]


@pytest.mark.django_db
@pytest.mark.promise("P11.5", "P11.6")
@pytest.mark.parametrize("here", [*PUBLIC, *OTHERS])
def test_reading_sets_no_cookie(client: Client, here: str) -> None:
    answer = client.get(here)

    is_form = here in WITH_A_FORM
    assert set(answer.cookies) == ({"csrftoken"} if is_form else set())
