"""A believable data set, so that a new user sees a living desk. Loaded by `make demo` alone, and nowhere else."""
