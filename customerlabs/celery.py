"""The queue. PostgreSQL is the truth; the broker only makes things quick, and may be lost at any time."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "customerlabs.settings")

app = Celery("customerlabs")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_: Any) -> None:
    """Celery's own set-up would print exception messages, which may quote what a person typed."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@worker_init.connect
@beat_init.connect
def refuse_undeclared_data(**_: Any) -> None:
    from customerlabs.startup import run_checks_or_exit

    run_checks_or_exit()


@task_prerun.connect
def name_the_job(task: Any = None, **_: Any) -> None:
    from privacy.audit.origin import set_job

    set_job(task.name)


@task_postrun.connect
def forget_the_job(**_: Any) -> None:
    from privacy.audit.origin import set_job

    set_job("")
