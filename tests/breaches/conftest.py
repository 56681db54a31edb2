"""The site of the pages' tests; no worker."""

from tests.mailings.conftest import _no_worker
from tests.site.conftest import site

__all__ = ["_no_worker", "site"]
