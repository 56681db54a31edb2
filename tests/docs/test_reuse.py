"""docs/reuse.md says what it says: its table, as it stands there, is exported, corrected, erased and purged."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"^```python\n# (visits/\w+\.py)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETTINGS = """
import os
from customerlabs.settings import *
INSTALLED_APPS = [*INSTALLED_APPS, "visits"]
DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
"""
TRIED = """
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from privacy.erasure import erase_person
from privacy.record.entries import entries
from privacy.registry import registry
from privacy.retention.engine import enforce_retention
from privacy.retention.models import RetentionRun
from privacy.rights.fulfilment.contents import held_about
from visits.models import Visit
from visits.services import welcome

call_command("check", "--tag", "privacy")
call_command("makemigrations", "visits", verbosity=0)
with transaction.atomic():
    call_command("migrate", "visits", verbosity=0)
    ada, bob = welcome("Ada", "ada@example.com"), welcome("Bob", "bob@example.com")
    held = [row for table in held_about("Ada@Example.com") for row in table.values()]
    assert [row["name"] for row in held] == ["Ada"], held
    erase_person("ada@example.com")
    assert [visit.name for visit in Visit.objects.all()] == ["Bob"]
    for days, left in ((89, 1), (91, 0)):
        enforce_retention(RetentionRun.Trigger.COMMAND, now=bob.came_at + timedelta(days=days))
        assert Visit.objects.count() == left, days
    assert "visits" in [entry.name for entry in entries()]
    assert registry.table(Visit).rectifiable == {"name", "email"}
    transaction.set_rollback(True)
print("It does.")
"""


@pytest.mark.django_db
@pytest.mark.promise("P2.2", "P8.0")
def test_the_table_of_the_document_is_exported_erased_and_purged(tmp_path: Path) -> None:
    files = dict(BLOCK.findall((ROOT / "docs" / "reuse.md").read_text(encoding="utf-8")))
    (tmp_path / "visits").mkdir()
    (tmp_path / "visits" / "__init__.py").touch()
    for name, text in {**files, "reuse_settings.py": SETTINGS, "tried.py": TRIED}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "reuse_settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
    }

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "tried.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert set(files) == {"visits/models.py", "visits/personal_data.py", "visits/services.py"}
    assert done.stdout.endswith("It does.\n"), done.stderr
