"""One purge in a process of its own; the argument is its date. Prints rows, seconds and peak memory in MB."""

import json
import re
import sys
import time
from datetime import datetime
from pathlib import Path

import django

django.setup()

from privacy.retention.engine import enforce_retention  # noqa: E402  (Django comes first)
from privacy.retention.models import RetentionRun  # noqa: E402

now = datetime.fromisoformat(sys.argv[1])
began = time.perf_counter()
run = enforce_retention(RetentionRun.Trigger.COMMAND, now=now)
seconds = time.perf_counter() - began
# Not getrusage(): what it tells of a new process begins with the memory of the one that started it.
status = Path("/proc/self/status").read_text()
peak = int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024
rows = sum(count.rows for count in run.counts.all())
sys.stdout.write(json.dumps({"rows": rows, "seconds": seconds, "megabytes": peak, "outcome": run.outcome}) + "\n")
