"""What browsers report of a broken content policy: counted by day, without addresses, query strings or tokens."""
