"""People of whom data is held, made in numbers."""

from uuid import uuid4

from django.utils import timezone

from contact.models import ContactRequest
from privacy.subjects import subject_key


def requests_of(number: int, domain: str = "many.example") -> list[str]:
    """One open request of each of so many people; returns their addresses."""
    addresses = [f"person{each:05}@{domain}" for each in range(number)]
    now = timezone.now()
    ContactRequest.objects.bulk_create(
        (
            ContactRequest(
                submission=uuid4(),
                kind=ContactRequest.Kind.CONTACT,
                last_name="Person",
                email=address,
                message="Where is it?",
                language="en" if each % 2 else "fr",
                subject_key=subject_key(address),
                status=ContactRequest.Status.NEW,
                received_at=now,
                last_activity_at=now,
            )
            for each, address in enumerate(addresses)
        ),
        batch_size=2000,
    )
    return addresses
