from celery import shared_task

from privacy.rights.desk.reminders import remind_officer
from privacy.rights.intake import remind_unproved
from privacy.rights.working import carry_out_granted


@shared_task(name="privacy.carry_out_rights")
def carry_out_rights() -> None:
    """Carry out what was granted. The officer's decision pokes it; beat takes up what was cut short."""
    carry_out_granted()


@shared_task(name="privacy.remind_rights")
def remind_rights() -> None:
    """Daily: the reminders to those who have not proved their address, and to the officer of the dates that come."""
    remind_unproved()
    remind_officer()
