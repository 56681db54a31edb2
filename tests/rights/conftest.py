"""The same mail server as the mailings' tests, and no worker either."""

from tests.mailings.conftest import _no_worker, post_office

__all__ = ["_no_worker", "post_office"]
