"""django-gdpr-assist 1.4.2 in an environment of its own, made on the first run: it needs a Django that is too old here.

Run by that environment's Python, this file is the other side: it anonymises as many of the same rows.
Arguments then: socket folder, user, first and last row (by number, from 0). The password comes in PGPASSWORD.
"""

import json
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent / ".bench" / "gdpr-assist"
WANTED = ("django-gdpr-assist==1.4.2", "Django==3.2.25", "psycopg2-binary==2.9.13", "pytz")
PERSONAL = ("first_name", "last_name", "email", "phone", "message", "wants_news", "subject_key", "submission")


def environment() -> Path:
    """Its Python; made with pip when it is not there, or was left half-made."""
    python, done = HERE / "bin" / "python", HERE / "made"
    if not done.exists():
        venv.create(HERE, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *WANTED], check=True)  # noqa: S603  (ours)
        done.touch()
    return python


def rows_a_second(sockets: Path, user: str, password: str, first: int, last: int) -> float:
    command = [str(environment()), __file__, str(sockets), user, str(first), str(last)]
    answer = subprocess.run(  # noqa: S603  (ours)
        command, check=True, stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"], "PGPASSWORD": password}
    )
    found = json.loads(answer.stdout.splitlines()[-1])
    return float(found["rows"] / found["seconds"])


def other_side(sockets: str, user: str, first: str, last: str) -> None:
    import django
    from django.conf import settings

    database = {"ENGINE": "django.db.backends.postgresql", "HOST": sockets, "NAME": "customerlabs", "USER": user}
    database["PASSWORD"] = os.environ["PGPASSWORD"]
    settings.configure(
        DATABASES={"default": database},  # Its log in the same one: that saves it a second commit.
        INSTALLED_APPS=["django.contrib.contenttypes", "gdpr_assist"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
    )
    django.setup()
    from django.db import connection, models
    from gdpr_assist.models import EventLog, PrivacyAnonymised

    class ContactRequest(models.Model):  # noqa: DJ008  (nobody reads one)
        first_name = models.CharField(max_length=100, blank=True)
        last_name = models.CharField(max_length=100, blank=True)
        email = models.EmailField(max_length=254, blank=True)
        phone = models.CharField(max_length=128, blank=True)
        message = models.TextField(blank=True)
        wants_news = models.BooleanField(default=False)
        subject_key = models.CharField(max_length=100, blank=True)
        submission = models.UUIDField(null=True, unique=True)
        closed_at = models.DateTimeField(null=True)

        class Meta:
            app_label = "gdpr_assist"
            db_table = "contact_contactrequest"
            managed = False

        class PrivacyMeta:
            fields = PERSONAL

    there = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (EventLog, PrivacyAnonymised):
            if model._meta.db_table not in there:
                editor.create_model(model)
    rows = ContactRequest.objects.order_by("id")[int(first) : int(last)]
    chosen = ContactRequest.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
    number = chosen.count()
    began = time.perf_counter()
    chosen.anonymise()
    seconds = time.perf_counter() - began
    sys.stdout.write(json.dumps({"rows": number, "seconds": seconds}) + "\n")


if __name__ == "__main__":
    other_side(*sys.argv[1:])
