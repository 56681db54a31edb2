"""The officer's work on rights requests, in the admin: the queue, the clock, the decision, the printed file."""
