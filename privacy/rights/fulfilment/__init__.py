"""Carrying rights out: copies, transfers, corrections and erasures, each worked out from the declarations alone."""
