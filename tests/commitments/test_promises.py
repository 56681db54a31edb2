"""Every promise has a test that can fail or a check on the live data, and nobody claims one that was not made."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import translation

from privacy.commitments.frame import Commitment, Finding, all_commitments, register_commitments
from privacy.commitments.proofs import BadMark, proofs, proofs_in
from privacy.promises import PROMISES, SECTIONS

pytestmark = pytest.mark.promise("P7.5")


def kept() -> set[str]:
    return {proof.promise for proof in proofs()} | {each for check in all_commitments() for each in check.promises}


def test_every_promise_is_proved_or_watched_and_nothing_else_is() -> None:
    assert kept() == set(PROMISES)


def test_the_list_follows_the_policy_s_sections() -> None:
    ids = list(PROMISES)
    assert ids == sorted(ids, key=lambda each: [int(part) for part in each[1:].split(".")])
    assert {promise.section for promise in PROMISES.values()} == set(SECTIONS)


@pytest.mark.parametrize("promise", PROMISES.values(), ids=list(PROMISES))
def test_each_is_said_in_both_languages(promise: object) -> None:
    title = getattr(promise, "title", "")
    with translation.override("en"):
        english = str(title)
    with translation.override("fr"):
        french = str(title)
    assert english
    assert french != english


def read(tmp_path: Path, source: str) -> list[tuple[str, str]]:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_it.py").write_text(f"import pytest\n{source}", encoding="utf-8")
    return [(proof.promise, proof.test) for proof in proofs_in(folder)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('@pytest.mark.promise("A")\ndef test_a(): ...', [("A", "test_a")]),
        ('@pytest.mark.promise("A", "B")\nasync def test_a(): ...', [("A", "test_a"), ("B", "test_a")]),
        (
            'pytestmark = pytest.mark.promise("A")\ndef test_a(): ...\ndef test_b(): ...',
            [("A", "test_a"), ("A", "test_b")],
        ),
        (
            'pytestmark = [pytest.mark.django_db, pytest.mark.promise("A", "B")]\ndef test_a(): ...',
            [("A", "test_a"), ("B", "test_a")],
        ),
        ('pytestmark: object = pytest.mark.promise("A")\ndef test_a(): ...', [("A", "test_a")]),
        ('@pytest.mark.promise("A")\nclass TestIt:\n    def test_a(self): ...', [("A", "test_a")]),
        (
            'class TestIt:\n    pytestmark = [pytest.mark.promise("A")]\n    def test_a(self): ...\ndef test_b(): ...',
            [("A", "test_a")],
        ),
        (
            '@pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.promise("A"))])\ndef test_a(n): ...',
            [("A", "test_a")],
        ),
        (
            'each = pytest.mark.parametrize("n", [pytest.param(1, marks=pytest.mark.promise("A"))])\n'
            "@each\ndef test_a(n): ...",
            [("A", "test_a")],
        ),
        ('@pytest.mark.skip\n@pytest.mark.promise("A")\ndef test_a(): ...', []),
        ('@pytest.mark.xfail(reason="x")\n@pytest.mark.promise("A")\ndef test_a(): ...', []),
        ('pytestmark = [pytest.mark.skip(reason="x"), pytest.mark.promise("A")]\ndef test_a(): ...', []),
    ],
)
def test_marks_are_found_wherever_pytest_takes_them_from(
    tmp_path: Path, source: str, found: list[tuple[str, str]]
) -> None:
    assert read(tmp_path, source) == found


@pytest.mark.parametrize(
    "source",
    [
        '@pytest.mark.promise("A")\ndef helper(): ...',
        'forgotten = pytest.mark.promise("A")',
        'WHICH = "A"\n@pytest.mark.promise(WHICH)\ndef test_a(): ...',
    ],
)
def test_a_mark_that_proves_nothing_is_refused(tmp_path: Path, source: str) -> None:
    with pytest.raises(BadMark):
        read(tmp_path, source)


def commitment(name: str, *promises: str) -> Commitment:
    return Commitment(
        name=name, promises=promises, said="a", checked="b", found="", check=lambda now: Finding(kept=True)
    )


def test_a_commitment_s_name_is_taken_once() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        register_commitments(commitment("letters-leave", "P7.3"))


@pytest.mark.parametrize(("name", "promises"), [("good", ()), ("good", ("P99.9",)), ("Bad name", ("P7.3",))])
def test_a_commitment_keeps_something_that_was_promised(name: str, promises: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="commitment"):
        commitment(name, *promises)


def test_the_command_prints_each_promise_with_its_tests_and_checks() -> None:
    out = StringIO()

    call_command("promises", stdout=out)

    lines = out.getvalue().splitlines()
    at = lines.index(next(line for line in lines if line.startswith("P8.2 ")))
    assert lines[at + 1] == "         check  in-time.contact.prospect"
    assert any("tests/policy/test_policy_page.py::test_a_changed_setting" in line for line in lines[at:])
    assert lines[-1].endswith("0 that nothing proves.")
