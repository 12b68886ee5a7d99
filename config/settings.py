"""All settings, in one typed file. What varies between machines comes from `config.environment`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = env.read(BASE_DIR)
TESTING = ENVIRONMENT.name == "test"
DATA_DIR = ENVIRONMENT.data_dir
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # the embedded database holds families' data

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.hosts
PUBLIC_URL = ENVIRONMENT.public_url
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "espace.kernel",
    "espace.audit",
    "espace.ui",
    "espace.paper",
    "espace.town",
    "espace.notifications",
    "espace.accounts",
    "espace.families",
    "espace.documents",
    "espace.activities",
    "espace.pricing",
    "espace.bookings",
    "espace.attendance",
    "espace.billing",
    "espace.payments",
    "espace.operations",
    "espace.portal",
    "espace.backoffice",
    "espace.demo",
]

MIDDLEWARE = [
    "config.gate.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages travel compressed; Django pads them at random, so a secret beside a typed word is not guessed by length.
    "django.middleware.gzip.GZipMiddleware",
    "config.gate.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.gate.ReadOnlyGetMiddleware",
    "espace.accounts.access.ActorMiddleware",
    "config.gate.NoNulMiddleware",
    "espace.portal.errors.WrongMethodMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "espace.ui.context.defaults",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "espace.town.context.town",
                "espace.accounts.context.viewer",
                "espace.portal.context.navigation",
                "espace.backoffice.context.navigation",
            ],
            "builtins": [
                "espace.ui.templatetags.ui",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]

DATABASES = {"default": env.database(ENVIRONMENT.database_url)}

# Rate limits are shared by all workers: the cache lives in the database. Beyond 300 entries, Django would throw away
# a third of them, counted tries included; those that ended are purged each day (operations.tasks).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_NAME = "espace_session"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "espace.portal.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if ENVIRONMENT.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# `/sante` is asked by the machine itself, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^sante"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# A file sent stays in memory, within bounds, until it is encrypted: never in clear on a disk.
FILE_UPLOAD_HANDLERS = ["config.uploads.BoundedMemoryHandler"]
DOCUMENTS_DIR = DATA_DIR / "documents"

AUTH_USER_MODEL = "accounts.User"
# Only allauth's backend: with two, each failure would hash twice.
AUTHENTICATION_BACKENDS = ["espace.accounts.backends.UsernameOrEmailBackend"]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if TESTING
    else ["espace.accounts.hashers.SmallServerArgon2"]
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "espace.accounts.passwords.CnilPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/tableau-de-bord/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "espace.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}  # an address is turned into a user name by our backend
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # user names are unique whatever their case, by a named constraint
ACCOUNT_UNIQUE_EMAIL = False  # two adults of one household may share a mailbox
ACCOUNT_EMAIL_VERIFICATION = "none"  # our own sign-up proves the address before the account exists
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 60 * 8
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "60/m/ip,5/5m/key",  # a school or a town hall is many people behind one address
    "reset_password": "20/m/ip,5/m/key",
}
PASSWORD_RESET_TIMEOUT = 60 * 60
# Behind our own TLS proxy, the visitor's address is the last one it wrote.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.https else 0
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Espace Citoyens"
MFA_ADAPTER = "espace.accounts.adapters.SecondFactorAdapter"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Mail: the worker speaks SMTP itself (`notifications.transport`), to the town's own server. Without one,
# outside production, messages are written as files under `courriels/` for people to read.
SMTP_HOST = ENVIRONMENT.smtp_host
SMTP_PORT = ENVIRONMENT.smtp_port
DKIM_KEY_FILE = ENVIRONMENT.dkim_key_file
DKIM_SELECTOR = ENVIRONMENT.dkim_selector
MAIL_DIR = DATA_DIR / "courriels"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # nothing goes round the outbox

PAYMENT_PROVIDER = ENVIRONMENT.payment_provider
ONLINE_PAYMENT = ENVIRONMENT.online_payment
BANK_URL = ENVIRONMENT.bank_url
FROZEN_NOW = ENVIRONMENT.frozen_now
FROZEN_SINCE = ENVIRONMENT.frozen_since
# How long a process may show the same offer, tariffs and calendar without reading them again (kernel.db).
REFERENCE_SECONDS = 0 if TESTING else 5

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "config.logs.RequestIdFilter"}},
    "formatters": {"json": {"()": "config.logs.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING" if TESTING else "INFO"},
    "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}},
}
