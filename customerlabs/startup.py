"""gunicorn and Celery do not run Django's system checks by themselves; a column nobody declared must stop them too."""

import sys

from django.core import checks

REFUSED = 3
"""The exit status that tells gunicorn, whose workers load the site, not to start them again for ever."""


def run_checks_or_exit() -> None:
    """Run every system check and end the process, with the errors on standard error, if one of them fails."""
    errors = [message for message in checks.run_checks() if message.is_serious()]
    if errors:
        for error in errors:
            sys.stderr.write(f"{error}\n")
        sys.stderr.write(
            f"Not starting: {len(errors)} system check error(s), listed above. `manage.py check` shows them again.\n"
        )
        sys.exit(REFUSED)
