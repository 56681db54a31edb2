"""Folders of our own. Nothing here changes the owner or the permissions of a folder that was not made here."""

import os
import stat
from pathlib import Path

from customerlabs.serving.places import Places
from customerlabs.serving.refusal import Refusal

PRIVATE = 0o700


def prepare_var(places: Places) -> None:
    """Make VAR_DIR and what the supervisor itself writes in it.

    Raises Refusal when the folder cannot be made, or belongs to another account.
    """
    try:
        places.var.mkdir(parents=True, exist_ok=True)
        for folder in (places.run, places.logs, places.secrets, places.mail):
            folder.mkdir(mode=PRIVATE, exist_ok=True)
    except OSError as error:
        raise Refusal(cannot_write(places.var, error)) from error
    for folder in (places.var, places.run, places.logs, places.secrets, places.mail):
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise Refusal(cannot_write(folder, None))


def cannot_write(folder: Path, error: OSError | None) -> str:
    reason = f" ({error.strerror})" if error and error.strerror else ""
    return (
        f"{folder} cannot be written{reason}. Give it to the account that runs this, run as the account that made it, "
        "or set VAR_DIR to another folder."
    )


def give_private_folder(folder: Path, uid: int, gid: int) -> None:
    """Make a folder that only this account may enter; accept one that is already so.

    Raises Refusal when something else stands there: a link, a file, or a folder of another account.
    """
    try:
        folder.mkdir(mode=PRIVATE)
    except FileExistsError:
        pass
    except OSError as error:
        raise Refusal(cannot_write(folder, error)) from error
    # lstat, and a descriptor that refuses links: in /tmp anybody could have put a link of that name before us.
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise Refusal(not_ours(folder)) from error
    try:
        found = os.fstat(descriptor)
        if found.st_uid not in {os.geteuid(), uid} or stat.S_IMODE(found.st_mode) != PRIVATE:
            raise Refusal(not_ours(folder))
        if (found.st_uid, found.st_gid) != (uid, gid) and os.geteuid() == 0:
            os.fchown(descriptor, uid, gid)
    finally:
        os.close(descriptor)


def not_ours(folder: Path) -> str:
    return (
        f"{folder} is not a private folder of this account (a real folder, ours, with permissions 0700). "
        "It was made by another account or by somebody else's program: look at it, remove it, and start again."
    )
