"""Nothing is kept past its time: the engine that empties expired rows, and the record of its runs."""
