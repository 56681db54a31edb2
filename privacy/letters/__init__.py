"""The mail queue: which letter, about which record. The text is written at delivery, from the live record."""
