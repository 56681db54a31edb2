"""Every address of the site, by the name of its page: who it is for, with which methods, what a cache may keep of it,
how large a body it takes, and which limits count what is sent to it.

enforcing.py holds requests to it. A test fails on an address that is missing here, and on one that does not exist.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from django.http import HttpRequest

from customerlabs.serving.bodies import UPLOAD
from customerlabs.staff.roles import POST, READ, READ_AND_POST, admin_pages

KIB, MIB = 1024, 1024 * 1024
NO_STORE = "no-store, private"
A_MINUTE, FIVE_MINUTES, AN_HOUR = (f"public, max-age={seconds}" for seconds in (60, 300, 3600))


class For(StrEnum):
    """Whom an address is for."""

    ANYBODY = "public"
    HOLDER = "token"
    """Whoever holds a link of ours, or the half hour that it opened."""
    COLLEAGUE = "signed in"
    STAFF = "staff"
    DPO = "DPO"
    ADMINISTRATOR = "administrator"
    NOBODY = "nobody"
    PROGRAM = "machine"


@dataclass(frozen=True)
class Route:
    """`cache`: the Cache-Control of its answers; `body`: bytes at most; `limits`: the names its posts count under."""

    who: For
    methods: tuple[str, ...] = READ
    cache: str = NO_STORE
    body: int = 2 * MIB
    limits: tuple[str, ...] = ()


PAGE = Route(For.ANYBODY, cache=A_MINUTE)
FORM = Route(For.ANYBODY, READ_AND_POST)
PRESSED = Route(For.ANYBODY, POST)
"""A button on any page: where it was made is asked of the browser, since a token would put a cookie on every page."""
TOKEN = Route(For.HOLDER, READ_AND_POST)
FILE = Route(For.PROGRAM, cache=AN_HOUR)
TOLD = Route(For.PROGRAM, POST)
"""What a browser sends by itself."""

OF_CONTACT = ("contact.client", "contact.site")
OF_WITHDRAWAL = ("withdrawal.client", "withdrawal.site")
OF_RIGHTS = ("rights.client", "rights.site")
OF_COOKIES = ("cookies.client", "cookies.site")
OF_VISITS = ("cookies.audience.client", "cookies.audience.site")
OF_SIGNING_IN = ("staff.account-here", "staff.here", "staff.account-strangers")
OF_CODES = (*OF_SIGNING_IN, "staff.codes")
OF_FORGOTTEN = ("staff.forgotten.client", "staff.forgotten.site")
OF_REPORTS = ("customerlabs.reports.client", "customerlabs.reports.site")


def alike(route: Route, names: str) -> dict[str, Route]:
    return dict.fromkeys(names.split(), route)


def of_the_admin() -> dict[str, Route]:
    """As roles.py says who may do what. Nothing of it is ever kept."""
    return {name: Route(For[page.who.name], page.methods) for name, page in admin_pages()}


ROUTES: Mapping[str, Route] = {
    # Pages that are the same for everybody, and what stands after a form
    **alike(PAGE, "home legal-notice policy policy-versions policy-version policy-comparison cookies:manage rights"),
    **alike(PAGE, "contact:thanks contact:held contact:news-confirmed withdrawal-asked rights-link-sent rights-closed"),
    **alike(PAGE, "objection-undone directive-changed directive-revoked"),
    "commitments": replace(PAGE, cache=FIVE_MINUTES),  # Its checks run once a day.
    # Forms
    "contact:form": replace(FORM, limits=OF_CONTACT),
    "withdraw": replace(FORM, limits=OF_WITHDRAWAL),
    **alike(replace(FORM, limits=OF_RIGHTS), "rights-marketing rights-directive rights-question rights-new-link"),
    **alike(
        replace(FORM, limits=OF_RIGHTS, body=UPLOAD),
        "rights-access rights-rectification rights-erasure rights-restriction rights-objection rights-portability"
        " rights-heirs",
    ),
    "cookies:choose": replace(PRESSED, limits=OF_COOKIES),
    "language": PRESSED,
    # Links of mails, and the page of a request that they open
    **alike(TOKEN, "contact:confirm contact:news-confirm choose-consents withdraw-consent change-directive"),
    **alike(TOKEN, "undo-objection rights-prove rights-enter rights-transfer"),
    **alike(replace(TOKEN, methods=READ), "rights-received rights-noted erasure-receipt"),
    "rights-request": replace(TOKEN, limits=OF_RIGHTS),
    "rights-papers": replace(TOKEN, methods=POST, limits=OF_RIGHTS, body=UPLOAD),
    **alike(replace(TOKEN, methods=POST), "rights-take-back rights-close rights-result erasure-receipt-json"),
    # What programs ask for, and what browsers tell
    **alike(FILE, "robots sitemap favicon security change-password portability-schema receipt-keys"),
    **alike(replace(FILE, cache=NO_STORE), "alive ready"),
    "commitments-json": replace(FILE, cache=FIVE_MINUTES),
    "audience": replace(TOLD, body=16 * KIB, limits=OF_VISITS),
    "policy-reports": replace(TOLD, limits=OF_REPORTS),  # Too long a report is answered as any other, and not read.
    # One's own account. In allauth's names: “mfa” is a second factor, “webauthn” a passkey
    "account_login": replace(FORM, limits=OF_SIGNING_IN),
    "account_reset_password": replace(FORM, limits=OF_FORGOTTEN),
    **alike(FORM, "mfa_login_webauthn account_logout"),
    **alike(Route(For.ANYBODY), "account_inactive account_reset_password_done account_reset_password_from_key_done"),
    "account_reset_password_from_key": TOKEN,
    "mfa_authenticate": replace(TOKEN, limits=OF_CODES),
    **alike(Route(For.COLLEAGUE), "mfa_index mfa_list_webauthn"),
    "end-sign-ins": Route(For.COLLEAGUE, POST),
    **alike(
        Route(For.COLLEAGUE, READ_AND_POST, limits=OF_SIGNING_IN),
        "account_reauthenticate account_change_password",
    ),
    **alike(
        Route(For.COLLEAGUE, READ_AND_POST, limits=OF_CODES),
        "mfa_reauthenticate mfa_reauthenticate_webauthn mfa_activate_totp",
    ),
    **alike(
        Route(For.COLLEAGUE, READ_AND_POST),
        "account_set_password mfa_deactivate_totp mfa_generate_recovery_codes mfa_add_webauthn mfa_edit_webauthn"
        " mfa_remove_webauthn",
    ),
    "mfa_view_recovery_codes": Route(For.COLLEAGUE),
    # The admin
    "admin:login": FORM,
    **of_the_admin(),
    "admin:django.views.generic.base.RedirectView": Route(For.COLLEAGUE),
    "admin:django.contrib.admin.sites.catch_all_view": Route(For.COLLEAGUE),
}
ELSEWHERE = Route(For.NOBODY, READ_AND_POST)
"""What stands in no table, as in a test that has addresses of its own: nothing is kept of it."""


def route_of(request: HttpRequest) -> Route:
    """To be asked once the address is resolved."""
    match = request.resolver_match
    return ROUTES.get(match.view_name, ELSEWHERE) if match else ELSEWHERE
