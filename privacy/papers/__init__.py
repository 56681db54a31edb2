"""Copies of identity documents: checked where no harm is done, kept sealed, gone once identity is decided (P6.3)."""
