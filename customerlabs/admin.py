"""Gathers the admin of the frame's rooms, since Django looks here."""

from customerlabs.security.reports import admin as reports_admin
from customerlabs.staff import admin as staff_admin

__all__ = ["reports_admin", "staff_admin"]
