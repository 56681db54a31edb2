"""Gathers the admin of contact's rooms, since Django looks here."""

from contact.desk import admin as desk_admin
from contact.mailings import admin as mailings_admin
from contact.prospects import admin as prospects_admin

__all__ = ["desk_admin", "mailings_admin", "prospects_admin"]
