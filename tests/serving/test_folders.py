"""Private folders are made private, and what is not ours is refused rather than changed."""

import os
import stat
from pathlib import Path

import pytest

from customerlabs.serving.folders import give_private_folder
from customerlabs.serving.places import Places
from customerlabs.serving.refusal import Refusal


def give(folder: Path) -> None:
    give_private_folder(folder, os.geteuid(), os.getegid())


def test_a_private_folder_is_made_and_found_again(tmp_path: Path) -> None:
    give(tmp_path / "ours")
    give(tmp_path / "ours")

    assert stat.S_IMODE((tmp_path / "ours").stat().st_mode) == 0o700


def test_a_folder_that_others_may_enter_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)

    with pytest.raises(Refusal, match="not a private folder of this account"):
        give(tmp_path / "open")

    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == 0o755


def test_a_link_is_refused_even_to_a_private_folder(tmp_path: Path) -> None:
    give(tmp_path / "elsewhere")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Refusal, match="a real folder"):
        give(tmp_path / "link")


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Refusal, match="a real folder"):
        give(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of somebody else's")
def test_a_folder_of_another_account_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", 12345, 12345)

    with pytest.raises(Refusal, match="another account"):
        give(tmp_path / "theirs")

    assert (tmp_path / "theirs").stat().st_uid == 12345


@pytest.mark.parametrize("var", ["/x" * 60, "/srv/a folder", "/srv/été"])
def test_sockets_lie_in_a_short_plain_folder_whatever_the_data_folder(var: str) -> None:
    socket = bytes(Places(Path(var)).sockets / ".s.PGSQL.5432")

    assert len(socket) < 107
    assert socket.startswith(b"/tmp/customerlabs-")
    assert Places(Path(var)).sockets == Places(Path(var)).sockets
    assert Places(Path(var)).sockets != Places(Path(var + "2")).sockets
