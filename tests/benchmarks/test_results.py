"""What `make bench` writes: a part measured again replaces its own figures; one that fails costs the others nothing."""

import sys
from argparse import Namespace
from pathlib import Path

import pytest

from benchmarks import figures, run
from benchmarks.figures import Figure, at_most

DESK = at_most("the desk", 2, 1.5)
PEOPLE = at_most("one person", 2, 3, why="it reads all")


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "results.md"
    monkeypatch.setattr(figures, "RESULTS", path)
    return path


def given(*only: str, write: bool = True) -> Namespace:
    return Namespace(only=list(only), write=write, rows=10, people=10, quick=False)


def finds(monkeypatch: pytest.MonkeyPatch, found: dict[str, tuple[list[Figure], str]]) -> None:
    monkeypatch.setattr(run, "apart", lambda name, options: found[name])


def test_a_part_measured_again_leaves_the_others_as_they_were(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, {"people": ([PEOPLE], ""), "desk": ([DESK], "")})
    run.measure_all(given("people", "desk"))
    before = figures.parts_of(results.read_text(encoding="utf-8"))

    finds(monkeypatch, {"desk": ([at_most("the desk", 2, 1.7)], "")})
    run.measure_all(given("desk"))

    after = figures.parts_of(results.read_text(encoding="utf-8"))
    assert list(after) == ["desk", "people"]  # As the parts are listed, not as they were asked for.
    assert after["people"] == before["people"]
    assert "| the desk | ≤ 2 | 1.70 | ✓ |" in after["desk"]
    assert "1.50" not in after["desk"]
    assert results.read_text(encoding="utf-8").count("# What") == 1


def test_a_figure_that_falls_short_says_why(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, {"people": ([PEOPLE], "")})

    run.measure_all(given("people"))

    assert "| one person | ≤ 2 | 3.00 | short |\n\n- one person: it reads all\n" in results.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("found", "told"), [([], "It was not measured: it failed."), ([PEOPLE], "The rest was not measured: it failed.")]
)
def test_a_part_that_fails_is_told_and_the_others_are_measured(
    results: Path, monkeypatch: pytest.MonkeyPatch, found: list[Figure], told: str
) -> None:
    finds(monkeypatch, {"people": (found, "it failed"), "desk": ([DESK], "")})

    with pytest.raises(SystemExit):
        run.measure_all(given("people", "desk"))

    parts = figures.parts_of(results.read_text(encoding="utf-8"))
    assert told in parts["people"]
    assert "✓" in parts["desk"]
    assert "not measured" not in parts["desk"]


def test_nothing_is_written_unless_asked(results: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    finds(monkeypatch, {"desk": ([DESK], "")})

    run.measure_all(given("desk", write=False))

    assert not results.exists()


def test_a_part_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(run.PARTS, "desk", 0)

    assert run.apart("desk", given("desk")) == ([], "given up after 0 s")


def test_a_part_that_ends_badly_has_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")

    assert run.apart("desk", given("desk")) == ([], "it failed")


def test_what_is_published_is_what_a_run_writes() -> None:
    page = figures.RESULTS.read_text(encoding="utf-8")

    assert figures.page(figures.parts_of(page).values()) == page
    assert set(figures.parts_of(page)) <= set(run.PARTS)
