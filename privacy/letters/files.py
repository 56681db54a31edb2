"""Letters kept as files, for trying the site without a mail server: they are personal data too."""

from datetime import datetime
from pathlib import Path

from django.conf import settings


def forget_old_files(now: datetime) -> int:
    """Delete the mail files last written settings.LETTER_RETENTION before `now` or earlier. Returns how many."""
    if not settings.MAIL_IN_FILES:
        return 0
    oldest = settings.LETTER_RETENTION.before(now).timestamp()
    old = [path for path in Path(settings.EMAIL_FILE_PATH).glob("*.log") if path.stat().st_mtime <= oldest]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
