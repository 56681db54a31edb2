from celery import shared_task

from privacy.directives.services import end_without_data, release_executors


@shared_task(name="privacy.look_after_directives")
def look_after_directives() -> None:
    """Daily: end those about nobody's data any more, and tell executors whose directive is gone."""
    end_without_data()
    release_executors()
