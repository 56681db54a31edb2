"""The site's settings with an app that holds a column nobody declared."""

from customerlabs.settings import *  # noqa: F403
from customerlabs.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.frame.undeclared_app"]
