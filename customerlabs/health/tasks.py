from celery import shared_task

from customerlabs.health.models import Heartbeat


@shared_task(name="customerlabs.note_heartbeat")
def note_heartbeat() -> None:
    """Beat asks for it each minute; that it is done shows that beat, the broker and a worker are there."""
    Heartbeat.note()
