"""Gathers the admin of the frame's rooms, since Django looks here."""

from customerlabs.staff import admin as staff_admin

__all__ = ["staff_admin"]
