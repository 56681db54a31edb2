"""The number of a form: it makes a form sent twice one request, and says how old the form is."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from django.core import signing

TOO_QUICK = timedelta(seconds=3)
"""Nobody reads the form and writes ten characters faster."""
TOO_OLD = timedelta(days=1)

_signer = signing.TimestampSigner(salt="privacy.submission")


@dataclass(frozen=True)
class FormNumber:
    """`is_trusted` is False for a number we did not give, or gave seconds or more than a day ago."""

    key: UUID
    is_trusted: bool


def new_number() -> str:
    """A number for one form shown, signed with its time."""
    return _signer.sign(str(uuid4()))


def read_number(signed: str) -> FormNumber | None:
    """The number that came back with a form; None when it is not one of ours."""
    for at_most, is_trusted in ((TOO_QUICK, False), (TOO_OLD, True), (None, False)):
        try:
            return FormNumber(UUID(_signer.unsign(signed, max_age=at_most)), is_trusted)
        except signing.SignatureExpired:
            continue
        except (signing.BadSignature, ValueError):
            break
    return None
