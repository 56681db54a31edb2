"""Requests and their letters, made by the services that the site uses."""

from typing import Any
from uuid import uuid4

from contact.models import ContactRequest
from contact.submitting import Submission, submit_contact_request
from privacy.letters.models import Letter

ADDRESS = "zoe.lefevre@example.com"
MESSAGE = "Où en est ma commande d’été ?"


def submit(**changes: Any) -> ContactRequest:
    """One request as a visitor sends it, its acknowledgement and the team's notice in the queue."""
    fields: dict[str, Any] = {
        "key": uuid4(),
        "first_name": "Zoé",
        "last_name": "Lefèvre",
        "email": ADDRESS,
        "phone": "+33123456789",
        "message": MESSAGE,
        "language": "fr",
    }
    submission = Submission(**{**fields, **changes})
    assert submit_contact_request(submission)
    return ContactRequest.objects.get(submission=submission.key)


def acknowledgement(**changes: Any) -> Letter:
    """The letter of a new request that goes to the visitor, alone in the queue with others of its kind."""
    request = submit(**changes)
    Letter.objects.filter(kind="contact.team_notice", record_id=request.pk).delete()
    return Letter.objects.get(kind="contact.acknowledgement", record_id=request.pk)
