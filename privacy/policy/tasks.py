from celery import shared_task

from privacy.policy.announcing import work_off_announcements


@shared_task(name="privacy.announce_policy")
def announce_policy() -> None:
    """Write down who is to be told of an important change. Publishing pokes it; beat takes up what was cut short."""
    work_off_announcements()
