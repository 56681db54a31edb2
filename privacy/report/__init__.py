"""The yearly report on rights and commitments, for management and the authority. It names nobody."""
