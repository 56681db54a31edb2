"""What a visitor's browser posts."""

import uuid
from typing import Any

MESSAGE = "Bonjour, où en est ma commande ? Merci d’avance."


def post(**changes: Any) -> dict[str, Any]:
    """A form that is right in every field, with `changes`; None leaves a field out."""
    fields = {
        "submission": str(uuid.uuid4()),
        "first_name": "Zoé",
        "last_name": "Lefèvre",
        "email": "zoe.lefevre@example.com",
        "phone": "01 23 45 67 89",
        "message": MESSAGE,
        "consent": "on",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}
