"""The demonstration: a desk with everything on it, promises kept, nobody real, nothing sent; never among real data."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core import mail
from django.core.files.storage import InMemoryStorage, storages
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from contact.models import ContactRequest, Prospect, ThreadEntry
from customerlabs.demo.loading import Loaded, load
from customerlabs.demo.officer import PAST
from customerlabs.demo.people import DOMAINS, World
from customerlabs.demo.refusing import refuse_public_site, refuse_real_data
from customerlabs.staff.groups import DPO
from privacy.audit.verifying import verify
from privacy.breaches.models import Breach
from privacy.commitments.models import CommitmentCheck, WatchedCommitment
from privacy.models import CaseFile, Directive, Hold, Letter, Restriction, RetentionRun, RightsRequest
from privacy.rights.kinds import Right, State
from tests.desk.desk import request

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    """Once for all of these: it takes some seconds."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(storages._storages, "continuity", InMemoryStorage())  # type: ignore[attr-defined]
        call_command("migrate", verbosity=0)  # A test that flushed the tables took the groups along.
        yield load(7, lambda words: None, requests=150, past=PAST[::6])
        call_command("flush", interactive=False, verbosity=0)
        call_command("migrate", verbosity=0)


def test_a_new_user_sees_a_living_desk_and_every_promise_kept(loaded: Loaded) -> None:
    now = timezone.now()

    assert loaded.broken == []
    assert set(ContactRequest.objects.values_list("status", flat=True)) == {*ContactRequest.Status}
    assert ContactRequest.objects.count() == 150
    assert 100 < ContactRequest.objects.filter(is_anonymised=True).count() < 150
    assert not ContactRequest.objects.filter(is_anonymised=True).exclude(email="").exists()
    assert ThreadEntry.objects.filter(kind="answer").exists()
    assert set(RightsRequest.objects.values_list("state", flat=True)) == {*State}
    assert Right.DIRECTIVE in set(RightsRequest.objects.values_list("right", flat=True))
    assert not RightsRequest.objects.filter(due_on__lt=timezone.localdate(), state__in=["open", "doubt"]).exists()
    soon = [
        one
        for one in Prospect.objects.exclude(last_contact_at=None)
        if one.expires_at and (one.expires_at - now).days < 35
    ]
    assert soon
    assert Directive.objects.filter(ended_at=None).exists()
    assert (Hold.objects.count(), Restriction.objects.count(), Breach.objects.count()) == (2, 1, 2)
    assert Breach.objects.unsettled().get().due_at > now
    assert RetentionRun.objects.filter(outcome="done").count() == 91
    red = CommitmentCheck.objects.filter(kept=False)
    assert {check.commitment.name for check in red} == {"letters-leave"}
    assert not WatchedCommitment.objects.filter(kept=False).exists()
    # What is deferred holds too, and the trail can be verified from its first line to its last.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert verify({}, now=now).is_whole


def test_nothing_was_sent_and_nobody_in_it_exists(loaded: Loaded) -> None:
    assert mail.outbox == []
    assert not Letter.objects.exclude(state=Letter.State.SENT).exists()
    assert Letter.objects.exists()
    for model in (ContactRequest, Prospect, CaseFile):
        addresses = model.objects.exclude(email="").values_list("email", flat=True)
        assert {address.rpartition("@")[2] for address in addresses} <= set(DOMAINS)
    phones = ContactRequest.objects.exclude(phone="").values_list("phone", flat=True)
    assert all(str(phone.as_e164).startswith("+3363998") for phone in phones)


def test_the_officer_can_sign_in_and_is_no_superuser(loaded: Loaded) -> None:
    officer: Any = authenticate(username=loaded.email, password=loaded.password)

    assert officer is not None
    assert list(officer.groups.values_list("name", flat=True)) == [DPO]
    assert not officer.is_superuser


def test_a_seed_gives_the_same_people_and_another_gives_others() -> None:
    now = timezone.now()

    first, again, others = (World(seed, now).people(30) for seed in (1, 1, 2))

    assert first == again
    assert first != others


def test_it_is_refused_where_anybody_has_written_and_changes_nothing() -> None:
    written = request()
    number = ContactRequest.objects.count()

    with pytest.raises(CommandError, match="This database holds requests"):
        refuse_real_data()

    assert written in ContactRequest.objects.all()
    assert ContactRequest.objects.count() == number


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("HTTPS", True, "SITE_URL"),
        ("EMBEDDED_DATABASE", False, "DATABASE_URL"),
        ("MAIL_IN_FILES", False, "EMAIL_URL"),
    ],
)
def test_it_is_refused_on_a_site_set_up_in_earnest_unless_that_is_said(
    settings: Any, name: str, value: bool, words: str
) -> None:
    settings.HTTPS, settings.EMBEDDED_DATABASE, settings.MAIL_IN_FILES = False, True, True
    refuse_public_site(even_here=False)
    setattr(settings, name, value)

    with pytest.raises(CommandError, match=f"{words} .*--even-here"):
        refuse_public_site(even_here=False)

    refuse_public_site(even_here=True)


def test_the_command_says_what_to_do_next(monkeypatch: pytest.MonkeyPatch) -> None:
    command = "customerlabs.management.commands.load_demo"
    monkeypatch.setattr(f"{command}.prepare_var", lambda places: None)
    monkeypatch.setattr(f"{command}.refuse_real_data", lambda: None)
    monkeypatch.setattr(
        "customerlabs.demo.loading.load", lambda seed, say: Loaded("dpo@example.com", "a good password", ["one"])
    )
    said = io.StringIO()

    call_command("load_demo", even_here=True, stdout=said)

    for words in (
        "make run",
        "/admin/",
        "dpo@example.com",
        "a good password",
        "Not kept, as the site is set up here: one",
    ):
        assert words in said.getvalue()
