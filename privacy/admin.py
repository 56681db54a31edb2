"""Gathers the admin of privacy's rooms, since Django looks here."""

from privacy.consents import admin as consents_admin
from privacy.letters import admin as letters_admin
from privacy.retention import admin as retention_admin

__all__ = ["consents_admin", "letters_admin", "retention_admin"]
