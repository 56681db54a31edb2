"""`manage.py check --deploy`: the key that opens every backup does not lie beside them."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register

from privacy.continuity.age import recovery_key_file

HINT = "Copy it to a safe place that is not this machine, then delete it here: docs/operating.md says why."


@register(Tags.security, deploy=True)
def recovery_key_is_elsewhere(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Whoever breaks in here could read every backup, and whoever loses this machine could read none."""
    if not recovery_key_file().exists():
        return []
    return [
        Warning(f"{recovery_key_file()} opens every backup, and lies on this machine.", hint=HINT, id="privacy.W001")
    ]
