"""Visitors write, staff answer."""
