"""Who may do what behind the sign-in: one table, from which come the permissions of the groups, the routes of the admin
and docs/roles.md. Each group has the least it needs (P7.1).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

READ = ("GET", "HEAD")
READ_AND_POST = (*READ, "POST")
POST = ("POST",)


class Role(IntEnum):
    """In order: each may do what those before it may. Nobody at all may do what is left to NOBODY."""

    COLLEAGUE = 0
    """Somebody with an account and no group: their own password, and nothing of anybody."""
    STAFF = 1
    DPO = 2
    ADMINISTRATOR = 3
    """A superuser of Django: looks after accounts."""
    NOBODY = 4


@dataclass(frozen=True)
class Page:
    """A page of the admin that Django knows nothing of: who may open it, with which methods."""

    who: Role
    methods: tuple[str, ...] = READ_AND_POST


@dataclass(frozen=True)
class Table:
    """What may be done with one table in the admin, on Django's pages and on its own ones, by their names.

    `grants`: permissions that its own pages and actions ask for, while Django's pages of that name stay closed. Whoever
    sees the table has them.
    """

    see: Role
    add: Role = Role.NOBODY
    change: Role = Role.NOBODY
    delete: Role = Role.NOBODY
    pages: Mapping[str, Page] = field(default_factory=dict)
    actions: Mapping[str, Role] = field(default_factory=dict)
    grants: tuple[str, ...] = ()

    def on_pages(self) -> Iterator[tuple[str, Page]]:
        """Django's five pages of a table, by the ends of their names."""
        yield "changelist", Page(self.see)
        yield "add", Page(self.add)
        yield "change", Page(self.see)
        yield "history", Page(max(self.see, Role.DPO), READ)  # It leads to the trail.
        yield "delete", Page(self.delete)


STAFF, DPO, ADMINISTRATOR = Role.STAFF, Role.DPO, Role.ADMINISTRATOR
EVIDENCE = Table(see=DPO)
"""Read by the officer, written by nobody."""

TABLES: dict[str, Table] = {
    "contact.contactrequest": Table(
        see=STAFF, change=STAFF, actions={"close_selected": STAFF, "mark_selected_unwanted": STAFF}
    ),
    "contact.answertemplate": Table(see=STAFF, add=DPO, change=DPO, delete=DPO, actions={"delete_selected": DPO}),
    "contact.mailing": Table(
        see=DPO,
        add=DPO,
        change=DPO,
        delete=DPO,
        pages={
            "contact_mailing_review": Page(DPO),
            "contact_mailing_test": Page(DPO, POST),
            "contact_mailing_send": Page(DPO, POST),
            "contact_mailing_stop": Page(DPO, POST),
        },
    ),
    "contact.prospect": Table(
        see=DPO,
        pages={"contact_prospect_export": Page(DPO)},
        actions={"unsubscribe_on_request": DPO},
        grants=("delete_prospect",),
    ),
    "contact.exportrecord": Table(see=DPO, grants=("add_exportrecord",)),
    "cookies.audiencecount": EVIDENCE,
    "cookies.catalogueversion": EVIDENCE,
    "cookies.choiceevent": EVIDENCE,
    "cookies.refusalcount": EVIDENCE,
    "cookies.stoppedcookie": EVIDENCE,
    "privacy.auditentry": EVIDENCE,
    "privacy.backup": EVIDENCE,
    "privacy.breach": Table(see=DPO, add=DPO, change=DPO, pages={"privacy_breach_print": Page(DPO, READ)}),
    "privacy.commitmentcheck": EVIDENCE,
    "privacy.consent": Table(
        see=DPO,
        pages={"privacy_consent_file": Page(DPO, READ)},
        actions={"take_json": DPO, "take_csv": DPO},
    ),
    "privacy.directive": Table(see=DPO, pages={"privacy_directive_carry_out": Page(DPO)}, grants=("change_directive",)),
    "privacy.drill": EVIDENCE,
    "privacy.heirsmeasure": Table(
        see=DPO, pages={"privacy_heirsmeasure_prepare": Page(DPO)}, grants=("add_heirsmeasure",)
    ),
    "privacy.hold": Table(see=DPO, add=DPO, change=DPO),
    "privacy.letter": Table(see=DPO, actions={"try_again": DPO}, grants=("change_letter",)),
    "privacy.paper": Table(
        see=DPO,
        pages={"privacy_paper_of": Page(DPO), "privacy_paper_show": Page(DPO, READ)},
        grants=("change_paper",),
    ),
    "privacy.policyversion": Table(
        see=DPO,
        add=DPO,
        pages={name: Page(DPO, READ) for name in ("record", "record-json", "record-csv")},
    ),
    "privacy.recipientnotice": Table(
        see=DPO, change=DPO, pages={"rights-redactions": Page(DPO), "rights-corrections": Page(DPO)}
    ),
    "privacy.replytemplate": Table(see=DPO, add=DPO, change=DPO, delete=DPO, actions={"delete_selected": DPO}),
    "privacy.restriction": Table(
        see=DPO, add=DPO, change=DPO, pages={"privacy_restriction_prepare": Page(DPO)}, grants=("add_restrictionuse",)
    ),
    "privacy.retentionrun": Table(
        see=DPO,
        pages={"privacy_retentionrun_rules": Page(DPO, READ), "privacy_retentionrun_ask": Page(DPO, POST)},
        grants=("change_retentionrun",),
    ),
    "privacy.rightsrequest": Table(
        see=DPO,
        add=DPO,
        change=DPO,
        pages={
            "privacy_rightsrequest_decide": Page(DPO),
            "privacy_rightsrequest_print": Page(DPO, READ),
            **{name: Page(DPO, READ) for name in ("report", "report-of", "report-csv")},
        },
    ),
    "privacy.watchedcommitment": Table(
        see=DPO, pages={"privacy_watchedcommitment_check": Page(DPO, POST)}, grants=("change_watchedcommitment",)
    ),
    "customerlabs.policyreport": Table(see=ADMINISTRATOR),
    "customerlabs.staffmember": Table(
        see=DPO,
        add=ADMINISTRATOR,
        change=ADMINISTRATOR,
        delete=ADMINISTRATOR,
        pages={"auth_user_password_change": Page(ADMINISTRATOR)},
    ),
    "customerlabs.signin": Table(see=ADMINISTRATOR, actions={"end_selected": ADMINISTRATOR}, grants=("change_signin",)),
    "auth.group": Table(
        see=ADMINISTRATOR,
        add=ADMINISTRATOR,
        change=ADMINISTRATOR,
        delete=ADMINISTRATOR,
    ),
}


PAGES: dict[str, Page] = {
    "index": Page(Role.COLLEAGUE, READ),
    "logout": Page(Role.COLLEAGUE, POST),
    "password_change": Page(Role.COLLEAGUE),
    "password_change_done": Page(Role.COLLEAGUE, READ),
    "jsi18n": Page(Role.COLLEAGUE, READ),
    "app_list": Page(Role.STAFF, READ),
    "autocomplete": Page(Role.NOBODY, READ),
    "view_on_site": Page(Role.NOBODY, READ),
}
"""Pages of no table. Nothing here is completed by itself, and no record has a page on the site."""


BESIDE = ("record", "report")
"""Pages that stand under the admin's address, and not in its name space."""


def permissions_of(role: Role) -> set[str]:
    """Those that a group of this role has, as “app.codename”. Administrators need none, being superusers."""
    given = set()
    for label, table in TABLES.items():
        app, model = label.split(".")
        acts = {"view": table.see, "add": table.add, "change": table.change, "delete": table.delete}
        given |= {f"{app}.{act}_{model}" for act, who in acts.items() if who <= role}
        given |= {f"{app}.{codename}" for codename in table.grants if table.see <= role}
    return given


def admin_pages() -> Iterator[tuple[str, Page]]:
    """Every page of the admin by its name, with who may open it."""
    yield from ((f"admin:{name}", page) for name, page in PAGES.items())
    for label, table in TABLES.items():
        for end, page in table.on_pages():
            yield f"admin:{label.replace('.', '_')}_{end}", page
        for name, page in table.pages.items():
            yield (name if name.startswith(BESIDE) else f"admin:{name}"), page
