"""Gathers the models of the frame's rooms, since Django looks here."""

from customerlabs.health.models import Heartbeat
from customerlabs.security.reports.models import PolicyReport
from customerlabs.staff.forgotten import ForgottenPassword
from customerlabs.staff.models import StaffMember
from customerlabs.staff.sign_ins import SignIn

__all__ = ["ForgottenPassword", "Heartbeat", "PolicyReport", "SignIn", "StaffMember"]
