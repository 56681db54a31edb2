"""Lists of the admin that never count a million rows: they know whether there is a next page, and not how many."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from privacy.search import PrivateChangeList

DEEPEST = 1000
"""Pages. Whoever wants to go further back searches."""


class UncountedPaginator(Paginator[Any]):
    """It reads one row more than it shows."""

    def __init__(self, rows: Any, per_page: int, page: int) -> None:
        super().__init__(rows, per_page)
        start = (page - 1) * per_page
        read = list(rows[start : start + per_page + 1])
        self.shown = read[:per_page]
        self.has_more = len(read) > per_page

    @property
    def count(self) -> int:
        return len(self.shown)


class UncountedChangeList(PrivateChangeList):
    """A page of a list, in a number of queries that its length does not change."""

    def get_results(self, request: HttpRequest) -> None:
        page = min(max(self.page_num, 1), DEEPEST)
        self.paginator = UncountedPaginator(self.queryset, self.list_per_page, page)
        self.page_num = page
        self.result_list = self.paginator.shown
        self.result_count = len(self.paginator.shown)
        self.full_result_count = None
        self.show_full_result_count = False
        self.show_admin_actions = bool(self.result_count)
        self.can_show_all = self.multi_page = False

    @property
    def newer(self) -> str:
        """The address of the page before this one, if any."""
        return self.get_query_string({"p": self.page_num - 1}) if self.page_num > 1 else ""

    @property
    def older(self) -> str:
        more = self.paginator.has_more and self.page_num < DEEPEST
        return self.get_query_string({"p": self.page_num + 1}) if more else ""
