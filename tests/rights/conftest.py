"""The mail server of the mailings' tests, and no worker either; the site of the pages' tests."""

from tests.mailings.conftest import _no_worker, post_office
from tests.site.conftest import site

__all__ = ["_no_worker", "post_office", "site"]
