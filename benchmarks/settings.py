"""The site's own settings, and beside its pages the bare views that it is measured against."""

from customerlabs.settings import *  # noqa: F403  (all of them)
from customerlabs.settings import PLACES, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], PLACES.var / "bare"]
