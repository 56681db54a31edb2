"""Who objected, remembered by a keyed hash (GDPR Art. 21, P5.5)."""
