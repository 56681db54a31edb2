"""One command runs everything: the embedded servers, the web, the worker and beat, under one supervisor."""
