"""What beat asks for, and when. Knows no Django: the settings read it.

Nothing at night between two and three: one night a year has that hour twice, and Celery then asks without end. For the
same reason what is due each hour is an interval, not a minute of the hour.
"""

from typing import Any

from celery.schedules import crontab

Entry = dict[str, Any]

UNTIL_TAKEN = {"retry": True, "retry_policy": {"max_retries": None, "interval_start": 1, "interval_max": 10}}
"""Beat takes an entry for done even if the broker was away, and only a retry mends its connection: it insists."""
MINUTE = 60.0
HOUR = 3600.0
SHORTEST_LIFE = 30.0
"""Seconds a message waits for a worker, at least, before it is dropped: the next one asks for the same."""


def timetable(*, letters: float, mailings: float) -> dict[str, Entry]:
    """Every task of beat's; `letters` and `mailings` are in seconds: how often it looks for what the broker lost."""
    return {
        "close-inactive-requests": at("contact.close_inactive_requests", hour=1, minute=0),
        "settle-objections": at("privacy.settle_objections", hour=1, minute=15),
        # The proofs of prospects who are gone start their last period. Whom the purge takes is found next night.
        "end-news-consents": at("contact.end_news_consents", hour=1, minute=30),
        "enforce-retention": at("privacy.enforce_retention", hour=3, minute=0),
        "look-after-directives": at("privacy.look_after_directives", hour=3, minute=45),
        # After the purge, so that no backup keeps what has just gone, and before the day's check of the commitments.
        "back-up": at("privacy.back_up", hour=4, minute=15),
        "restore-drill": at("privacy.restore_drill", hour=4, minute=30, day_of_week="sunday"),
        "lift-restrictions": at("privacy.lift_restrictions", hour=7, minute=0),
        "remind-desk": at("contact.remind_desk", hour=8, minute=0, day_of_week="monday"),
        "remind-rights": at("privacy.remind_rights", hour=8, minute=30),
        "remind-of-holds": at("privacy.remind_of_holds", hour=8, minute=35),
        "remind-of-answers": at("privacy.remind_of_answers", hour=8, minute=40),
        "note-heartbeat": every(MINUTE, "customerlabs.note_heartbeat"),
        # Its steps are hours: a quarter of one is soon enough.
        "remind-of-breaches": every(HOUR / 4, "privacy.remind_of_breaches"),
        "anchor-audit": every(HOUR, "privacy.anchor_audit"),
        # What the officer asks for in the admin, should the broker have lost it.
        "run-asked-retention": every(MINUTE, "privacy.run_asked_retention"),
        # For what today's check has not looked at yet: so a check that was missed is made up for by itself.
        "check-commitments": every(MINUTE, "privacy.check_commitments"),
        "carry-out-rights": every(MINUTE, "privacy.carry_out_rights"),
        "finish-rights": every(MINUTE, "privacy.finish_rights"),
        "deliver-letters": every(letters, "privacy.deliver_letters"),
        "announce-policy": every(letters, "privacy.announce_policy"),
        "look-after-mailings": every(mailings, "contact.look_after_mailings"),
    }


def at(task: str, **when: Any) -> Entry:
    """Once a day or a week, on the clock of Europe/Paris."""
    return {"task": task, "schedule": crontab(**when), "options": UNTIL_TAKEN}


def every(seconds: float, task: str) -> Entry:
    return {"task": task, "schedule": seconds, "options": {**UNTIL_TAKEN, "expires": max(seconds, SHORTEST_LIFE)}}
