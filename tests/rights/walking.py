"""One person with a browser, one officer with another, and the mails between them."""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from privacy.letters.queue import deliver_due
from privacy.rights.kinds import Right
from privacy.rights.models import RightsRequest
from privacy.rights.working import carry_out_granted
from tests.browsing import press
from tests.desk.desk import member, signed_in
from tests.post_office import PostOffice, text_of
from tests.rights.pages import OWN

ZOE = "zoe.lefevre@example.com"
LINK = re.compile(r"https?://\S+")


@dataclass
class Walk:
    """What a test of a whole way does: as the person, as the officer, as the worker."""

    browser: Browser
    url: str
    office: PostOffice

    def __post_init__(self) -> None:
        self.person = self._tab()
        self.officer = self._officer("dpo@example.com")

    def _tab(self) -> Page:
        context = self.browser.new_context(base_url=self.url, viewport={"width": 1280, "height": 900}, locale="fr-FR")
        return context.new_page()

    def _officer(self, email: str) -> Page:
        who = member("DPO", email=email)
        tab = self._tab()
        cookie = signed_in(who).cookies[settings.SESSION_COOKIE_NAME].value
        tab.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.url}])
        return tab

    def ask(self, right: Right, email: str = ZOE, **fields: str) -> RightsRequest:
        """Fill the form of this right in French and send it; returns what was written."""
        self.person.goto(address("rights"))
        self.person.locator(f"a[href='{address(f'rights-{right.value}')}']").first.click()
        values = {"name": "Zoé Lefèvre", "email": email, **OWN[right], **fields}
        for name, value in values.items():
            box = self.person.locator(f"main [name={name}]")
            kind = box.first.get_attribute("type")
            if kind == "radio":
                self.person.locator(f"main [name={name}][value='{value}']").check()
            elif kind == "checkbox":
                box.check()
            elif box.evaluate("box => box.tagName") == "SELECT":
                box.select_option(value)
            else:
                box.fill(value)
        press(self.person.locator("main form button[type=submit]").first)
        request = RightsRequest.objects.latest("pk")
        expect(self.person.locator("main")).to_contain_text(request.reference)
        return request

    def mail(self, email: str = ZOE) -> str:
        """Deliver what waits, and the last mail to this address."""
        deliver_due()
        return text_of(self.office.to(email)[-1])

    def open_mail(self, email: str = ZOE, tab: Page | None = None) -> None:
        """Follow the first link of the last mail, and press its button."""
        found = LINK.search(self.mail(email))
        assert found is not None
        tab = tab or self.person
        tab.goto(found[0])
        press(tab.locator("main form button[type=submit]").first)

    def ask_and_prove(self, right: Right, email: str = ZOE, **fields: str) -> RightsRequest:
        request = self.ask(right, email, **fields)
        self.open_mail(email)
        expect(self.person.locator("h1")).to_contain_text(request.reference)
        return request

    def case(self, request: RightsRequest, page: str = "change", tab: Page | None = None) -> Page:
        tab = tab or self.officer
        tab.goto(reverse(f"admin:privacy_rightsrequest_{page}", args=[request.pk]))
        return tab

    def grant(self, request: RightsRequest) -> str:
        """From the queue to the dry run and the decision; returns what the dry run said. A worker carries it out."""
        self.officer.goto(reverse("admin:privacy_rightsrequest_changelist"))
        self.officer.get_by_role("link", name=request.reference).click()
        self.officer.get_by_role("link", name="Examiner et décider").click()
        said = self.officer.locator("#content-main").inner_text()
        self.officer.get_by_label("L’accorder", exact=True).check()
        press(self.officer.get_by_role("button", name="Décider"))
        expect(self.officer.locator(".messagelist")).to_contain_text("La demande est accordée")
        carry_out_granted()
        return str(said)


def address(name: str, *arguments: Any) -> str:
    with translation.override("fr"):
        return str(reverse(name, args=arguments))
