"""Rows are a second apart, and so a moment says exactly how many of them are due."""

from datetime import UTC, datetime, timedelta

BASE = datetime(2020, 1, 1, tzinfo=UTC)
PERIOD = timedelta(days=30)


def due(rows: int) -> datetime:
    """The moment when the first so many rows are due, and no other."""
    return BASE + PERIOD + timedelta(seconds=rows - 1)
