"""django-cookie-consent 1.0.0, as its documentation says."""
