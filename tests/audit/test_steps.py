"""Steps are one plain word each in the trail, and words of the reader's language on its pages."""

import ast
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils import translation

from contact.models import ContactRequest
from customerlabs.models import StaffMember
from privacy.audit.models import AuditEntry
from privacy.audit.services import record_all
from privacy.audit.steps import STEPS, in_words
from tests.desk.desk import member, signed_in

pytestmark = pytest.mark.promise("P7.2")
FRENCH = {"accept-language": "fr"}
ROOMS = ("contact", "cookies", "customerlabs", "privacy")


def written() -> Iterator[str]:
    """Every step that code names as it writes a line of the trail."""
    for room in ROOMS:
        for path in (settings.BASE_DIR / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.keyword) and node.arg == "details" and isinstance(node.value, ast.Tuple):
                    named = (each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant))
                    yield from (name.removesuffix(": ") for name in named if isinstance(name, str))


def test_every_step_that_code_writes_has_words() -> None:
    columns = {field.name for model in apps.get_models() for field in model._meta.get_fields()}

    found = set(written())

    assert "granted in part" in found
    assert sorted(name for name in found if name not in STEPS and name not in columns) == []


def test_columns_are_called_as_their_pages_call_them_and_what_nobody_knows_as_it_is_written() -> None:
    line = AuditEntry(table="contact.contactrequest", details="assignee, closed, of_long_ago")

    with translation.override("fr"):
        assert in_words(line) == "confiée à, clôture, of_long_ago"
        assert (
            in_words(AuditEntry(table="privacy.consent", details="SUBJECT_KEYS, rows: 3"))
            == "SUBJECT_KEYS, lignes\xa0: 3"
        )
        said = AuditEntry(table="privacy.breach", details="aware_at, people, measures")
        assert in_words(said) == "connue depuis le, personnes, environ, mesures"  # Of a statement on it.
    assert in_words(AuditEntry(table="gone.table", details="")) == ""


@pytest.mark.django_db
def test_the_officer_reads_steps_in_their_language() -> None:
    dpo: StaffMember = member("DPO")
    client: Client = signed_in(dpo)
    [line] = record_all(AuditEntry.Action.MOVED, ContactRequest, [1], by=dpo.pk, details=("reopened",))

    listed = client.get("/admin/privacy/auditentry/", headers=FRENCH).content.decode()
    page = client.get(f"/admin/privacy/auditentry/{line.pk}/change/", headers=FRENCH).content.decode()

    assert "réouverture" in listed
    assert "réouverture" in page
