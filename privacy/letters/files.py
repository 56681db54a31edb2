"""Letters kept as files, for trying the site without a mail server: they are personal data too."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings


def forget_old_files(now: datetime) -> int:
    """Delete the mail files last written settings.LETTER_RETENTION before `now` or earlier. Returns how many."""
    if not settings.MAIL_IN_FILES:
        return 0
    oldest = settings.LETTER_RETENTION.before(now).timestamp()
    deleted = 0
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.log"):
        with suppress(FileNotFoundError):  # Another run was quicker.
            if path.stat().st_mtime <= oldest:
                path.unlink()
                deleted += 1
    return deleted
