"""The browser and the site of the pages' tests; no worker."""

from tests.mailings.conftest import _no_worker
from tests.site.conftest import browser, site

__all__ = ["_no_worker", "browser", "site"]
