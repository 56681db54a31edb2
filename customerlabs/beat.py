"""Beat's timetable, on a clock that somebody may set back."""

from datetime import timedelta
from typing import Any

from celery.beat import PersistentScheduler

SLACK = timedelta(minutes=1)


class Scheduler(PersistentScheduler):
    """Celery's, which would wait until the time of the last run has come again: for a day, after a clock a day ahead.

    What was last run in the future counts as run now.
    """

    def tick(self, *args: Any, **options: Any) -> Any:
        now = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now + SLACK]
        for entry in ahead:
            entry.last_run_at = now
        if ahead:
            self._heap = None  # Made anew, from these.
        return super().tick(*args, **options)
