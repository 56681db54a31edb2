"""Links that act. Two kinds: single-use ones, stored hashed, and signed ones that live as long as a consent.

A link is minted when its letter is delivered, never before, so that the queue holds none. GET shows, POST acts.
"""
