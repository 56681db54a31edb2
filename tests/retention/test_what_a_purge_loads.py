"""A purge is small in memory: what draws codes, reads pictures or knows holidays is loaded by who needs it."""

import subprocess
import sys

BIG = {"PIL", "holidays", "lxml", "qrcode"}
LOADED = "import django, sys; django.setup(); import privacy.retention.engine; print(*sys.modules)"


def test_a_purge_does_not_load_the_big_libraries_it_has_no_use_for() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True).stdout.split()

    assert "django" in loaded
    assert BIG.isdisjoint(loaded)
