"""A run of `enforce_retention` that stops in the middle of a batch and waits there to be killed.

Arguments: the database, and the batch in which to stop. It writes "stopped" once that batch is emptied, but not yet
committed.
"""

import sys
import time
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402  (Django comes first)
from django.db import connection  # noqa: E402

from contact.models import ContactRequest  # noqa: E402
from privacy import erasure  # noqa: E402
from privacy.retention import engine  # noqa: E402

database, last = sys.argv[1], int(sys.argv[2])
batches = 0


def empty(table: Any, *arguments: Any, **more: Any) -> Any:
    global batches
    done = erasure.empty(table, *arguments, **more)
    if table.model is ContactRequest:
        batches += 1
        if batches == last:
            sys.stdout.write("stopped\n")
            sys.stdout.flush()
            time.sleep(600)
    return done


connection.settings_dict["NAME"] = database
vars(engine).update(BATCH=5, empty=empty)
call_command("enforce_retention")
