"""Whether a request, or an address to go back to, is this site's own."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_from_this_site(request: HttpRequest) -> bool:
    """Whether the browser says that one of our own pages made this request.

    Browsers send Sec-Fetch-Site over https and to loopback addresses, and Origin with every POST; a page can forge
    neither. With none of the two it is no browser of these years, and the answer is no.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site == "same-origin"
    published = urlsplit(settings.SITE_URL)
    ours = {f"{published.scheme}://{published.netloc}", f"{request.scheme}://{request.get_host()}"}
    return request.headers.get("Origin") in ours


def own_address(asked_for: str, *, otherwise: str) -> str:
    """The address when it is a path of this site: nobody is sent elsewhere by a form of ours."""
    is_ours = asked_for.startswith("/") and url_has_allowed_host_and_scheme(asked_for, allowed_hosts=None)
    return asked_for if is_ours else otherwise
