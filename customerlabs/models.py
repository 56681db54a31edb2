"""Gathers the models of the frame's rooms, since Django looks here."""

from customerlabs.staff.models import StaffMember

__all__ = ["StaffMember"]
