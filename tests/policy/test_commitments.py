"""What the policy promises of itself turns red when it is broken, and green once it is put right."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from privacy.letters.queue import deliver_due
from privacy.models import Letter, PolicyAnnouncement
from privacy.periods import Period
from privacy.policy.announcing import work_off_announcements
from privacy.processors import read_processors
from tests.commitments.test_breaches import found
from tests.policy.people import requests_of
from tests.policy.versions import published
from tests.post_office import PostOffice
from tests.site.test_deploy_checks import HOST

pytestmark = pytest.mark.django_db


@pytest.mark.promise("P12.1")
def test_a_site_that_does_what_nobody_published_is_red_until_it_is_published(settings: Any) -> None:
    assert not found("policy-in-force").kept
    version = published()
    assert found("policy-in-force").kept

    settings.CONTACT_RETENTION = Period(days=77)
    assert not found("policy-in-force").kept

    latest = published()
    assert (found("policy-in-force").kept, found("policy-in-force").on) == (True, latest.published_at)
    assert latest != version


@pytest.mark.promise("P12.2")
def test_people_not_told_after_three_days_are_red_until_they_are(post_office: PostOffice) -> None:
    requests_of(2)
    published(is_important=True)
    later = timezone.now() + timedelta(days=3, seconds=1)
    assert found("policy-changes-told").kept

    assert (found("policy-changes-told", later).kept, found("policy-changes-told", later).number) == (False, 1)
    work_off_announcements()
    assert found("policy-changes-told", later).number == Letter.objects.count() == 2
    deliver_due()

    assert found("policy-changes-told", later).kept
    assert PolicyAnnouncement.objects.get().finished_at


@pytest.mark.promise("P4.1")
def test_a_contract_past_its_review_is_red(settings: Any) -> None:
    settings.PROCESSORS = read_processors(HOST.replace("2027-01-15", "2001-01-15"))
    assert list(found("processor-contracts").where) == ["Hébergeur Exemple"]

    settings.PROCESSORS = read_processors(HOST.replace("2027-01-15", "2999-01-15"))
    assert found("processor-contracts").kept
