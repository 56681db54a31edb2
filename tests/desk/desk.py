"""Requests and staff for the tests of the desk."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact.models import ContactRequest
from customerlabs.models import StaffMember
from privacy.subjects import subject_key
from tests.signing_in import sign_in

INBOX = "/admin/contact/contactrequest/"
Status = ContactRequest.Status


def request(*, age: timedelta = timedelta(0), **fields: Any) -> ContactRequest:
    """A request that came so long ago."""
    then = timezone.now() - age
    address = fields.setdefault("email", "zoe.lefevre@example.com")
    return ContactRequest.objects.create(
        **{
            "first_name": "Zoé",
            "last_name": "Lefèvre",
            "message": "Où en est ma commande d’été ?",
            "language": "fr",
            "subject_key": subject_key(address),
            "received_at": then,
            "last_activity_at": then,
            **fields,
        }
    )


def member(group: str = "Staff", email: str = "ana@example.com", **fields: Any) -> StaffMember:
    created = StaffMember.objects.create_user(
        email, is_staff=True, **{"first_name": "Ana", "last_name": "Roux", **fields}
    )
    if group:
        created.groups.add(Group.objects.get(name=group))
    return created


def signed_in(who: StaffMember, language: str = "en") -> Client:
    return sign_in(Client(headers={"accept-language": language}), who)


def page_of(shown: ContactRequest) -> str:
    return reverse("admin:contact_contactrequest_change", args=[shown.pk])


def press(client: Client, shown: ContactRequest, button: str, **typed: Any) -> Any:
    """Press a button of a request's page, after typing."""
    last = shown.entries.order_by("-pk").values_list("pk", flat=True).first() or 0
    return client.post(page_of(shown), {"do": button, "seen": last, **typed})


def listed(response: Any) -> list[int]:
    """The requests a page of the inbox shows, in order."""
    return [row.pk for row in response.context["cl"].result_list]
