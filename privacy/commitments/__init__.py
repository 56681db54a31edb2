"""The policy's promises, checked on the live data every day: what is promised, how it is checked, what was found."""
