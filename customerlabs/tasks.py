"""Gathers the tasks of the frame's rooms, since Celery looks here."""

from customerlabs.health.tasks import note_heartbeat

__all__ = ["note_heartbeat"]
