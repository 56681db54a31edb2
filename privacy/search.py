"""Searching people in the admin without writing their names in addresses, histories and logs (P7.1).

What staff look for is posted, and comes back in the page's address sealed: encrypted under a key of the site, so that
pages, filters and the back button work, and an address says nothing.
"""

import base64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.crypto import salted_hmac

from privacy.audit.acting import RecordedAdmin

LIFE = 8 * 60 * 60
"""Seconds a sealed search can be opened: a working day, as a session."""
LONGEST = 200
"""Characters of a search that count."""


def seal(words: str) -> str:
    return _fernet().encrypt(words.encode()).decode() if words else ""


def unseal(sealed: str) -> str:
    """Raises InvalidToken for what was not sealed here, or too long ago."""
    return _fernet().decrypt(sealed.encode(), ttl=LIFE).decode() if sealed else ""


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(salted_hmac("privacy.search", "", algorithm="sha256").digest()))


class PrivateChangeList(ChangeList):
    @property
    def words(self) -> str:
        """What is searched, to show in the box."""
        return unseal(self.query)


class PrivateSearchAdmin(RecordedAdmin[Any]):
    """A list whose search box posts."""

    change_list_template = "privacy/admin/change_list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PrivateChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "POST" and "_search" in request.POST:
            return self._list(request, seal(self.typed(request)))
        try:
            unseal(request.GET.get(SEARCH_VAR, ""))
        except InvalidToken:
            return self._list(request, "")
        return super().changelist_view(request, extra_context)

    def typed(self, request: HttpRequest) -> str:
        """What staff look for, to be sealed."""
        return request.POST.get(SEARCH_VAR, "").replace("\x00", "").strip()[:LONGEST]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        try:
            words = unseal(search_term)
        except InvalidToken:  # Django's autocompletion sends what is typed, in an address: it finds nothing.
            return queryset.none(), False
        return self.find(request, queryset, words)

    def find(self, request: HttpRequest, queryset: QuerySet[Any], words: str) -> tuple[QuerySet[Any], bool]:
        """The rows these words find, and whether some may come twice. A large table has a better way than Django's."""
        return super().get_search_results(request, queryset, words)

    def _list(self, request: HttpRequest, sealed: str) -> HttpResponse:
        query = request.GET.copy()
        query.pop(SEARCH_VAR, None)
        query.pop("p", None)
        if sealed:
            query[SEARCH_VAR] = sealed
        return HttpResponseRedirect(f"{request.path}?{query.urlencode()}" if query else request.path)
