"""django-gdpr-assist 1.4.2, as its documentation says."""
