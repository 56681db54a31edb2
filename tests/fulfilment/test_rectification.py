"""The officer says what is to stand in which column; every table is corrected at once; no value is left in a log."""

import logging
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from contact.models import ContactRequest, Prospect
from privacy.models import Consent, Correction, FreeTextReview, Letter, RecipientNotice, Redaction
from privacy.registry import registry
from privacy.rights.carrying_out import carriers
from privacy.rights.fulfilment import correcting
from privacy.rights.kinds import Right, State
from privacy.rights.models import CaseEvent, RightsRequest
from privacy.rights.states import MovedOn
from privacy.subjects import subject_key
from tests.desk.desk import member, signed_in
from tests.desk.desk import request as wrote
from tests.fulfilment.granting import carry_out, granted
from tests.privacy.planting import Canary, database
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.2")]
OLD, NEW = "zoe.old@example.com", "zoe.new@example.com"


def prepared(request: RightsRequest, **values: str) -> None:
    """These values in every table that has such a column."""
    wanted = {choice.key: values[choice.column] for choice in correcting.choices(request) if choice.column in values}
    correcting.prepare(request.pk, wanted, by=member("DPO", f"dpo{request.pk}@example.com").pk)


def corrected(address: str, **values: str) -> RightsRequest:
    from django.db import transaction

    from privacy.rights import states
    from privacy.rights.kinds import Decision

    request = proved(Right.RECTIFICATION, email=address)
    prepared(request, **values)
    with transaction.atomic():
        states.decide(states.locked(request.pk, among=[State.OPEN]), Decision.GRANTED, by=None)
    return carry_out(request)


def test_a_name_is_corrected_in_every_table_that_can_be() -> None:
    somebody, other = Canary.new(), Canary.new()
    for table in registry.tables():
        if table.rectifiable and table.model is not Correction:
            somebody.plant(table)
            other.plant(table)
    before = {row for row in database() if any(trace in row for trace in other.traces)}

    corrected(somebody.address, last_name="Lefèvre-Nouveau")

    for table in registry.tables():
        rows = registry.rows_in(table, somebody.address)
        if "last_name" in table.rectifiable and rows is not None:
            assert set(rows.values_list("last_name", flat=True)) == {"Lefèvre-Nouveau"}, table.label
    assert before <= set(database())


def test_a_new_address_takes_the_subject_key_with_it_everywhere() -> None:
    somebody = Canary.new()
    table = registry.declared(ContactRequest)
    row = somebody.plant(table)  # type: ignore[arg-type]
    consent = row.consent

    corrected(somebody.address, email=NEW)

    row.refresh_from_db()
    assert (row.email, row.subject_key) == (NEW, subject_key(NEW))
    assert Consent.objects.get(pk=consent.pk).subject_key == subject_key(NEW)


def test_no_value_stands_in_a_log_or_in_the_record(caplog: pytest.LogCaptureFixture) -> None:
    wrote(email=OLD, last_name="Ancienom")
    with caplog.at_level(logging.DEBUG):
        request = corrected(OLD, last_name="Nouveaunom")

    assert "Ancienom" not in caplog.text
    assert "Nouveaunom" not in caplog.text
    assert not any("ouveaunom" in row or "ncienom" in row for row in database() if row.startswith("privacy_caseevent"))
    assert CaseEvent.objects.filter(file__request=request, kind="done").exists()
    assert Letter.objects.filter(kind="privacy.rights-event").exists()


def test_the_dry_run_shows_before_and_after_and_changes_nothing() -> None:
    row = wrote(email=OLD, last_name="Ancienom")
    request = proved(Right.RECTIFICATION, email=OLD)
    carrier = carriers.of(request)
    assert carrier is not None
    assert carrier.unready(request)
    prepared(request, last_name="Nouveaunom")

    plan = carrier.plan(request)

    assert not carrier.unready(request)
    assert any("Ancienom" in str(words) and "Nouveaunom" in str(words) for words in plan.words)
    row.refresh_from_db()
    assert row.last_name == "Ancienom"


@pytest.mark.parametrize(("column", "value"), [("email", "no address"), ("phone", "12"), ("last_name", "x" * 101)])
def test_a_value_that_the_column_does_not_take_is_refused(column: str, value: str) -> None:
    wrote(email=OLD)
    request = proved(Right.RECTIFICATION, email=OLD)
    choice = next(one for one in correcting.choices(request) if one.column == column)

    with pytest.raises(ValidationError):
        correcting.validated(choice, value)


def test_an_address_of_somebody_else_in_a_table_of_one_row_a_person_is_refused() -> None:
    somebody, other = Canary.new(), Canary.new()
    table = registry.declared(Prospect)
    somebody.plant(table)  # type: ignore[arg-type]
    other.plant(table)  # type: ignore[arg-type]
    request = proved(Right.RECTIFICATION, email=somebody.address)
    choice = next(one for one in correcting.choices(request) if one.table is table and one.column == "email")

    with pytest.raises(ValidationError):
        correcting.validated(choice, other.address)


def test_a_worker_killed_half_way_has_changed_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    row = wrote(email=OLD, last_name="Ancienom")

    def killed(*arguments: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(correcting, "done", killed)
        with pytest.raises(KeyboardInterrupt):
            corrected(OLD, last_name="Nouveaunom")

    row.refresh_from_db()
    assert row.last_name == "Ancienom"
    request = RightsRequest.objects.get()
    carry_out(request)
    row.refresh_from_db()
    assert row.last_name == "Nouveaunom"
    with pytest.raises(MovedOn):
        carry_out(request)


def test_the_officer_prepares_corrections_on_a_page() -> None:
    wrote(email=OLD, last_name="Ancienom")
    request = proved(Right.RECTIFICATION, email=OLD, details={"wrong": "Le nom", "correct": "Nouveaunom"})
    dpo, page = signed_in(member("DPO")), reverse("admin:rights-corrections", args=[request.pk])

    shown = dpo.get(page).content.decode()
    nothing = dpo.post(page, {})
    key = "contact.contactrequest:last_name"
    wrong = dpo.post(page, {f"{key}-correct": "on", f"{key}-value": "x" * 101})
    done = dpo.post(page, {f"{key}-correct": "on", f"{key}-value": " Nouveaunom "})

    assert "Ancienom" in shown
    assert "Le nom" in shown
    assert (nothing.status_code, wrong.status_code, done.status_code) == (422, 422, 302)
    assert "x" * 101 in wrong.content.decode()
    noted = Correction.objects.get()
    assert (noted.column, noted.value) == ("last_name", "Nouveaunom")
    assert signed_in(member("Staff", "staff@example.com")).get(page).status_code == 403


@pytest.mark.promise("P5.1")
def test_the_officer_looks_through_free_text_on_a_page() -> None:
    asked = wrote(email=OLD, message="Karl Roth m’a parlé\nde vous.")
    request = proved(Right.ACCESS, email=OLD)
    dpo, page = signed_in(member("DPO")), reverse("admin:rights-redactions", args=[request.pk])
    key = f"contact.contactrequest:{asked.pk}:message"
    text = {f"{key}-text": "[…] m’a parlé\r\nde vous.", f"{key}-reason": ""}

    shown = dpo.get(page).content.decode()
    unreasoned = dpo.post(page, {**text, "confirm": "yes"})
    kept = dpo.post(page, {**_as_it_is(shown, dpo, page), **text, f"{key}-reason": "A neighbour.", "confirm": "yes"})

    assert "Karl Roth" in shown
    assert unreasoned.status_code == 422
    assert "[…] m’a parlé" in unreasoned.content.decode()
    assert kept.status_code == 302
    assert Redaction.objects.get().text == "[…] m’a parlé\nde vous."
    assert FreeTextReview.objects.get().file.request == request


def _as_it_is(shown: str, dpo: Client, page: str) -> dict[str, str]:
    forms = dpo.get(page).context["forms"]
    return {f"{form.prefix}-text": form.initial["text"] for form in forms}


def test_a_recipient_is_ticked_off_with_a_reason_where_it_is_impossible() -> None:
    request = granted(Right.ERASURE, OLD)
    notice = RecipientNotice.objects.create(request=request, recipient="Papier", made_at=request.received_at)
    dpo, page = signed_in(member("DPO")), f"/admin/privacy/recipientnotice/{notice.pk}/change/"

    refused = dpo.post(page, {"state": "impossible", "because": ""})
    settled = dpo.post(page, {"state": "told", "because": ""})

    assert (refused.status_code, settled.status_code) == (200, 302)
    notice.refresh_from_db()
    assert (notice.state, notice.told_at is not None, notice.by is not None) == ("told", True, True)
