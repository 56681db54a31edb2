"""The requester's own page: where their request stands, and what they can do about it."""
