from celery import shared_task

from privacy.objections.carriers import lift_what_was_refused
from privacy.objections.services import settle_objections


@shared_task(name="privacy.settle_objections")
def settle_objections_nightly() -> None:
    """End what rests on consent where nobody undid their objection, and announce the end of what was refused."""
    settle_objections()
    lift_what_was_refused()
