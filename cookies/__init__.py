"""Choices about trackers: what may be left in a browser, who agreed to it, and the door nothing else passes."""
