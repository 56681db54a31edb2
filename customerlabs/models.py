"""Gathers the models of the frame's rooms, since Django looks here."""

from customerlabs.health.models import Heartbeat
from customerlabs.security.reports.models import PolicyReport
from customerlabs.staff.models import StaffMember

__all__ = ["Heartbeat", "PolicyReport", "StaffMember"]
