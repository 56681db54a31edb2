from tests.faults.conftest import valkey

__all__ = ["valkey"]
