"""Anonymises as many rows of the benchmark's database as the engine does, and the consents that they stood on.

Set up as its documentation says: its log in a database of its own, its router, autocommit, QuerySet.anonymise(). Its
log is on, as it is by default. The consents go by one QuerySet.delete() for all of them. Our triggers let it pass.

Arguments: socket folder, user, first and last row (by number, from 0). The password comes in PGPASSWORD.
Prints rows and seconds.
"""

import json
import os
import sys
import time

import django
from django.conf import settings

LOG = "gdpr_log"
PASSES = "-c privacy.restricted_rows_may_change=yes -c privacy.rows_may_go=yes"

sockets, user, first, last = sys.argv[1:]
database = {
    "ENGINE": "django.db.backends.postgresql",
    "HOST": sockets,
    "NAME": "customerlabs",
    "USER": user,
    "PASSWORD": os.environ["PGPASSWORD"],
    "OPTIONS": {"options": PASSES},
}
settings.configure(
    DATABASES={"default": database, LOG: {**database, "NAME": LOG}},
    DATABASE_ROUTERS=["gdpr_assist.routers.EventLogRouter"],
    INSTALLED_APPS=["django.contrib.contenttypes", "gdpr_assist", "benchmarks.beside.gdpr_assist_site"],
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command  # noqa: E402  (Django comes first)
from django.db import connection  # noqa: E402

from benchmarks.beside.gdpr_assist_site.models import Consent, ContactRequest  # noqa: E402

with connection.cursor() as cursor:
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [LOG])
    if cursor.fetchone() is None:
        cursor.execute(f"CREATE DATABASE {LOG}")
for database in (LOG, "default"):
    call_command("migrate", "gdpr_assist", database=database, verbosity=0)

rows = ContactRequest.objects.order_by("id")[int(first) : int(last)]
chosen = ContactRequest.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
consents = list(chosen.values_list("consent", flat=True))
began = time.perf_counter()
chosen.anonymise()
Consent.objects.filter(pk__in=consents).delete()
seconds = time.perf_counter() - began
sys.stdout.write(json.dumps({"rows": len(consents), "seconds": seconds}) + "\n")
