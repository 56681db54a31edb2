"""An app somebody forgot to declare: the site must not start with it."""
