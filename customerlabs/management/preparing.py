"""What stands ready before the site starts: static files, and a first account that may do everything."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.validators import validate_email

from customerlabs.serving.refusal import Refusal
from customerlabs.staff.opening import open_account

FIRST_STAFF_EMAIL = "admin@customer-labs.com"


def collect_static() -> None:
    """Collect, compress and name the static files, unless they are the same as the last time."""
    stamp = settings.PLACES.run / "static-files"
    wanted = fingerprint_of_static_files()
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if manifest.exists() and stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    stamp.unlink(missing_ok=True)
    before = os.umask(0o022)  # nginx, another account, serves them.
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    finally:
        os.umask(before)
    stamp.write_text(wanted, encoding="ascii")


def fingerprint_of_static_files() -> str:
    """Changes with any static file's name or content, and with the way they are stored."""
    digest = hashlib.sha256(repr((settings.STORAGES["staticfiles"], settings.STATIC_URL)).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            digest.update(name.encode() + b"\0")
            digest.update(hashlib.sha256(Path(storage.path(name)).read_bytes()).digest())
    return digest.hexdigest()


def first_staff_password() -> str | None:
    """Make the first staff account if there is none; its password is kept nowhere, only told."""
    accounts = get_user_model()._default_manager
    email = os.environ.get("FIRST_STAFF_EMAIL") or FIRST_STAFF_EMAIL
    if accounts.filter(is_superuser=True).exists():
        return None
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refusal(f"FIRST_STAFF_EMAIL is {email!r}, which is no e-mail address.") from error
    if accounts.filter(email__iexact=email).exists():
        raise Refusal(
            f"No staff account has every right, and {email} is an account without: "
            "set FIRST_STAFF_EMAIL to another address for the first one."
        )
    return f"{email}  password: {open_account(email)}"
