"""The one way the parts that serve say no."""


class Refusal(Exception):
    """Serving cannot start or go on. The message is one clear sentence or two: what is wrong, and what to do."""
