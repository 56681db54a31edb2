"""Who of the staff did what to which record, when and what for. Never with the data itself (P5.1, P7.2)."""
