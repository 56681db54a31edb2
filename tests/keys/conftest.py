from tests.mailings.conftest import _no_worker

__all__ = ["_no_worker"]
