"""Measured, never asserted: `make bench` prints ratios, all from one run on one database."""
