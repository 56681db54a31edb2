"""News of the company, written by staff, to every prospect whose consent stands: at most once each (P3.2, P5.6)."""
