"""People who asked for news of the company: a record of their own, that outlives their request (P3.2)."""
