"""Gathers the admin of privacy's rooms, since Django looks here."""

from privacy.audit import admin as audit_admin
from privacy.breaches import admin as breaches_admin
from privacy.commitments import admin as commitments_admin
from privacy.consents import admin as consents_admin
from privacy.continuity import admin as continuity_admin
from privacy.directives import admin as directives_admin
from privacy.holds import admin as holds_admin
from privacy.letters import admin as letters_admin
from privacy.papers import admin as papers_admin
from privacy.policy import admin as policy_admin
from privacy.restrictions import admin as restrictions_admin
from privacy.retention import admin as retention_admin
from privacy.rights.desk import admin as rights_admin
from privacy.rights.fulfilment import admin as fulfilment_admin

__all__ = [
    "audit_admin",
    "breaches_admin",
    "commitments_admin",
    "consents_admin",
    "continuity_admin",
    "directives_admin",
    "fulfilment_admin",
    "holds_admin",
    "letters_admin",
    "papers_admin",
    "policy_admin",
    "restrictions_admin",
    "retention_admin",
    "rights_admin",
]
