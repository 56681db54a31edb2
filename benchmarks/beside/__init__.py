"""The other sides: each runs in an environment of its own, with that Python, from the project's folder."""
