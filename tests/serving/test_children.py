"""How a child is started again, and where its log goes."""

from pathlib import Path

import pytest

from customerlabs.serving.children import next_delay, put_large_log_aside


def test_the_delay_doubles_up_to_a_minute() -> None:
    delays = [0.0]
    for _ in range(8):
        delays.append(next_delay(delays[-1], lived=0.5))

    assert delays[1:] == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.parametrize(("lived", "expected"), [(59.9, 60), (60, 1), (3600, 1)])
def test_a_child_that_lived_a_minute_starts_again_at_once(lived: float, expected: float) -> None:
    assert next_delay(60, lived) == expected


def test_a_large_log_is_put_aside_and_three_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    for number in range(6):
        log.write_text(f"{number}" * 20, encoding="ascii")
        put_large_log_aside(log, large=10)

    assert not log.exists()
    kept = {file.name: file.read_text(encoding="ascii")[0] for file in tmp_path.iterdir()}
    assert kept == {"web.log.1": "5", "web.log.2": "4", "web.log.3": "3"}


def test_a_log_at_the_limit_stays(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("0" * 10, encoding="ascii")

    put_large_log_aside(log, large=10)

    assert log.exists()
