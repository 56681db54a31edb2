#!/usr/bin/env python
"""What an operator types: `manage.py serve`, `manage.py enforce_retention`, `manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "customerlabs.settings")
    try:
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import execute_from_command_line
        from django.db import OperationalError

        from privacy.audit.origin import set_job
    except ImportError:
        sys.exit("Django is not installed here. Run `make run` once, or use .venv/bin/python manage.py …")
    set_job(" ".join(sys.argv[1:2]))
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings are not complete: {error}")
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"The database does not answer ({reason}). Start it: `make run`, or the server of DATABASE_URL.")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
