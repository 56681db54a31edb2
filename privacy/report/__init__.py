"""The yearly report on rights, breaches and commitments, for management and the authority. It names nobody."""
