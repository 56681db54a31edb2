"""How often pages are read, by day, for those who agreed: off unless settings.AUDIENCE is on."""
