"""The first page of the admin: what each room has to say to whoever opens it."""
