"""What differs between sites comes from the environment alone; README.md lists it with its defaults."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from customerlabs.environment import (
    Keys,
    antivirus,
    choice_life,
    env,
    one_of,
    part_of_france,
    period,
    processors,
    two_numbers,
)
from customerlabs.schedule import timetable
from customerlabs.security.permissions import NOTHING_ALLOWED
from customerlabs.serving.places import Places
from customerlabs.staff.settings import *  # noqa: F403  (how staff sign in: nothing of it comes from outside)
from privacy.controller import Controller
from privacy.periods import Period

django_stubs_ext.monkeypatch()  # Lets code write Field[str, str] and ModelAdmin[Letter] at run time.

BASE_DIR = Path(__file__).resolve().parent.parent

# Where things are kept, and whether the embedded servers are used

PLACES = Places(Path(env.str("VAR_DIR", default="") or BASE_DIR / "var").expanduser().resolve())
EMBEDDED_DATABASE = not env.str("DATABASE_URL", default="")
EMBEDDED_BROKER = not env.str("REDIS_URL", default="")
keys = Keys(PLACES.secrets, are_made_here=EMBEDDED_DATABASE)

# Core

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY, *SECRET_KEY_FALLBACKS = keys.ring("SECRET_KEY")
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or "", "127.0.0.1", "localhost"])
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", default=0)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc
SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz)$"]  # Asked by machines beside this one, which speak http.
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
ROOT_URLCONF = "customerlabs.urls"
CSRF_FAILURE_VIEW = "customerlabs.pages.errors.csrf_failure"
WSGI_APPLICATION = "customerlabs.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
AUTH_USER_MODEL = "customerlabs.StaffMember"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
LOGOUT_REDIRECT_URL = "home"

INSTALLED_APPS = [
    "customerlabs.apps.CustomerLabsConfig",
    "contact.apps.ContactConfig",
    "cookies.apps.CookiesConfig",
    "privacy.apps.PrivacyConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "phonenumber_field",
    "pgtrigger",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "cookies.gate.CookieGate",  # The outermost: it sees the cookies that all the others set.
    # What every answer says stands above whatever may answer: the way to https, a body too large, a file.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "customerlabs.security.headers.FixedHeaders",
    "django.middleware.security.SecurityMiddleware",
    "customerlabs.security.enforcing.Routes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "privacy.audit.origin.RequestIds",
    "customerlabs.pages.compression.AnonymousGZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "customerlabs.staff.doorkeeper.Doorkeeper",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "customerlabs.pages.context.site",
                "privacy.policy.notice.notice",
            ],
            "libraries": {"account_pages": "customerlabs.staff.tags", "pages": "customerlabs.pages.tags"},
        },
    },
]

# What browsers are told: load what is ours and run nothing else, the admin and errors included

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
        "report-uri": "/policy-reports/",
        "report-to": "policy",
    }
}
FIXED_HEADERS = {
    "Reporting-Endpoints": f'policy="{SITE_URL}/policy-reports/"',
    "Permissions-Policy": NOTHING_ALLOWED,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}

# Database and queue

if EMBEDDED_DATABASE:
    database: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": str(PLACES.sockets),
        "NAME": "customerlabs",
        "USER": "customerlabs",
        "PASSWORD": keys.kept("postgres_password"),
    }
else:
    database = env.db("DATABASE_URL")
    if database["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must point to PostgreSQL: postgres://user:password@host:5432/name")
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **database,
        "ENGINE": "customerlabs.database",  # Django's, which does not wait for ever.
        # A connection a thread, tried before use: a restarted server costs nobody a request.
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**database.get("OPTIONS", {}), "connect_timeout": 3},
    }
}

CELERY_BROKER_URL = f"redis+socket://{PLACES.valkey_socket}" if EMBEDDED_BROKER else env.str("REDIS_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # A broker may be away for hours; worker and beat wait for it.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    # A broker that froze, or vanished behind a firewall, closes nothing: without these, it is waited for for ever.
    "socket_timeout": 10,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_TIMEZONE = "Europe/Paris"
LETTERS_SWEEP: float = env.float("LETTERS_SWEEP_SECONDS", default=30.0)
MAILINGS_SWEEP: float = env.float("MAILINGS_SWEEP_SECONDS", default=60.0)
CELERY_BEAT_SCHEDULE_FILENAME = str(PLACES.run / "beat-schedule")
CELERY_BEAT_SCHEDULER = "customerlabs.beat.Scheduler"
CELERY_BEAT_SCHEDULE = timetable(letters=LETTERS_SWEEP, mailings=MAILINGS_SWEEP)

# Mail

mail_address = env.str("EMAIL_URL", default="")
MAIL_IN_FILES = not mail_address
globals().update(env.email_url_config(mail_address or "filemail://"))
if MAIL_IN_FILES:
    EMAIL_FILE_PATH = PLACES.mail
elif globals()["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "privacy.letters.smtp.EmailBackend"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="CUSTOMER LABS <contact@customer-labs.com>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
CONTACT_DESK_EMAIL = env.str("CONTACT_DESK_EMAIL", default="contact@customer-labs.com")

# Languages

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60  # Set only when the visitor chooses; 13 months is the limit, P8.3.
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = "FR"
PHONENUMBER_DB_FORMAT = "E164"

# Static files

STATIC_URL = "static/"
STATIC_ROOT = PLACES.static
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Backups, and the ledger of what must not come back with them; on another machine in earnest.
    "continuity": {
        "BACKEND": env.str("CONTINUITY_STORAGE", default="") or "privacy.continuity.storage.DurableFiles",
        "OPTIONS": env.json("CONTINUITY_STORAGE_OPTIONS", default={}) or {"location": str(PLACES.continuity)},
    },
}

# Signing in: how long it lasts, and lasts without a click. How it goes stands in customerlabs/staff/settings.py

SIGN_IN_LIFE = timedelta(hours=env.int("SIGN_IN_HOURS", default=8))
SIGN_IN_IDLE = timedelta(minutes=env.int("SIGN_IN_IDLE_MINUTES", default=30))
if not (timedelta(minutes=1) <= SIGN_IN_IDLE <= SIGN_IN_LIFE <= timedelta(hours=24)):
    raise ImproperlyConfigured("SIGN_IN_HOURS takes at most 24, and SIGN_IN_IDLE_MINUTES from 1 to as long as that.")
SESSION_COOKIE_AGE = int(SIGN_IN_LIFE.total_seconds())
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # Browsers themselves allow it on localhost alone.

# The controller, P1.1

CONTROLLER = Controller(
    name="CUSTOMER LABS",
    legal_form="SAS",
    capital="50 762,00 €",
    register="RCS Aix-en-Provence 810 308 288",
    address="Immeuble le Rifkin, Domaine du Petit Arbois, Av. Louis Philibert, 13290 Aix-en-Provence",
    dpo_email=env.str("DPO_EMAIL", default="privacy@customer-labs.com"),
)

# Who works for it on personal data, P4.1: privacy/processors.py has the form

PROCESSORS = processors("PROCESSORS")

# The legal notice (LCEN art. 1-1): `check --deploy` names what is empty

PUBLISHER_PHONE = env.str("PUBLISHER_PHONE", default="")
PUBLICATION_DIRECTOR = env.str("PUBLICATION_DIRECTOR", default="")
HOST_NAME = env.str("HOST_NAME", default="")
HOST_ADDRESS = env.str("HOST_ADDRESS", default="")
HOST_PHONE = env.str("HOST_PHONE", default="")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default=f"mailto:{CONTROLLER.dpo_email}")

# How long things are kept: promises.md gives each figure its source

CONTACT_RETENTION = period("CONTACT_RETENTION", "30 days")
CONTACT_INACTIVITY = period("CONTACT_INACTIVITY", "12 months")
CONTACT_OVERDUE = period("CONTACT_OVERDUE", "7 days")
SPAM_RETENTION = period("SPAM_RETENTION", "7 days")
PROSPECT_RETENTION = period("PROSPECT_RETENTION", "3 years")
CONSENT_PROOF_RETENTION = period("CONSENT_PROOF_RETENTION", "5 years")
HOLD_RETENTION = period("HOLD_RETENTION", "5 years")
RESTRICTION_RETENTION = period("RESTRICTION_RETENTION", "5 years")
BREACH_RETENTION = period("BREACH_RETENTION", "5 years")
OBJECTION_RETENTION = period("OBJECTION_RETENTION", "3 years")
LETTER_RETENTION = period("LETTER_RETENTION", "30 days")
RIGHTS_CONTENT_RETENTION = period("RIGHTS_CONTENT_RETENTION", "30 days")
RIGHTS_RECORD_RETENTION = period("RIGHTS_RECORD_RETENTION", "5 years")
RESULT_LIFE = period("RESULT_LIFE", "7 days")
STAFF_RETENTION = period("STAFF_RETENTION", "3 months")
SIGN_IN_RETENTION = period("SIGN_IN_RETENTION", "6 months")
ADMIN_LOG_RETENTION = period("ADMIN_LOG_RETENTION", "12 months")
EXPORT_RECORD_RETENTION = period("EXPORT_RECORD_RETENTION", "12 months")
COOKIE_PROOF_RETENTION = period("COOKIE_PROOF_RETENTION", "12 months")
AUDIENCE_RETENTION = period("AUDIENCE_RETENTION", "25 months")
POLICY_REPORT_RETENTION = period("POLICY_REPORT_RETENTION", "30 days")
AUDIT_RETENTION = period("AUDIT_RETENTION", "12 months")
PAPERS_RETENTION = period("PAPERS_RETENTION", "30 days")

# Backups: how many of the latest days and weeks stay. After the last of these no backup holds what was erased before

BACKUP_RECIPIENT = env.str("BACKUP_RECIPIENT", default="")
BACKUP_DAILY: int = env.int("BACKUP_DAILY", default=7)
BACKUP_WEEKLY: int = env.int("BACKUP_WEEKLY", default=4)
if not (1 <= BACKUP_DAILY <= 366 and 0 <= BACKUP_WEEKLY <= 104):
    raise ImproperlyConfigured("BACKUP_DAILY takes a number from 1 to 366, BACKUP_WEEKLY one from 0 to 104.")
BACKUP_ROLLOVER = Period(days=max(BACKUP_DAILY, 7 * BACKUP_WEEKLY))
POSTGRES_PROGRAMS = env.str("POSTGRES_PROGRAMS", default="")

# Identity documents: when they are asked for, what looks at them; uploads never touch the disk

IDENTITY_DOCUMENTS = one_of(
    "IDENTITY_DOCUMENTS", env.str("IDENTITY_DOCUMENTS", default="on_doubt"), ("on_doubt", "always")
)
CLAMD_URL = antivirus("CLAMD_URL", env.str("CLAMD_URL", default=""))
FILE_UPLOAD_HANDLERS = ["privacy.papers.uploads.InMemoryOnly"]
DATA_UPLOAD_MAX_NUMBER_FILES = 4

# What one request may bring: all that is typed, and how many fields. security/routes.py limits the whole of a body

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # The admin ticks many rows at once.

# The legal clock of a request about rights rests on public holidays: those of which part of France

HOLIDAYS_SUBDIVISION = part_of_france("HOLIDAYS_SUBDIVISION", env.str("HOLIDAYS_SUBDIVISION", default=""))

# Cookies: how long a choice holds, whether visits are counted, whether a cookie that may not leave is an error

COOKIE_CHOICE_LIFE = choice_life("COOKIE_CHOICE_DAYS", env.str("COOKIE_CHOICE_DAYS", default="182"))
AUDIENCE = env.bool("AUDIENCE", default=False)
COOKIES_STRICT = env.bool("COOKIES_STRICT", default=DEBUG)
COOKIE_LIMIT_CLIENT = env.int("COOKIE_LIMIT_CLIENT", default=20)
COOKIE_LIMIT_SITE = env.int("COOKIE_LIMIT_SITE", default=5000)

# How often: past the first number a message waits for a confirmation by mail, past the second it is refused for now

LIMIT_WINDOW = timedelta(hours=1)
CONTACT_LIMIT_CLIENT = two_numbers("CONTACT_LIMIT_CLIENT", [5, 20])
CONTACT_LIMIT_SITE = two_numbers("CONTACT_LIMIT_SITE", [100, 1000])
WITHDRAWAL_LIMIT_CLIENT: int = env.int("WITHDRAWAL_LIMIT_CLIENT", default=10)
WITHDRAWAL_LIMIT_SITE: int = env.int("WITHDRAWAL_LIMIT_SITE", default=500)
RIGHTS_LIMIT_CLIENT: int = env.int("RIGHTS_LIMIT_CLIENT", default=20)
RIGHTS_LIMIT_SITE: int = env.int("RIGHTS_LIMIT_SITE", default=500)
LETTERS_PER_ADDRESS = env.int("LETTERS_PER_ADDRESS", default=4)
LETTERS_TO_STRANGERS = env.int("LETTERS_TO_STRANGERS", default=2000)

# Keys, each with one use: docs/operating.md says what each protects, and how to change it. SECRET_KEY stands above

SUBJECT_KEYS = keys.ring("SUBJECT_KEYS")  # Find one person's rows. Old ones stay until no row uses them.
FILE_KEYS = keys.ring("FILE_KEYS")  # Seal identity papers, results and second factors at rest.
RECEIPT_KEYS = keys.ring("RECEIPT_KEYS")  # Sign the receipts of erasures. Old ones stay, to verify old receipts.

# Logs: what happened and where, never what a person typed. One line of JSON a record, on stderr; errors also by mail

TECHNICAL_CONTACT = env.str("TECHNICAL_CONTACT", default="")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "customerlabs.logs.DiscreetFormatter" if DEBUG else "customerlabs.logs.JsonFormatter"}
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "lines"},
        "mail": {"class": "customerlabs.error_mail.ErrorMail"},
    },
    "root": {"handlers": ["console", "mail"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "gunicorn.error": {"handlers": [], "level": "WARNING", "propagate": True},
        "celery.beat": {"level": "WARNING"},
    },
}
