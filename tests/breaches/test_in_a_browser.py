"""The register in a real browser, on a phone: in both languages, by keyboard, without a fault that axe can find."""

from datetime import timedelta
from typing import Literal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from privacy.breaches.models import Breach, BreachStatement
from privacy.breaches.services import enter
from tests.browsing import faults_of
from tests.desk.desk import member, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.promise("P7.2"), pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    ("language", "scheme", "write"), [("fr", "dark", "Le consigner"), ("en", "light", "Write it down")]
)
def test_the_officer_works_through_a_breach_by_keyboard(
    site: str, browser: Browser, language: str, scheme: Literal["dark", "light"], write: str
) -> None:
    aware = timezone.now() - timedelta(hours=50)
    known = enter(BreachStatement(aware_at=aware, nature="Un disque a été perdu.", people=1200), by=None)
    session = signed_in(member("DPO")).cookies["sessionid"].value
    context = browser.new_context(
        locale=language, viewport={"width": 360, "height": 800}, color_scheme=scheme, base_url=site
    )
    context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
    tab = context.new_page()
    found = []

    for address in ("", "add/", f"{known.pk}/print/", f"{known.pk}/change/"):
        tab.goto(f"/admin/privacy/breach/{address}")
        found += [(address, problem) for problem in faults_of(tab)]
    tab.locator("[name=notify]").select_option("no")
    tab.get_by_role("button", name=write).press("Enter")
    expect(tab.locator(".errors .errorlist li")).to_have_count(1)
    found += [("sent with a mistake", problem) for problem in faults_of(tab)]
    tab.locator("[name=notify_because]").fill("Le disque était chiffré.")
    tab.get_by_role("button", name=write).press("Enter")
    expect(tab.locator(".messagelist")).to_be_visible()
    context.close()

    assert found == []
    assert Breach.objects.get().notify == "no"
