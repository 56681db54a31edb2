"""`manage.py doctor` says what is wrong and what to do, part by part, whatever else is broken."""

import itertools
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.storage import storages
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from customerlabs.doctor import configuration, frame, machine, services, work
from customerlabs.doctor.frame import Diagnosis, Examination, Verdict, examine, ok
from customerlabs.health import parts
from customerlabs.health.models import Heartbeat
from customerlabs.management.commands.doctor import PARTS
from privacy.commitments.models import WatchedCommitment
from privacy.continuity.models import Backup
from privacy.retention.models import RetentionRun
from tests.faults.valkey import Valkey
from tests.post_office import PostOffice
from tests.serving.running import PROJECT, surroundings

pytestmark = pytest.mark.django_db
Look = Callable[[], Iterable[Diagnosis]]


def verdicts(look: Look) -> list[Verdict]:
    return [diagnosis.verdict for diagnosis in look()]


def the_one(look: Look) -> Diagnosis:
    (diagnosis,) = look()
    return diagnosis


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice().serving(known=[("site", "right")]) as office:
        yield office


@pytest.fixture
def _mail_to(settings: Settings, office: PostOffice) -> None:
    settings.MAIL_IN_FILES = False
    settings.EMAIL_BACKEND = "privacy.letters.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "right"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False


def test_everything_is_looked_at_while_everything_is_down(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor"],
        cwd=PROJECT,
        env=surroundings(tmp_path / "var", 8000),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == ""
    assert {line.split()[1] for line in done.stdout.splitlines() if not line.startswith(" ")} >= {
        part.name for part in PARTS
    }
    assert "Start the site: `make run`" in done.stdout


def test_what_is_frozen_is_not_waited_for_and_the_others_are_told() -> None:
    def never() -> Iterable[Diagnosis]:
        time.sleep(60)
        return []

    def broken() -> Iterable[Diagnosis]:
        raise ValueError("zoe@example.com")

    begun = time.monotonic()
    found = dict(
        examine(
            [
                Examination("frozen", never, seconds=0.3),
                Examination("broken", broken),
                Examination("well", lambda: [ok("yes")]),
            ]
        )
    )

    assert time.monotonic() - begun < 50
    assert {name: diagnosis.verdict for name, diagnosis in found.items()} == {
        "frozen": Verdict.WRONG,
        "broken": Verdict.WRONG,
        "well": Verdict.OK,
    }
    assert all(diagnosis.to_do for diagnosis in found.values() if diagnosis.verdict is not Verdict.OK)
    assert "zoe" not in str(found)


def test_the_servers_of_this_run_are_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PATIENCE", 60)
    assert verdicts(services.database) == [Verdict.OK]
    assert verdicts(services.broker) == [Verdict.OK]
    assert verdicts(machine.clock) == [Verdict.OK]
    assert verdicts(machine.storage) == [Verdict.OK]
    assert Verdict.WRONG not in verdicts(machine.disk)


def test_a_mute_database_is_wrong_and_its_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    given = connections.settings["default"]
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setitem(given, "HOST", "127.0.0.1")
        monkeypatch.setitem(given, "PORT", mute.getsockname()[1])
        ((_, found),) = examine([Examination("database", services.database)])

    assert found.verdict is Verdict.WRONG
    assert str(given["PASSWORD"]) not in str(found)


@pytest.mark.parametrize("how", ["stop", "freeze"])
def test_a_broker_that_is_away_is_wrong(valkey: Valkey, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setenv("CELERY_BROKER_URL", valkey.url)
    getattr(valkey, how)()

    found = the_one(services.broker)

    assert found.verdict is Verdict.WRONG
    assert "Start" in found.to_do


def test_a_clock_that_is_a_minute_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    times = SimpleNamespace(time=lambda: time.time() - 90, monotonic=time.monotonic, sleep=lambda seconds: None)
    monkeypatch.setattr(machine, "time", times)

    found = the_one(machine.clock)

    assert found.verdict is Verdict.WRONG
    assert "90 s apart" in found.said


def test_a_machine_that_pauses_between_two_looks_at_the_clock_has_moved_none(monkeypatch: pytest.MonkeyPatch) -> None:
    began, gone_by, looks = time.time(), [0.0], itertools.count(1)

    def go_on(seconds: float) -> None:
        gone_by[0] += seconds

    def look() -> float:
        go_on(0.5 if next(looks) == 7 else 0)
        return gone_by[0]

    monkeypatch.setattr(machine, "time", SimpleNamespace(time=lambda: began + gone_by[0], monotonic=look, sleep=go_on))

    assert verdicts(machine.clock) == [Verdict.OK]


@pytest.mark.parametrize(
    ("free", "verdict"),
    [
        (machine.LITTLE, Verdict.OK),
        (machine.LITTLE - 1, Verdict.WARNING),
        (machine.TOO_LITTLE, Verdict.WARNING),
        (machine.TOO_LITTLE - 1, Verdict.WRONG),
    ],
)
def test_a_disk_that_fills_up_is_told_in_time(monkeypatch: pytest.MonkeyPatch, free: int, verdict: Verdict) -> None:
    monkeypatch.setattr("customerlabs.doctor.machine.shutil.disk_usage", lambda folder: SimpleNamespace(free=free))

    assert verdicts(machine.disk)[0] is verdict


def test_a_storage_that_takes_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def save(self, name: str, content: object) -> str:
            raise OSError(28, "No space left on device")

    monkeypatch.setitem(storages._storages, "continuity", Full())  # type: ignore[attr-defined]

    assert the_one(machine.storage).verdict is Verdict.WRONG


def test_a_probe_leaves_nothing_in_the_storage() -> None:
    assert verdicts(machine.storage) == [Verdict.OK]

    _folders, files = storages["continuity"].listdir("probes")
    assert files == []


@pytest.mark.usefixtures("_mail_to")
def test_the_mail_server_is_greeted_and_signed_in_to_and_sent_nothing(office: PostOffice) -> None:
    found = the_one(services.mail)

    assert (found.verdict, found.said) == (Verdict.OK, "answers (signed in)")
    assert office.connections == 1
    assert not office.received


@pytest.mark.usefixtures("_mail_to")
def test_a_wrong_password_of_the_mail_server_is_told_without_it(settings: Settings) -> None:
    settings.EMAIL_HOST_PASSWORD = "mistyped-once-more"

    found = the_one(services.mail)

    assert found.verdict is Verdict.WRONG
    assert "EMAIL_URL" in found.to_do
    assert "mistyped" not in str(found)


@pytest.mark.usefixtures("_mail_to")
def test_a_mail_server_that_is_not_there_is_wrong(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_PORT = closed.getsockname()[1]

    assert the_one(services.mail).verdict is Verdict.WRONG


def test_without_a_worker_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ANSWERING", 0.3)

    found = the_one(work.worker)

    assert (found.verdict, found.said.split()[0]) == (Verdict.WRONG, "none")


def test_beat_is_missed_after_five_minutes() -> None:
    Heartbeat.note()
    assert the_one(work.beat).verdict is Verdict.OK

    Heartbeat.objects.update(at=timezone.now() - work.SILENT - timedelta(minutes=1))
    assert the_one(work.beat).verdict is Verdict.WRONG


def test_a_late_purge_and_a_late_backup_are_told_with_their_day() -> None:
    long_ago = timezone.now() - timedelta(days=9)
    RetentionRun.objects.create(
        trigger="beat", started_at=long_ago, seen_at=long_ago, finished_at=long_ago, outcome="done"
    )
    Backup.objects.create(name="backups/old.age", state=Backup.State.STORED, made_at=long_ago)

    for look, command in ((work.purge, "enforce_retention"), (work.backup, "manage.py backup")):
        found = the_one(look)

        assert found.verdict is Verdict.WRONG
        assert f"{timezone.localtime(long_ago):%Y-%m-%d}" in found.said
        assert command in found.to_do


def test_a_broken_commitment_is_named() -> None:
    now = timezone.now()
    WatchedCommitment.objects.create(name="roles", kept=False, number=1, checked_at=now, since=now)

    found = the_one(work.commitments)

    assert (found.verdict, found.said) == (Verdict.WRONG, "1 not kept: roles")


def test_a_weak_key_is_wrong_and_not_quoted(settings: Settings) -> None:
    settings.FILE_KEYS = ["short-and-sweet"]

    found = list(configuration.keys())

    assert Verdict.WRONG in {diagnosis.verdict for diagnosis in found}
    assert "short-and-sweet" not in str(found)


def test_a_trial_on_http_is_warned_and_a_site_on_https_is_not_excused(settings: Settings) -> None:
    settings.PUBLISHER_PHONE = ""
    settings.HTTPS = False
    assert Verdict.WRONG not in verdicts(configuration.configuration)

    settings.HTTPS = True
    assert Verdict.WRONG in verdicts(configuration.configuration)


def test_each_part_says_what_to_do_unless_it_is_well() -> None:
    for _, diagnosis in examine(PARTS):
        assert bool(diagnosis.to_do) == (diagnosis.verdict is not Verdict.OK)
        assert diagnosis.verdict in frame.Verdict
