"""How large a request may be: told to the web server, which knows no Django, and to the addresses that take files."""

UPLOAD = 32 * 1024 * 1024
"""Bytes: two sides of a document, of 8 MB each, and room for what else is said."""
