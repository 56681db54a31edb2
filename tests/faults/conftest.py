from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.valkey import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """A running Valkey that no other test uses."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.stop()
