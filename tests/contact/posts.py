"""What a visitor's browser posts."""

from datetime import timedelta
from typing import Any

import time_machine
from django.utils import timezone

from privacy.submission import new_number

MESSAGE = "Bonjour, où en est ma commande ? Merci d’avance."


def number(age: timedelta = timedelta(minutes=1)) -> str:
    """The number of a form that was shown so long ago."""
    with time_machine.travel(timezone.now() - age):
        return new_number()


def post(**changes: Any) -> dict[str, Any]:
    """A form that is right in every field, with `changes`; None leaves a field out."""
    fields = {
        "number": changes.pop("number", None) or number(),
        "kind": "contact",
        "first_name": "Zoé",
        "last_name": "Lefèvre",
        "email": "zoe.lefevre@example.com",
        "phone": "01 23 45 67 89",
        "message": MESSAGE,
        "consent": "on",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}
