"""What a visitor does on the form."""

from playwright.sync_api import Page

PATH = "/fr/contact/"
READING = 3500
"""Milliseconds. Who sends a form faster than anybody can read it is asked to confirm by mail."""
THANKS = "**/fr/contact/merci/"

TYPED = {
    "first_name": "Zoé",
    "last_name": "Lefèvre",
    "email": "zoe.lefevre@example.com",
    "phone": "01 23 45 67 89",
    "message": "Où en est ma commande d’été ?\nMerci d’avance — et « bravo ».",
}


def fill(page: Page, **changes: str) -> None:
    """Open the form and fill it in, as slowly as it takes to read it."""
    page.goto(PATH)
    for name, text in {**TYPED, **changes}.items():
        page.locator(f"form.contact [name={name}]").fill(text)
    page.locator("form.contact [name=consent]").check()
    page.wait_for_timeout(READING)


def send(page: Page) -> None:
    page.locator("form.contact button[type=submit]").click()
