"""The officer looks at papers, nobody else does, and each look is on record."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.test import Client
from PIL import Image, ImageChops

from privacy.commitments.checking import look
from privacy.commitments.frame import all_commitments
from privacy.papers.models import Paper
from privacy.papers.recognising import Kind
from privacy.papers.services import give
from privacy.rights.kinds import State
from privacy.rights.models import CaseEvent, RightsRequest
from tests.desk.desk import member, signed_in
from tests.papers.people import copy, fresh, papers_of, with_papers
from tests.rights.people import proved

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P6.3")]
LIST = "/admin/privacy/paper/"


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("privacy.broker.poke", lambda task: True)


@pytest.fixture
def dpo() -> Client:
    return signed_in(member("DPO", email="élodie@example.com"))


def pages(request: RightsRequest) -> list[str]:
    paper = papers_of(request)[0]
    return [LIST, f"{LIST}of/{request.pk}/", f"{LIST}{paper.pk}/show/", f"{LIST}{paper.pk}/change/"]


def given(kind: Kind = Kind.JPEG) -> tuple[RightsRequest, Paper]:
    request = proved()
    give(request, {"recto": copy(kind)})
    return fresh(request), papers_of(request)[0]


def views(request: RightsRequest) -> list[CaseEvent]:
    return list(CaseEvent.objects.filter(file__request=request, kind="read"))


@pytest.mark.promise("P7.1")
@pytest.mark.parametrize("group", ["Staff", "", None])
def test_nobody_but_the_officer_opens_any_of_these_pages(group: str | None) -> None:
    request, _ = given()
    client = Client() if group is None else signed_in(member(group))

    for page in pages(request):
        for method in ("get", "post"):
            answer = getattr(client, method)(page, {"do": "established"} if method == "post" else {})
            if method == "post" and page.endswith("/show/"):
                assert answer.status_code == 405
                continue
            assert answer.status_code == (302 if group is None else 403), page
            assert group is not None or "login" in answer["Location"]
    assert views(request) == []
    assert len(papers_of(request)) == 1


@pytest.mark.promise("P7.1")
def test_only_the_officer_s_group_may_see_papers() -> None:
    permission = Permission.objects.get(codename="view_paper")

    assert [group.name for group in permission.group_set.all()] == ["DPO"]


def test_a_picture_is_shown_under_a_watermark_and_each_look_is_on_record(dpo: Client) -> None:
    request, paper = given()

    answers = [dpo.get(f"{LIST}{paper.pk}/show/") for _ in range(2)]

    with Image.open(io.BytesIO(answers[0].content)) as shown, Image.open(io.BytesIO(paper.opened())) as kept:
        assert shown.size == kept.size
        difference = ImageChops.difference(shown.convert("RGB"), kept.convert("RGB")).convert("L")
        marked = sum(difference.histogram()[40:])
        assert marked > shown.width * shown.height / 50
    assert answers[0]["Content-Type"] == "image/jpeg"
    by = [(view.by.email if view.by else "", view.shown) for view in views(request)]
    assert by == [("élodie@example.com", False)] * 2


@pytest.mark.parametrize("kind", [Kind.JPEG, Kind.PDF])
def test_a_paper_is_kept_by_no_cache_and_does_nothing_in_a_browser(kind: Kind, dpo: Client) -> None:
    request, paper = given(kind)

    answer = dpo.get(f"{LIST}{paper.pk}/show/")

    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    manner = "attachment" if kind is Kind.PDF else "inline"
    assert answer["Content-Disposition"] == f'{manner}; filename="recto.{kind}"'
    assert "Ada" not in str(answer.headers)
    assert len(views(request)) == 1


def test_that_it_was_looked_at_is_on_record_even_where_it_can_not_be_opened(dpo: Client, settings: Any) -> None:
    request, paper = given()
    settings.FILE_KEYS = ["another key"]

    answer = dpo.get(f"{LIST}{paper.pk}/show/")

    assert answer.status_code == 410
    assert len(views(request)) == 1


def test_the_officer_looks_and_decides_on_one_page(dpo: Client) -> None:
    request, paper = given()
    page = f"{LIST}of/{request.pk}/"
    shown = dpo.get(page).content.decode()
    assert f"{LIST}{paper.pk}/show/" in shown
    dpo.get(f"{LIST}{paper.pk}/show/")  # Looking makes nothing out of date.

    answer = dpo.post(page, {"do": "established", "seen": request.version, "words": ""})

    assert answer.status_code == 302
    assert papers_of(request) == []
    assert "identity-checked" in [event.kind for event in CaseEvent.objects.filter(file__request=request)]
    assert "No paper is there." in dpo.get(page).content.decode()


def test_the_officer_s_page_asks_with_reasons_and_waives_with_reasons(dpo: Client) -> None:
    request = proved()
    page = f"{LIST}of/{request.pk}/"

    refused = dpo.post(page, {"do": "ask", "seen": request.version, "words": ""})
    asked = dpo.post(page, {"do": "ask", "seen": request.version, "words": "Another name."})
    after_asking = fresh(request)
    waived = dpo.post(page, {"do": "waive", "seen": after_asking.version, "words": "They called."})

    assert (refused.status_code, asked.status_code, waived.status_code) == (422, 302, 302)
    assert "Say why you doubt" in refused.content.decode()
    assert after_asking.state == State.DOUBT
    assert fresh(request).state == State.OPEN


def test_of_two_officers_one_is_told_and_loses_no_word(dpo: Client) -> None:
    request, _ = given()
    page = f"{LIST}of/{request.pk}/"
    dpo.post(page, {"do": "waive", "seen": request.version, "words": "First."})

    answer = dpo.post(page, {"do": "not-established", "seen": request.version, "words": "Second."})

    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Second." in shown
    assert f'value="{fresh(request).version}"' in shown
    assert fresh(request).state == State.OPEN


@pytest.mark.parametrize("typed", [{}, {"do": "nothing"}, {"do": "waive", "seen": "x"}])
def test_whatever_is_posted_does_nothing_without_a_button_and_a_version(typed: dict[str, str], dpo: Client) -> None:
    request, _ = given()

    assert dpo.post(f"{LIST}of/{request.pk}/", typed).status_code == 422
    assert len(papers_of(request)) == 1


def test_what_is_gone_is_not_found(dpo: Client) -> None:
    assert dpo.get(f"{LIST}987654/show/").status_code == 404
    assert dpo.get(f"{LIST}of/987654/").status_code == 404


def test_the_list_asks_the_same_few_questions_whatever_its_length(
    dpo: Client, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        with_papers()

    with django_assert_max_num_queries(8):
        assert dpo.get(LIST).content.decode().count("/of/") == 6


# The commitment


def verdict() -> tuple[bool, int | None]:
    commitment = next(each for each in all_commitments() if each.name == "papers-gone")
    finding, error = look(commitment, CaseEvent.objects.latest("pk").at)
    assert error == ""
    return finding.kept, finding.number


def test_a_paper_that_outlives_a_decision_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    request, _ = given()
    assert verdict() == (True, 0)

    with monkeypatch.context() as forgotten, transaction.atomic():
        forgotten.setattr("privacy.rights.states._followers", [])
        from privacy.rights.intake import take_back

        take_back(request)

    assert verdict() == (False, 1)
    Paper.objects.all().delete()
    assert verdict() == (True, 0)


def test_a_paper_that_outlives_the_decision_on_identity_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    from privacy.papers import services

    request, _ = given()
    with monkeypatch.context() as forgotten:
        forgotten.setattr(services, "erase_papers", lambda request: None)
        services.decide(request.pk, by=member("DPO").pk, seen=request.version, established=True)

    assert verdict() == (False, 1)
    Paper.objects.all().delete()
    assert verdict() == (True, 0)
