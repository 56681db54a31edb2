"""What django-cookie-consent costs a page: the same page with its middleware and its tags, and without.

As its documentation says: a bar that lists the groups nobody has answered, its groups kept in the cache. The page has
as many bytes as ours without its banner; the argument is how many. Prints the seconds of each round.
"""

import json
import sys
import time

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

BAR = """{% load cookie_consent_tags %}{% if request|cookie_consent_enabled %}
{% not_accepted_or_declined_cookie_groups request as groups %}{% if groups %}<div class="cookie-bar">
{% for group in groups %}<p><b>{{ group.name }}</b> {{ group.description }}</p>{% endfor %}
<form action="{% url 'cookie_consent_accept' %}" method="post"><button>Accept</button></form>
<form action="{% url 'cookie_consent_decline' %}" method="post"><button>Decline</button></form>
<a href="{% url 'cookie_consent_cookie_group_list' %}">Choose</a></div>{% endif %}{% endif %}"""
WITHOUT = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
WITH = [*WITHOUT, "cookie_consent.middleware.CleanCookiesMiddleware"]
BATCH, ROUNDS = 100, 15

size = int(sys.argv[1])
page = f"<!doctype html><title>{{{{ request.path }}}}</title>{'x' * size}"
loader = ("django.template.loaders.locmem.Loader", {"with.html": page + BAR, "without.html": page})
settings.configure(
    SECRET_KEY="only-for-the-benchmark",  # noqa: S106
    ALLOWED_HOSTS=["127.0.0.1"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "cookie_consent"],
    MIDDLEWARE=WITHOUT,
    ROOT_URLCONF="benchmarks.beside.cookie_consent_site.urls",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [("django.template.loaders.cached.Loader", [loader])],
                "context_processors": ["django.template.context_processors.request"],
            },
        }
    ],
    USE_TZ=True,
)
django.setup()

from cookie_consent.models import Cookie, CookieGroup  # noqa: E402  (Django comes first)
from django.core.management import call_command  # noqa: E402

call_command("migrate", verbosity=0)
group = CookieGroup.objects.create(varname="audience", name="Counting visits", description="How often a page is read.")
Cookie.objects.create(cookiegroup=group, name="audience", path="/")


def seconds(handler: WSGIHandler, path: str) -> float:
    began = time.perf_counter()
    for _ in range(BATCH):
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "HTTP_HOST": "127.0.0.1",
            "wsgi.input": sys.stdin.buffer,
            "wsgi.url_scheme": "http",
        }
        statuses: list[str] = []
        answer = handler(environ, lambda status, headers, statuses=statuses: statuses.append(status))
        b"".join(answer)
        answer.close()
        if statuses != ["200 OK"]:
            raise SystemExit(f"{path} answered {statuses}.")
    return time.perf_counter() - began


sides = {}
for name, middleware in (("with", WITH), ("without", WITHOUT)):
    with override_settings(MIDDLEWARE=middleware):
        sides[name] = WSGIHandler()
found: dict[str, list[float]] = {name: [] for name in sides}
for number in range(ROUNDS + 1):
    for name in sides if number % 2 else reversed(list(sides)):
        taken = seconds(sides[name], f"/{name}/")
        if number:
            found[name].append(taken)
sys.stdout.write(json.dumps(found) + "\n")
