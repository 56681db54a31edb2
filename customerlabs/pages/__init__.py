"""Pages that belong to no app: the home page, and what every page shows."""
