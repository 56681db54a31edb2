"""Gathers the tasks of privacy's rooms, since Celery looks here."""

from privacy.audit.tasks import anchor_audit
from privacy.breaches.tasks import remind_of_answers_daily, remind_of_breaches_often
from privacy.commitments.tasks import check_commitments_when_due
from privacy.continuity.tasks import back_up_nightly, restore_drill_weekly
from privacy.directives.tasks import look_after_directives
from privacy.holds.tasks import remind_of_holds_daily
from privacy.letters.tasks import deliver_letters
from privacy.objections.tasks import settle_objections_nightly
from privacy.policy.tasks import announce_policy
from privacy.restrictions.tasks import lift_restrictions
from privacy.retention.tasks import enforce_retention_nightly, run_asked_retention
from privacy.rights.fulfilment.tasks import finish_rights
from privacy.rights.tasks import carry_out_rights, remind_rights

__all__ = [
    "anchor_audit",
    "announce_policy",
    "back_up_nightly",
    "carry_out_rights",
    "check_commitments_when_due",
    "deliver_letters",
    "enforce_retention_nightly",
    "finish_rights",
    "lift_restrictions",
    "look_after_directives",
    "remind_of_answers_daily",
    "remind_of_breaches_often",
    "remind_of_holds_daily",
    "remind_rights",
    "restore_drill_weekly",
    "run_asked_retention",
    "settle_objections_nightly",
]
