"""A record of every table, and so an address for every page of the admin."""

import re

from django.apps import apps
from django.utils import timezone

from contact.models import ContactRequest
from customerlabs.models import StaffMember
from customerlabs.staff.roles import TABLES
from privacy.audit.models import AuditEntry
from privacy.audit.services import record_all
from privacy.commitments.checking import check_commitments
from privacy.commitments.frame import all_commitments
from privacy.directives.models import Directive
from privacy.holds.models import Hold
from privacy.restrictions.models import Restriction
from privacy.rights.kinds import Right
from tests.papers.people import with_papers
from tests.privacy.planting import Canary, tables_of_somebody
from tests.rights.people import proved
from tests.security.addresses import addresses

OF_A_REQUEST = {
    "admin:privacy_heirsmeasure_prepare": Right.HEIRS,
    "admin:privacy_restriction_prepare": Right.RESTRICTION,
    "admin:privacy_rightsrequest_decide": Right.ACCESS,
    "admin:rights-corrections": Right.RECTIFICATION,
    "admin:rights-redactions": Right.ACCESS,
}
"""Pages that only an open request of this right has."""


def plant_a_record_of_each() -> dict[str, str]:
    """The address of each page by its name, with the latest record of its table. No broker may be asked meanwhile."""
    canary = Canary.new()
    for table in tables_of_somebody():
        if table.model not in {StaffMember, AuditEntry}:
            canary.plant(table)
    # What is planted is over and done with in each of its dates: these stand, and so can be changed.
    still = {"ground": "17(3)(e)", "reason": "Case 12.", "review_on": timezone.localdate()}
    Hold.objects.create(**still)
    Restriction.objects.create(**{**still, "ground": "18(1)(a)"}, placed_at=timezone.now())
    Directive.objects.update(ended_at=None)
    record_all(AuditEntry.Action.READ, ContactRequest, [1], by=1)
    check_commitments(list(all_commitments())[:1])
    keys = {}
    for label in TABLES:
        model = apps.get_model(label)
        found = model._base_manager.order_by("-pk").first() or canary.plant_or_find(model)
        keys[label] = str(found.pk)
    of_requests = {name: str(proved(right, email=canary.address).pk) for name, right in OF_A_REQUEST.items()}
    of_requests["admin:privacy_paper_of"] = str(with_papers(email=canary.address).pk)
    return {name: _filled(route, name, keys, of_requests) for name, route in addresses("en")}


def _filled(route: str, name: str, keys: dict[str, str], of_requests: dict[str, str]) -> str:
    label = next((label for label in keys if f"/{label.replace('.', '/')}/" in route), "")
    about = of_requests.get(name) or keys.get(label, "1")
    for written in ("<path:object_id>", "<int:pk>", "<int:number>", "<id>"):
        route = route.replace(written, about)
    route = re.sub(r"\(\?P<app_label>.*", "contact/", route)
    return (
        route.replace("<int:year>", str(timezone.localdate().year))
        .replace("<str:kind>", "json")
        .replace("<path:content_type_id>", "1")
    )
