"""The web entry point: `gunicorn customerlabs.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "customerlabs.settings")

application = get_wsgi_application()

from customerlabs.database.base import answer_visitors_in_time  # noqa: E402  (the apps must be loaded first)
from customerlabs.startup import run_checks_or_exit  # noqa: E402
from privacy.broker import poke_beside_the_page  # noqa: E402

answer_visitors_in_time()
poke_beside_the_page()
run_checks_or_exit()
