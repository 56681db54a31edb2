from collections.abc import Iterator
from pathlib import Path

import pytest
from pyrage.x25519 import Identity
from pytest_django import Settings

from privacy.continuity.age import drill_key_file
from tests.continuity.own_database import store_in


@pytest.fixture
def own_files(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Backups and ledger in a folder of the test, for an operator's key of its own."""
    settings.BACKUP_RECIPIENT = str(Identity.generate().to_public())
    store_in(tmp_path, monkeypatch)
    yield
    drill_key_file().unlink(missing_ok=True)
