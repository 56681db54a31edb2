"""Data-subject rights (P5.1–P5.8, P6.1–P6.3): asked for, proved, decided, carried out, and what is kept of it."""
