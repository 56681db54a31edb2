"""What tests do with a page in a real browser, however slow the machine."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page


def press(button: Locator) -> None:
    """Send the form of this button and wait for the page it leads to: what was sent is then in the database."""
    with button.page.expect_navigation():
        button.click()


def faults_of(page: Page) -> list[str]:
    """What axe finds on the whole of a page, and whether it is wider than its window."""
    page.wait_for_load_state()  # After a click the next page has begun, and may still be coming in.
    violations = Axe().run(page).response["violations"]
    found = [f"{violation['id']} {[node['html'] for node in violation['nodes']]}" for violation in violations]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return found + (["wider than the window"] if wide else [])
