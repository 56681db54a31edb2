"""The one way backups and restores say no."""


class Refused(Exception):
    """A backup or a restore can't go on. The message is for an operator on a bad day: what is wrong, what to do."""
