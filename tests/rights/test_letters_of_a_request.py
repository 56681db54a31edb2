"""The officer reads which letters left about a request, each in words."""

import pytest
from django.urls import reverse

from privacy.letters import kinds
from privacy.rights.desk.page import LETTERS
from privacy.rights.kinds import Right
from privacy.rights.models import CaseEvent, RightsRequest
from tests.desk.desk import member, signed_in
from tests.rights.people import asked


def test_each_letter_about_a_request_has_its_words() -> None:
    about_it = {kind.name for kind in kinds._kinds.values() if kind.model in (RightsRequest, CaseEvent)}

    assert about_it == set(LETTERS)


@pytest.mark.django_db
def test_the_answer_to_an_objection_to_marketing_stands_on_the_page_of_its_request() -> None:
    shown = asked(Right.MARKETING)

    page = signed_in(member("DPO")).get(reverse("admin:privacy_rightsrequest_change", args=[shown.pk])).content.decode()

    assert "answer to an objection to marketing" in page
    assert "privacy.rights-" not in page
