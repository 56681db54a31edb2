"""Every page of the admin is opened: whichever shows something of somebody has left its line in the trail."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from contact.prospects.models import ExportRecord
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn
from privacy.audit.models import AuditEntry
from privacy.rights.models import RightsRequest
from tests.desk.desk import member, signed_in
from tests.privacy.planting import Canary, tables_of_somebody

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.1", "P7.2")]
READINGS = ("read", "listed", "exported")
SHOWING = {
    "contact_contactrequest_change",
    "contact_contactrequest_changelist",
    "contact_prospect_change",
    "contact_prospect_changelist",
    "privacy_directive_change",
    "privacy_rightsrequest_change",
    "privacy_rightsrequest_print",
}
"""Some that are known to show a person: the walk must come by them."""
OF_COLLEAGUES = {StaffMember, SignIn, Authenticator, EmailAddress, EmailConfirmation, ExportRecord}
"""Their accounts and all that goes with one, and who of them took the list of prospects away."""


class Page(NamedTuple):
    name: str
    address: str
    posted: dict[str, Any]


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Canary:
    """Somebody of the public: every table holds something of them."""
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)
    canary = Canary.new()
    for table in tables_of_somebody():
        if table.model not in OF_COLLEAGUES:
            canary.plant(table)
    return canary


def pages() -> Iterator[Page]:
    patterns, _, _ = admin.site.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield from _opened(pattern, None)
    for model, page in admin.site._registry.items():
        if model in OF_COLLEAGUES:
            continue
        for pattern in page.get_urls():
            assert not isinstance(pattern, URLResolver)
            yield from _opened(pattern, model)
        lists = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        for action in page.actions or ():
            name = action if isinstance(action, str) else action.__name__
            yield Page(f"{lists} {name}", lists, {"action": name, "_selected_action": _keys(model)})


def _opened(pattern: URLPattern, model: Any) -> Iterator[Page]:
    if pattern.name is None:  # Django's own way back to what addresses were once.
        return
    parameters = list(pattern.pattern.regex.groupindex)
    if not parameters:
        yield Page(pattern.name, reverse(f"admin:{pattern.name}"), {})
    elif len(parameters) == 1 and model is not None:
        for key in {*_keys(model), *_keys(RightsRequest)}:
            yield Page(pattern.name, reverse(f"admin:{pattern.name}", args=[key]), {})


def _keys(model: Any) -> list[Any]:
    return list(model._base_manager.order_by("-pk").values_list("pk", flat=True)[:3])


def test_each_page_that_shows_something_of_somebody_leaves_a_line(canary: Canary) -> None:
    client = signed_in(member("", email="dpo@example.com", is_superuser=True))
    showing, silent = set(), []

    for page in list(pages()):
        with transaction.atomic():
            if shows(client, page, canary):
                showing.add(page.name)
                if not AuditEntry.objects.filter(by__in=get_user_model().objects.values("pk"), action__in=READINGS):
                    silent.append(f"{page.name} {page.address}")
            transaction.set_rollback(True)

    assert not silent, "\n".join(silent)
    assert showing >= SHOWING


def shows(client: Client, page: Page, canary: Canary) -> bool:
    answer: Any = client.post(page.address, page.posted) if page.posted else client.get(page.address)
    if answer.status_code != 200:
        return False
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = content.decode(errors="replace").casefold()
    return any(trace.casefold() in text for trace in canary.traces)
