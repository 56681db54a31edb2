"""Two processes that make a folder for backups at once: neither takes the other's for what a kill left."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from customerlabs.serving.places import Places
from privacy.continuity import private
from privacy.continuity.private import private_folder, remove_leftovers

pytestmark = pytest.mark.promise("P7.4")
hold = private._hold


def removed_before(folder: Path) -> int:
    assert remove_leftovers() == 1
    return hold(folder)


def removed_after(folder: Path) -> int:
    held = hold(folder)
    shutil.rmtree(folder)
    return held


@pytest.mark.parametrize("meanwhile", [removed_before, removed_after])
def test_a_folder_that_another_process_took_for_a_leftover_is_made_anew(
    meanwhile: Callable[[Path], int], tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PLACES = Places(tmp_path)

    def once(folder: Path) -> int:
        monkeypatch.setattr(private, "_hold", hold)
        return meanwhile(folder)

    monkeypatch.setattr(private, "_hold", once)

    with private_folder() as folder:
        assert folder.is_dir()
        assert remove_leftovers() == 0
    assert list(tmp_path.glob("run/*")) == []
