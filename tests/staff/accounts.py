"""Members with a password and, if wanted, an app that shows codes; and going through the sign-in without a browser."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from customerlabs.models import StaffMember
from tests.desk.desk import member

PASSWORD = "cheval correct agrafe pile"
DESK = "/admin/"


def english(address: str = "127.0.0.1") -> Client:
    """A browser of somebody who reads English, at this address."""
    return Client(headers={"accept-language": "en"}, REMOTE_ADDR=address)


def colleague(group: str = "Staff", email: str = "ana@example.com", **fields: Any) -> StaffMember:
    made = member(group, email=email, **fields)
    made.set_password(PASSWORD)
    made.save()
    return made


def with_app(who: StaffMember) -> str:
    """Give them an app that shows codes, and recovery codes; returns the secret."""
    secret = generate_totp_secret()
    TOTP.activate(who, secret)
    RecoveryCodes.activate(who)
    return str(secret)


def with_passkey(who: StaffMember) -> Authenticator:
    """Give them one called “Phone”, as a browser would have registered it; nobody holds its key."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]
    held = AttestedCredentialData.create(b"a" * 16, b"a passkey of a test", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    made = AttestationObject.create("none", AuthenticatorData.create(b"r" * 32, flags, 0, held), {})
    client = CollectedClientData.create("webauthn.create", b"asked", "http://localhost")
    response = {"clientDataJSON": websafe_encode(client), "attestationObject": websafe_encode(made)}
    credential = {"rawId": websafe_encode(held.credential_id), "response": response, "type": "public-key"}
    return Authenticator.objects.create(user=who, type="webauthn", data={"name": "Phone", "credential": credential})


def recovery_codes(who: StaffMember) -> list[str]:
    codes: list[str] = Authenticator.objects.get(user=who, type="recovery_codes").wrap().get_unused_codes()
    return codes


def give_password(client: Client, email: str = "ana@example.com", password: str = PASSWORD, **more: Any) -> Any:
    page = f"{reverse('account_login')}?next={DESK}"
    return client.post(page, {"login": email, "password": password, "next": DESK}, **more)


def give_code(client: Client, code: str, **more: Any) -> Any:
    return client.post(reverse("mfa_authenticate"), {"code": code}, **more)
