"""Where staff work: the inbox, the thread of a request, what waits and is said to wait."""
