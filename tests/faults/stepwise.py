"""A process that does one piece of work again and again, each time in a copy of itself that dies at a given step.

Started with the name of a database and of the work. It reads a number a line: 0 does the work whole and says how many
steps it took; n dies by its own hand, kill -9, before the n-th statement or commit, or before what a backup and a
restore do beside these: files, other programs, other sessions. What it says ends a line.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import django


def main(database: str, name: str) -> None:
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    django.setup()
    for line in sys.stdin:
        said, saying = os.pipe()
        child = os.fork()
        if not child:
            steps = die_before(int(line.split()[0]), beside=name in ("backup", "restore"))
            work(name, line.split()[1:])
            os.write(saying, str(steps()).encode())
            os._exit(0)
        os.close(saying)
        _, status = os.waitpid(child, 0)
        with os.fdopen(said, "rb") as answer:
            whole = answer.read().decode()
        sys.stdout.write(f"{whole or f'died {os.waitstatus_to_exitcode(status)}'}\n")
        sys.stdout.flush()


FILES = ("open", "fsync", "link", "unlink", "replace", "mkdir", "rmdir")
"""What changes something on a disk, or sees to it that it is there."""


def die_before(number: int, *, beside: bool = False) -> Callable[[], int]:
    """Count statements and commits, and what is done `beside` them, and end this process before that one.

    Returns how to ask for the count.
    """
    import psycopg
    from django.db import connections

    connection: Any = connections["default"]
    count = 0

    def step() -> None:
        nonlocal count
        count += 1
        if count == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(execute: Any, *arguments: Any) -> Any:
        step()
        return execute(*arguments)

    commit = connection._commit

    def committed() -> None:
        step()
        commit()

    def counted(act: Any) -> Any:
        def stepped(*arguments: Any, **more: Any) -> Any:
            asks = any(isinstance(argument, str) and argument.startswith("SELECT") for argument in arguments)
            if not asks:  # As often as it has to, which differs.
                step()
            return act(*arguments, **more)

        return stepped

    # What a session of its own changes, the end of its transactions, a program that is started.
    others = ((psycopg.Connection, "execute"), (psycopg.Transaction, "__exit__"), (subprocess.Popen, "__init__"))
    for owner, act in (*((os, act) for act in FILES), *others) if beside else ():
        setattr(owner, act, counted(getattr(owner, act)))
    connection.execute_wrappers.append(statement)
    connection._commit = committed
    return lambda: count


def work(name: str, given: list[str]) -> None:
    if name == "purge":
        from privacy.retention import engine
        from privacy.retention.models import RetentionRun

        vars(engine)["BATCH"] = 2
        run = engine.enforce_retention(RetentionRun.Trigger.COMMAND)
        assert run.outcome == RetentionRun.Outcome.DONE
    elif name == "backup":
        from privacy.continuity.backup import make_backup

        assert make_backup() is not None
    elif name == "restore":
        from tests.continuity.own_database import restored

        restored()
    else:
        from privacy.rights.fulfilment import erasing

        erasing.carry_out(int(given[0]))


if __name__ == "__main__":
    main(*sys.argv[1:])
