from celery import shared_task

from privacy.audit.anchors import anchor


@shared_task(name="privacy.anchor_audit")
def anchor_audit() -> None:
    """What beat runs each hour."""
    anchor()
