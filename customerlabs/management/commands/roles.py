from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand
from django.utils.text import capfirst
from django.utils.translation import override

from customerlabs.staff.roles import TABLES, Page, Role, Table

INTRODUCTION = """# Who may do what

Printed by `manage.py roles` from `customerlabs/staff/roles.py`, which also makes the groups; a test asks for every page
and action as every role. Each role may do what those before it may:

| role | who |
|---|---|
| colleague | has an account and no group: their own password, and nothing of anybody |
| staff | the group “Staff”: answers messages |
| DPO | the group “DPO”: the data protection officer, for everything about personal data |
| administrator | a superuser: looks after accounts as well |

A visitor, a closed account and an account without access to the admin are led to the sign-in. A dash is for nobody,
administrators included: what is evidence can't be rewritten.

| | read | add | change | delete | besides |
|---|---|---|---|---|---|
"""
NAMES = {
    Role.COLLEAGUE: "colleague",
    Role.STAFF: "staff",
    Role.DPO: "DPO",
    Role.ADMINISTRATOR: "administrator",
    Role.NOBODY: "–",
}


class Command(BaseCommand):
    help = "Prints who may do what in the admin, as docs/roles.md has it."

    def handle(self, *args: Any, **options: Any) -> None:
        with override("en"):
            lines = sorted(f"| {_named(label)} | {_may(table)}|" for label, table in TABLES.items())
        self.stdout.write(INTRODUCTION + "\n".join(lines))


def _named(label: str) -> str:
    return capfirst(str(apps.get_model(label)._meta.verbose_name_plural))


def _may(table: Table) -> str:
    acts = " | ".join(NAMES[who] for who in (table.see, table.add, table.change, table.delete))
    pages: dict[str, Page | Role] = {**table.pages, **table.actions}
    besides = (f"{_said(name)}: {NAMES[who.who if isinstance(who, Page) else who]}" for name, who in pages.items())
    return f"{acts} | {', '.join(besides)} ".replace("|  ", "| ")


def _said(name: str) -> str:
    """An action's name, or the end of a page's."""
    words = name.replace("-", "_").split("_")
    return " ".join(words[2:] if words[0] in {"privacy", "contact", "auth"} else words)
