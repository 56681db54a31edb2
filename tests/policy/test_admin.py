"""The officer publishes: what changes is shown first, a refusal keeps what was typed, and nothing is rewritten."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from privacy.audit.models import AuditEntry
from privacy.models import PolicyVersion
from privacy.periods import Period
from privacy.policy.announcing import work_off_announcements
from privacy.policy.models import today
from privacy.policy.publishing import publish
from tests.desk.desk import member, signed_in
from tests.policy.people import requests_of
from tests.policy.versions import published

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P12.1")]
LIST = "/admin/privacy/policyversion/"
WORDS = {"changes_fr": "On garde plus longtemps.", "changes_en": "Kept for longer."}


@pytest.fixture
def officer() -> Client:
    return signed_in(member("DPO"), "fr")


def form(officer: Client, **changes: Any) -> dict[str, Any]:
    """The form as the page gives it, filled in."""
    page = officer.get(f"{LIST}add/").content.decode()
    edition = re.search(r'name="edition" value="([0-9a-f]{64})"', page)
    assert edition
    return {**WORDS, "effective_from": today().isoformat(), "edition": edition[1], **changes}


def test_the_list_offers_to_publish_what_has_changed(officer: Client, settings: Any) -> None:
    published()
    assert "n’est plus ce qui a été publié" not in officer.get(LIST).content.decode()

    settings.CONTACT_RETENTION = Period(days=77)

    page = officer.get(LIST).content.decode()
    assert "n’est plus ce qui a été publié" in page
    assert f'href="{LIST}add/"' in page


def test_the_form_shows_what_changes_in_both_languages(officer: Client, settings: Any) -> None:
    published()
    settings.CONTACT_RETENTION = Period(days=77)

    page = officer.get(f"{LIST}add/").content.decode()

    for language, unit in (("fr", "jours"), ("en", "days")):
        section = page.split(f'id="preview-{language}"')[1].split("</section>")[0]
        assert "<del>" in section
        assert re.search(r"<ins>.*77", section), unit


def test_publishing_freezes_it_and_says_who_did_it(officer: Client) -> None:
    answer = officer.post(f"{LIST}add/", form(officer, is_important="on"))

    version = PolicyVersion.objects.get()
    assert answer["Location"] == f"{LIST}{version.pk}/change/"
    assert (version.changes_fr, version.changes_en, version.is_important) == (*WORDS.values(), True)
    entry = AuditEntry.objects.get(table="privacy.policyversion")
    assert (entry.action, entry.record_id, bool(entry.by)) == ("added", str(version.pk), True)


@pytest.mark.parametrize("missing", ["changes_fr", "changes_en", "effective_from", "edition"])
def test_what_changed_is_asked_for_in_both_languages(officer: Client, missing: str) -> None:
    answer = officer.post(f"{LIST}add/", form(officer, **{missing: ""}))

    assert answer.status_code == 200
    assert not PolicyVersion.objects.exists()


def test_a_refusal_keeps_what_was_typed(officer: Client, settings: Any) -> None:
    typed = form(officer)
    settings.CONTACT_RETENTION = Period(days=77)

    page = officer.post(f"{LIST}add/", typed).content.decode()

    assert "Le texte de la politique a changé" in page
    assert WORDS["changes_fr"] in page
    assert not PolicyVersion.objects.exists()


def test_after_a_refusal_the_page_read_again_can_be_published(officer: Client, settings: Any) -> None:
    typed = form(officer)
    settings.CONTACT_RETENTION = Period(days=77)
    page = officer.post(f"{LIST}add/", typed).content.decode()
    edition = re.search(r'name="edition" value="([0-9a-f]{64})"', page)
    assert edition

    officer.post(f"{LIST}add/", {**typed, "edition": edition[1]})

    assert PolicyVersion.objects.count() == 1


def test_what_changes_at_the_last_moment_is_said_and_what_was_typed_is_kept(
    officer: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_late(**given: Any) -> PolicyVersion:
        """Something changed between the form and the service: another officer was quicker, say."""
        settings.CONTACT_RETENTION = Period(days=77)
        return publish(**given)

    typed = form(officer)
    monkeypatch.setattr("privacy.policy.admin.publish", too_late)

    page = officer.post(f"{LIST}add/", typed)

    assert page.status_code == 200
    assert "Le texte de la politique a changé" in page.content.decode()
    assert WORDS["changes_fr"] in page.content.decode()
    assert not PolicyVersion.objects.exists()


def test_a_date_in_the_past_is_refused(officer: Client) -> None:
    yesterday = (today() - timedelta(days=1)).isoformat()

    page = officer.post(f"{LIST}add/", form(officer, effective_from=yesterday)).content.decode()

    assert "dans le passé" in page
    assert not PolicyVersion.objects.exists()


def test_a_version_is_read_and_not_changed(officer: Client) -> None:
    version = published()
    page = officer.get(f"{LIST}{version.pk}/change/").content.decode()

    assert version.digest in page
    assert 'name="changes_fr"' not in page
    assert officer.post(f"{LIST}{version.pk}/change/", WORDS).status_code == 403
    assert officer.post(f"{LIST}{version.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_page_of_an_announced_version_says_how_far_it_is(officer: Client) -> None:
    requests_of(3)
    version = published(is_important=True)
    assert (
        "Le relevé des personnes à avertir est en cours" in officer.get(f"{LIST}{version.pk}/change/").content.decode()
    )

    work_off_announcements()

    # The three, and the officer: staff are people whose data is held too.
    assert "4 personnes notées, 4 lettres en attente" in officer.get(f"{LIST}{version.pk}/change/").content.decode()


def test_those_who_answer_requests_do_not_publish() -> None:
    staff = signed_in(member("Staff"))

    assert staff.get(LIST).status_code == 403
    assert staff.get(f"{LIST}add/").status_code == 403
    assert staff.post(f"{LIST}add/", WORDS).status_code == 403
