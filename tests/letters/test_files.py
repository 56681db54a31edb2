"""Mails written to files, for trying the site, end with their letters."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from privacy.models import RetentionRun
from privacy.retention.engine import enforce_retention


@pytest.mark.django_db
@pytest.mark.promise("P8.0")
def test_the_purge_deletes_mail_files_when_their_letters_end(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_IN_FILES, settings.EMAIL_FILE_PATH = True, str(tmp_path)
    now = timezone.now()
    ages = {"old": timedelta(days=30), "young": timedelta(days=30) - timedelta(seconds=1)}
    for name, age in ages.items():
        path = tmp_path / f"{name}.log"
        path.write_text("a mail")
        os.utime(path, ((now - age).timestamp(),) * 2)

    enforce_retention(RetentionRun.Trigger.COMMAND, dry_run=True, now=now)
    before = len(list(tmp_path.iterdir()))
    enforce_retention(RetentionRun.Trigger.COMMAND, now=now)

    assert before == 2
    assert [path.name for path in tmp_path.iterdir()] == ["young.log"]
