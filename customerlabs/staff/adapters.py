"""Where allauth asks this site how it does things."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customerlabs.staff import attempts
from customerlabs.staff.factors import has_factor
from customerlabs.staff.resealing import FACTORS
from privacy.limits.clients import client_of
from privacy.same_origin import own_address
from privacy.sealing import CannotUnseal, seal, unseal


class Accounts(DefaultAccountAdapter):
    """Closed to sign-up, counted by our own limits, without messages that repeat what the page shows."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The address or the password is not right."),
        "enter_current_password": _("This is not your password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right, or was used already."),
    }

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_of(request)

    def is_safe_url(self, url: str) -> bool:
        """Paths of this site alone: ALLOWED_HOSTS has the machine's own names too, where others may listen."""
        return own_address(url, otherwise="") == url != ""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page says it."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        account = str(credentials.get("email", ""))
        attempts.refuse_too_many(request, account)
        user = super().authenticate(request, **credentials)
        if user is None:
            attempts.note_failure(request, account)
        return user

    def login(self, request: HttpRequest, user: Any) -> None:
        """Who has just signed in has just shown who they are: nothing asks for it again at once."""
        super().login(request, user)
        records = get_authentication_records(request, user)
        if records:
            record_authentication(request, user, records[-1]["method"], reauthenticated=True)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Whoever has a factor shows a factor: a password alone is what a thief of passwords has."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if user.is_authenticated and has_factor(user):
            return [method for method in methods if method["id"].startswith("mfa")]
        return methods

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("mfa_index")


class Factors(DefaultMFAAdapter):
    """Secrets are sealed under settings.FILE_KEYS, in a context of their own (P7.1)."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": Accounts.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), FACTORS).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Raises ValidationError when no key opens it any more: `manage.py create_dpo --recover` helps."""
        try:
            return unseal(encrypted_text.encode(), FACTORS).decode()
        except CannotUnseal:
            raise self.validation_error("incorrect_code") from None

    def build_totp_svg(self, url: str) -> str:
        """As a part of the page: the content policy lets no picture in that is written into an address."""
        import qrcode  # Here, since it loads a library of pictures and one of XML that few processes need.
        from qrcode.image.svg import SvgPathImage

        drawn = qrcode.make(url, image_factory=SvgPathImage, border=2).to_string(encoding="unicode")
        return str(drawn)
