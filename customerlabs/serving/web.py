"""How gunicorn serves the site: what `make run`, the systemd unit and the tests hand to its --config.

GUNICORN_CMD_ARGS changes single values of it, as in GUNICORN_CMD_ARGS="--workers 4". Names are gunicorn's own.
"""

import os
from pathlib import Path

from customerlabs.serving.port import HOST

CONFIGURATION = "python:customerlabs.serving.web"
IN_MEMORY = Path("/dev/shm")  # noqa: S108  (gunicorn removes its file as soon as it has opened it)

wsgi_app = "customerlabs.wsgi"
bind = f"{HOST}:{os.environ.get('PORT', '8000')}"
worker_class = "customerlabs.serving.web_worker.ImpatientWorker"
workers = 2
threads = 4
graceful_timeout = 10
"""Seconds that requests under way get to finish when the web stops."""
preload_app = True
control_socket_disable = True
loglevel = "warning"
# gunicorn's sign of life is a file it touches all the time: in memory where there is such a folder.
worker_tmp_dir = str(IN_MEMORY) if os.access(IN_MEMORY, os.W_OK) else None
