"""Counting a few of many: any number of questions in one statement, no part of which reads a million rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from privacy.templatetags.privacy import grouped

MOST = 1000
"""Counting stops there: what matters is whether there are few or many."""


@dataclass(frozen=True)
class Count:
    """How many there are, up to `most`; above it, one more stands for all others."""

    number: int
    most: int = MOST

    @property
    def text(self) -> str:
        number = grouped(min(self.number, self.most))
        return _("more than %(number)s") % {"number": number} if self.number > self.most else number


def count_capped(asked: Mapping[str, QuerySet[Any]], most: int = MOST) -> dict[str, Count]:
    """How many rows each of these finds, by its name. One query, or none for nothing.

    Each is cut off after one row more than `most`, or where it is sliced already. Order them so that an index is
    walked, where a condition alone would have PostgreSQL read the table until it has enough.
    """
    parts, values = [], []
    for name, rows in asked.items():
        keys = rows.values("pk")
        if not rows.query.is_sliced:
            keys = (keys if rows.query.order_by else keys.order_by())[: most + 1]
        try:
            sql, given = keys.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT %s, count(*) FROM ({sql}) AS found")  # noqa: S608  (what Django wrote itself)
        values += [name, *given]
    found: dict[str, int] = {}
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            found = dict(cursor.fetchall())
    return {name: Count(found.get(name, 0), most) for name in asked}
