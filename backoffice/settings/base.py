"""One settings module for the demo and production; everything that differs comes from the environment.

Without any variable set the project runs embedded: SQLite, filesystem broker and files below `var/`.
`docs/settings.md` lists every variable; `manage.py check --deploy` names what is missing or unsafe.
"""

import secrets
from pathlib import Path
from typing import Any

from csp.constants import NONCE, SELF
from django.utils.translation import gettext_lazy as _

from backoffice.settings import env

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

PRODUCTION = env.flag("PRODUCTION")
DEBUG = env.flag("DEBUG")


def _embedded_secret_key() -> str:
    """A key of this installation's own, made once: sessions survive restarts and no key is ever shipped."""
    file = VAR_DIR / "secret_key"
    if not file.exists():
        file.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        file.chmod(0o600)
    return file.read_text(encoding="utf-8")


SECRET_KEY_IS_EMBEDDED = env.secret("SECRET_KEY") is None
SECRET_KEY = env.secret("SECRET_KEY") or _embedded_secret_key()
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", () if PRODUCTION else ("localhost", "127.0.0.1", "[::1]"))
BASE_URL = env.text("BASE_URL", "http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", (BASE_URL,))

INSTALLED_APPS = [
    "backoffice.kernel",
    "backoffice.ui",
    "mms",
    "dam",
    "mas",
    "pim",
    "oms",
    "billing",
    "reports",
    "backoffice.console",
    "backoffice.portal",
    "backoffice.storefront",
    "backoffice.api",
    "backoffice.demo",
    # wagtail.search brings modelsearch along; listing modelsearch too breaks index updates silently.
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail.contrib.simple_translation",
    "wagtail",
    "modelcluster",
    "taggit",
    "polymorphic",
    "easy_thumbnails",
    "filer",
    "guardian",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
    "django_fsm",
    "django_filters",
    # filer imports its admin classes; the admin itself is not mounted anywhere.
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    # After the locale middleware: a store view's own language wins.
    "backoffice.storefront.middleware.StoreContextMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "mms.middleware.ActorMiddleware",
    "backoffice.console.middleware.StaffSecondFactorMiddleware",
    "backoffice.ui.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "backoffice.urls"
WSGI_APPLICATION = "backoffice.wsgi.application"
ASGI_APPLICATION = "backoffice.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "backoffice.ui.context.shell",
            ],
            "builtins": ["backoffice.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'backoffice.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.secret("REDIS_URL") or ""
CACHES = {
    "default": (
        {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

AUTH_USER_MODEL = "mms.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
GUARDIAN_GET_INIT_ANONYMOUS_USER = "mms.models.users.get_anonymous_user"
ANONYMOUS_USER_NAME = None

# allauth: e-mail login, second factor by TOTP with recovery codes; no public sign-up (merchants come by invitation).
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "mms.integrations.allauth.ClosedSignupAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "100/h/ip", "login_failed": "100/h/ip,20/h/key"}
# Step-up: acts on bank data, payouts and roles ask again when the last sign-in is older.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", True)
STAFF_IDLE_SECONDS = env.integer("STAFF_IDLE_SECONDS", 1800)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Marketplace back office"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/welcome/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

# One key's calls; counted per process unless REDIS_URL is set.
API_CALLS_PER_MINUTE = env.integer("API_CALLS_PER_MINUTE", 600)

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
HTTPS = env.flag("HTTPS", BASE_URL.startswith("https://"))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Probes ask the process itself, without the proxy that ends https.
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
if env.flag("BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = env.text("OPERATOR_TIME_ZONE", "Europe/Berlin")
USE_I18N = True
USE_TZ = True
WAGTAIL_I18N_ENABLED = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "assets" / "dist"]
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Originals and documents that must never be served without a check.
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(VAR_DIR / "private"), "base_url": None},
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
# A file above this is refused where it is uploaded.
MAX_UPLOAD_BYTES = env.integer("MAX_UPLOAD_BYTES", 200 * 1024 * 1024)
# Hosts of the own network that feeds, pictures and webhooks may be fetched from; everything private else is refused.
HTTP_ALLOWED_PRIVATE_HOSTS = env.words("HTTP_ALLOWED_PRIVATE_HOSTS")

# Cards through Stripe are offered once there is a key. Two webhook secrets may hold while one is being replaced.
STRIPE_SECRET_KEY = env.secret("STRIPE_SECRET_KEY") or ""
STRIPE_WEBHOOK_SECRETS = [
    word for word in (env.secret("STRIPE_WEBHOOK_SECRETS") or "").replace(",", " ").split() if word
]
STRIPE_MULTICAPTURE = env.flag("STRIPE_MULTICAPTURE")
STRIPE_API_URL = env.text("STRIPE_API_URL", "https://api.stripe.com")

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.integer("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.secret("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "marketplace@localhost")

WAGTAIL_SITE_NAME = "Marketplace back office"
WAGTAILADMIN_BASE_URL = BASE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILDOCS_SERVE_METHOD = "serve_view"

FILER_FILE_MODELS = ["filer.Image", "filer.File"]
FILER_IS_PUBLIC_DEFAULT = False
FILER_STORAGES = {
    # filer reads originals from where dam.storage keeps them.
    "private": {
        "main": {
            "ENGINE": STORAGES["private"]["BACKEND"],
            "OPTIONS": STORAGES["private"]["OPTIONS"],
            "UPLOAD_TO_PREFIX": "",
        }
    }
}
THUMBNAIL_DEFAULT_STORAGE_ALIAS = "default"

# Rows hold the work, Celery only wakes code up. Without a broker URL the filesystem broker of one host is used.
CELERY_BROKER_URL = env.secret("CELERY_BROKER_URL") or "filesystem://localhost"
BROKER_DIR = VAR_DIR / "broker"
if CELERY_BROKER_URL.startswith("filesystem://"):
    for _folder in ("queue", "processed", "control"):
        (BROKER_DIR / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }
elif CELERY_BROKER_URL.startswith("redis"):
    # The default leaves work of a killed worker parked for an hour.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
    }
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# A wake-up that nobody heard in time is worth nothing: the next one does its work.
CELERY_BEAT_SCHEDULE = {
    "do-due-work": {"task": "kernel.do_due_work", "schedule": 5.0, "options": {"expires": 5.0}},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
# filer's admin classes are never mounted, so what they refer to need not be registered.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "admin.E039"]
