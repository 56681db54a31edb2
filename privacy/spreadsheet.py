"""Lists that leave the site as CSV: piece by piece, readable by spreadsheets, and with nothing they would run."""

from collections.abc import Iterable

from defusedcsv import csv  # type: ignore[import-untyped]

BYTE_ORDER_MARK = "\ufeff"
"""Without it, spreadsheets read UTF-8 as something else and spoil every accent."""


class _Line:
    """What csv writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


_writer = csv.writer(_Line())


def title_line(titles: Iterable[object]) -> str:
    """The first line of a file."""
    return BYTE_ORDER_MARK + line(titles)


def line(cells: Iterable[object]) -> str:
    """One line, its end included; what a spreadsheet would run as a formula is defused."""
    return str(_writer.writerow(list(cells)))
