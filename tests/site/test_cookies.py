"""No page leaves a cookie behind, but for the one that protects a form."""

import pytest
from django.test import Client

from tests.site.pages import PUBLIC

OTHERS = ["/", "/fr/nothing-here/", "/robots.txt", "/sitemap.xml", "/.well-known/security.txt", "/favicon.ico"]


@pytest.mark.django_db
@pytest.mark.promise("P11.5", "P11.6")
@pytest.mark.parametrize("address", [*PUBLIC, *OTHERS])
def test_reading_sets_no_cookie(client: Client, address: str) -> None:
    answer = client.get(address)

    is_form = address.endswith(("/contact/", "/retirer-mon-consentement/", "/withdraw-consent/"))
    assert set(answer.cookies) == ({"csrftoken"} if is_form else set())
