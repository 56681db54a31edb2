"""Stored and nothing else: what must not be used for now (GDPR Art. 18, P5.4)."""
