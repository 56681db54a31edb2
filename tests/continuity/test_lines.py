"""The ledger outside the database: on the disk before the commit, chained, and told from any other (P5.3, P7.4)."""

import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, storages
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from privacy.continuity import ledger
from privacy.continuity.ledger import Head, Kind, head, lines_after, record
from privacy.continuity.lines import name_of, read, write
from privacy.continuity.models import LedgerHead
from privacy.continuity.storage import DurableFiles, continuity
from privacy.subjects import subject_keys

pytestmark = [pytest.mark.django_db, pytest.mark.promise("P5.3")]
ZOE = "zoe@exemple.fr"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The default storage: files."""
    folder = tmp_path / "continuity"
    monkeypatch.setitem(storages._storages, "continuity", DurableFiles(location=folder))  # type: ignore[attr-defined]
    return folder


def written(kind: Kind = Kind.ERASURE, **what: Any) -> ledger.Line:
    with transaction.atomic():
        return record(kind, keys=subject_keys(ZOE), **what)


def rolled_back(*kinds: Kind) -> ledger.Line:
    """Lines whose transaction never committed; the last of them."""
    with transaction.atomic():
        line = [record(kind) for kind in kinds][-1]
        transaction.set_rollback(True)
    return line


def alter(line: int, **contents: Any) -> None:
    """Somebody changes a line by hand."""
    name = name_of(line)
    with continuity().open(name) as file:
        known = json.loads(file.read())
    continuity().delete(name)
    continuity().save(name, ContentFile(json.dumps({**known, **contents}).encode()))


def put_back(to: Head) -> None:
    """The database is put back to an earlier day."""
    LedgerHead.objects.update(number=to.number, hash=to.hash, stood=to.number, transaction=0)


def test_each_line_holds_keys_and_numbers_and_the_fingerprint_of_the_one_before(files: Path) -> None:
    began = head()

    first, second = written(request="ABCD-EFGH"), written(Kind.WITHDRAWAL, consent=12)

    assert [line.number for line in lines_after(began)] == [0, 1]
    assert (first.before, second.before) == (began.hash, first.hash)
    assert json.loads((files / "ledger/000000000001.json").read_text()) == {
        "format": 1,
        "number": 1,
        "kind": "withdrawal",
        "at": second.at.isoformat(),
        "keys": sorted(subject_keys(ZOE)),
        "what": {"consent": 12},
        "stood": -1,
        "before": first.hash,
        "hash": second.hash,
    }
    assert head() == ledger.end() == second.head
    assert ZOE not in "".join(path.read_text() for path in (files / "ledger").iterdir())


def test_a_line_is_on_the_disk_with_its_folder_before_the_commit(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written_out: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        written_out.append(f"{kind} {Path(f'/proc/self/fd/{descriptor}').readlink().name[:6]}")
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", noted)
    with transaction.atomic():
        record(Kind.ERASURE)
        noted_so_far = list(written_out)

    assert [one.split()[0] for one in noted_so_far] == ["folder", "folder", "file", "folder"]
    assert noted_so_far[-1] == "folder ledger"
    assert (files / "ledger/000000000000.json").is_file()
    assert stat.S_IMODE((files / "ledger").stat().st_mode) == 0o700
    assert stat.S_IMODE((files / "ledger/000000000000.json").stat().st_mode) == 0o600


def test_outside_a_transaction_nothing_is_written(transactional_db: None) -> None:
    with pytest.raises(TransactionManagementError):
        record(Kind.ERASURE)

    assert ledger.end() == ledger.NOWHERE


@pytest.mark.django_db(transaction=True)
def test_after_a_transaction_that_was_rolled_back_the_next_writer_goes_on() -> None:
    first = written()
    lost = rolled_back(Kind.ERASURE)
    assert head() == first.head

    second = written()

    assert (second.number, second.before) == (lost.number + 1, lost.hash)
    assert (lost.stood, second.stood) == (first.number, first.number)
    assert head() == ledger.end() == second.head


@pytest.mark.django_db(transaction=True)
def test_a_transaction_of_two_lines_that_was_rolled_back_is_not_taken_for_an_earlier_day() -> None:
    first = written()

    rolled_back(Kind.OBJECTION, Kind.WITHDRAWAL)

    assert written().number == first.number + 3


@pytest.mark.django_db(transaction=True)
def test_a_database_put_back_to_an_earlier_day_writes_nothing_before_the_replay() -> None:
    earlier = written().head
    written()
    written()
    put_back(earlier)

    with pytest.raises(ledger.LedgerAhead, match="replay_ledger"):
        written()

    assert ledger.end().number == 2
    assert head() == earlier


@pytest.mark.django_db(transaction=True)
def test_two_writers_follow_one_another() -> None:
    began = head()

    def write_ten() -> None:
        try:
            for _each in range(10):
                written()
        finally:
            connection.close()

    writers = [threading.Thread(target=write_ten) for _each in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    lines = list(lines_after(began))
    assert [line.number for line in lines] == list(range(30))
    assert [line.stood for line in lines] == list(range(-1, 29))
    assert head() == ledger.end()


def test_a_writer_that_does_not_share_the_lock_takes_no_place_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    first = written()
    theirs = ledger.Line(
        number=1, kind=Kind.ERASURE, at=first.at, keys=[], what={}, stood=-1, before=first.hash
    ).sealed()
    tries: list[int] = []

    def beaten(line: ledger.Line) -> bool:
        if not tries:
            tries.append(1)
            assert write(theirs)
        return write(line)

    monkeypatch.setattr("privacy.continuity.ledger.write", beaten)

    assert written().before == theirs.hash


def test_a_line_written_over_by_somebody_else_is_not_taken_for_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    first = written()
    save = InMemoryStorage._save  # type: ignore[attr-defined]
    theirs = ledger.Line(
        number=1, kind=Kind.ERASURE, at=first.at, keys=[], what={}, stood=-1, before=first.hash
    ).sealed()
    times: list[int] = []

    def over(self: Any, name: str, content: Any) -> Any:
        times.append(1)
        return save(self, name, ContentFile(theirs.written()) if len(times) == 1 else content)

    monkeypatch.setattr(InMemoryStorage, "_save", over)

    assert written().number == 2


def test_a_storage_that_chooses_another_name_writes_no_line_beside_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    written()
    monkeypatch.setattr(InMemoryStorage, "get_available_name", lambda self, name, max_length=None: f"{name}.other")

    with pytest.raises(ledger.LedgerUnavailable):
        written()

    assert continuity().listdir("ledger") == ([], ["000000000000.json"])


def test_a_storage_that_cannot_be_written_stops_the_act(files: Path) -> None:
    files.write_text("no folder")

    with pytest.raises(ledger.LedgerUnavailable, match="nothing was done"), transaction.atomic():
        record(Kind.ERASURE)

    assert head().number == -1


def test_a_half_written_file_is_no_line(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written()

    def killed(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("os.link", killed)
        with pytest.raises(KeyboardInterrupt):
            written()
    (files / "ledger/.left.part").write_text("{")

    assert written().number == 1
    assert ledger.end().number == 1


@pytest.mark.parametrize("change", [{"kind": "hold"}, {"keys": []}, {"hash": "0" * 64}, {"number": 7}, {"at": "?"}])
def test_an_altered_line_is_found(change: dict[str, Any]) -> None:
    began = head()
    written()
    written()

    alter(1, **change)

    with pytest.raises(ledger.LedgerBroken, match="1"):
        list(lines_after(began))
    with pytest.raises(ledger.LedgerBroken, match="1"):
        list(ledger.all_lines())


def test_a_line_replaced_with_its_fingerprint_is_found_by_the_next() -> None:
    began = head()
    for _each in range(3):
        written()
    second = read(1)
    assert second is not None
    other = ledger.Line(
        **{name: getattr(second, name) for name in ("number", "kind", "at", "stood", "before")}, keys=[], what={}
    ).sealed()

    alter(1, keys=[], what={}, hash=other.hash)

    with pytest.raises(ledger.LedgerBroken, match="Line 2"):
        list(lines_after(began))


def test_a_missing_line_is_found() -> None:
    began = head()
    for _each in range(3):
        written()

    continuity().delete(name_of(1))

    with pytest.raises(ledger.LedgerBroken, match="Line 1"):
        list(lines_after(began))
    with pytest.raises(ledger.LedgerBroken, match="Line 1"):
        list(ledger.all_lines())


def test_a_line_of_a_newer_version_is_refused() -> None:
    began = head()
    written()

    for change in ({"kind": "emigration"}, {"format": 2}):
        alter(0, **change)

        with pytest.raises(ledger.LedgerTooNew, match="newer"):
            list(lines_after(began))


def test_an_empty_ledger_and_a_foreign_one_are_told_from_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    began = head()
    ours = written().head
    monkeypatch.setitem(storages._storages, "continuity", InMemoryStorage())  # type: ignore[attr-defined]

    with pytest.raises(ledger.LedgerLacksHead):
        list(lines_after(ours))
    with pytest.raises(ledger.LedgerUnavailable, match="line 0"):
        written()

    LedgerHead.objects.all().delete()
    written()
    theirs = written().head
    for stranger in (ours, began, Head(5, ours.hash)):
        with pytest.raises(ledger.LedgerLacksHead):
            list(lines_after(stranger))
    put_back(ours)
    with pytest.raises(ledger.LedgerUnavailable):
        written()

    assert ledger.end() == theirs


def test_a_new_database_does_not_write_into_the_ledger_of_another() -> None:
    written()
    LedgerHead.objects.all().delete()

    with pytest.raises(ledger.LedgerUnavailable, match="another"):
        written()


def test_lines_whose_predecessors_are_gone_are_read_from_the_oldest_that_is_kept() -> None:
    for _each in range(4):
        written()
    continuity().delete(name_of(0))
    continuity().delete(name_of(1))

    assert [line.number for line in ledger.all_lines()] == [2, 3]
    assert written().number == 4
