"""How a page whose address holds a token is served."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.debug import sensitive_variables

Response = TypeVar("Response", bound=HttpResponseBase)


def token_page(view: Callable[..., Response]) -> Callable[..., Response]:
    """Never indexed, and its address never sent on in a referrer.

    The site's name is: with no referrer at all, browsers post "Origin: null", and the CSRF check refuses the page's own
    button.
    """

    @wraps(view)
    @sensitive_variables("token")
    def served(request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        response["X-Robots-Tag"] = "noindex"
        return response

    return served
