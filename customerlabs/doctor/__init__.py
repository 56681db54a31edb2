"""`manage.py doctor`: everything the site stands on, looked at once, each with what to do. Nothing about anybody."""
