"""Settings of the portal. Everything that differs between installations comes from the environment
(`.env.example` lists it all); everything else stands here once, for all of them."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from portal.mail.server import read_server

ROOT = Path(__file__).resolve().parent.parent


def flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def words(name: str) -> list[str]:
    return os.environ.get(name, "").replace(",", " ").split()


# --- what an installation says of itself -------------------------------------------------------------

DEBUG = flag("DEBUG")
VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
SECRET_KEY = os.environ.get("SECRET_KEY", "only-for-development" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY (or DEBUG=1 for development); see .env.example.")
SECRET_KEY_FALLBACKS = words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = words("ALLOWED_HOSTS")
SITE_NAME = os.environ.get("SITE_NAME", "Pospolu")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
# Whom a lost visitor can call; shown in the footer, on the empty result and in the crisis page.
COORDINATOR = {
    "name": os.environ.get("COORDINATOR_NAME", ""),
    "phone": os.environ.get("COORDINATOR_PHONE", ""),
    "email": os.environ.get("COORDINATOR_EMAIL", ""),
}
MAP_TILES = os.environ.get("MAP_TILES", "")
MAP_ATTRIBUTION = os.environ.get("MAP_ATTRIBUTION", "© OpenStreetMap")
REGISTER_URL = os.environ.get("REGISTER_URL", "https://data.mpsv.cz/od/soubory/rpss/rpss.json")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

# --- the house ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal.home",
    "portal.access",
    "portal.freshness",
    "portal.tables",
    "portal.upkeep",
    "portal.consult",
    "portal.suggestions",
    "portal.newsletter",
    "portal.pages",
    "portal.minutes",
    "portal.sitting",
    "portal.meetings",
    "portal.fulfilment",
    "portal.editions",
    "portal.chapters",
    "portal.indicators",
    "portal.plan",
    "portal.documents",
    "portal.groups",
    "portal.finding",
    "portal.register",
    "portal.catalogue",
    "portal.territory",
    "portal.accounts",
    "portal.audit",
    "portal.files",
    "portal.jobs",
    "portal.mail",
    "portal.web",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    # Above WhiteNoise, so that what `collectstatic` has not compressed is compressed too.
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.web.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.accounts.second_factor.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # The innermost: only what reached its view can have been saved.
    "portal.web.typed.KeepTypedMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "portal.web.controls.Controls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.web.context.site",
                "portal.territory.context.demo",
            ],
            "builtins": ["portal.web.templatetags.web"],
        },
    }
]

# --- data --------------------------------------------------------------------------------------------

DATABASES = {"default": dj_database_url.config(default=f"sqlite:///{VAR / 'pospolu.sqlite3'}", conn_max_age=60)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # WAL lets people read while the worker writes; IMMEDIATE makes a second writer wait instead of fail.
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-2000;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }

# What all processes and machines must count together (tries at signing in) lies in the database and costs a query;
# what each can make again (outlines of maps, whether this is a demo) lies near at hand.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    "near": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A file that nothing shows any more (taken off a card, left in a form that was never sent) is deleted after so long.
FILES_KEEP_DAYS = int(os.environ.get("FILES_KEEP_DAYS", "30"))
# A video goes to the disk as it comes; what stands before this site (a proxy) must let as much through.
FILES_LARGEST_VIDEO_MB = int(os.environ.get("FILES_LARGEST_VIDEO_MB", "200"))
# How old a word about free places may be before the card calls it old.
VACANCY_DAYS = int(os.environ.get("VACANCY_DAYS", "30"))
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [
    ROOT / "static",
    ("roboto", ROOT / "node_modules/@fontsource-variable/roboto/files"),
    ("leaflet", ROOT / "node_modules/leaflet/dist"),
    ("markercluster", ROOT / "node_modules/leaflet.markercluster/dist"),
]
# The last joins our styles, our scripts and the state's icons into one file each.
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.web.bundles.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- letters and the clock ---------------------------------------------------------------------------

# Without a server letters stay in the outbox, where they can be read (/sprava/dopisy/).
MAIL_SERVER = read_server(os.environ.get("EMAIL_URL", ""))
MAIL_FROM = os.environ.get("MAIL_FROM") or f"{SITE_NAME} <pospolu@{urlsplit(SITE_URL).hostname or 'localhost'}>"
# The box that `manage.py read_bounces` reads; the server must deliver box+anything@host into it.
MAIL_BOUNCES = os.environ.get("MAIL_BOUNCES", "")
LETTERS_KEPT_DAYS = int(os.environ.get("LETTERS_KEPT_DAYS", "400"))
# Links in letters open doors, so the desk shows them only where nobody real lives behind them.
SHOW_LETTER_LINKS = DEBUG
# What workers do by themselves: at a time of day, or every so many seconds. See portal/jobs/clock.py.
CLOCK = {
    "portal.files.actions.sweep": "03:40",
    "portal.accounts.session_actions.forget_ended": "03:20",
    "portal.mail.post.deliver": "5s",
    "portal.mail.actions.forget": "03:40",
    "portal.upkeep.actions.forget_secret_addresses": "03:50",
    "portal.indicators.actions.count_today": "04:30",
    "portal.freshness.daily.walk": "05:10",
    "portal.freshness.daily.tell": "06:10",
    "portal.freshness.daily.look": "60s",
    "portal.fulfilment.collecting_actions.remind": "06:20",
    "portal.minutes.clock.daily": "06:40",
    "portal.consult.assigning.remind": "06:50",
    "portal.meetings.answer_actions.remind": "06:30",
    "portal.pages.outreach_actions.remind": "06:30",
    "portal.newsletter.actions.forget_unsubscribed": "03:30",
    "portal.groups.member_actions.close_ended": "04:10",
    "portal.sitting.letter_actions.close_over": "60s",
    "portal.sitting.letter_actions.remind": "07:20",
    "portal.home.actions.forget": "03:50",
}
# What the method of community planning asks of a consultation: the draft is on view so many days before its hearing
# and comments are taken so many days after it; without a hearing as many together.
CONSULTATION_DAYS = {
    "before_hearing": int(os.environ.get("CONSULTATION_BEFORE_HEARING_DAYS", "14")),
    "after_hearing": int(os.environ.get("CONSULTATION_AFTER_HEARING_DAYS", "14")),
}
# How many days each kind of data is kept; RETENTION_JOBS=30 and so on in the environment. The privacy page says it.
RETENTION = {
    kind: int(os.environ.get(f"RETENTION_{kind.upper()}", days))
    for kind, days in {
        "jobs": 90,
        "report_emails": 365,  # of reports that nobody answered; an answer takes the e-mail away at once
        "empty_searches": 2 * 365,
        "invitations": 180,  # after they came to an end
        "journal_values": 5 * 365,  # then the sentence stays without the values
        "confirmation_letters": 365,
        "table_imports": 365,
        "applications": 365,  # to groups, after they were settled
        "comment_authors": 365,  # e-mails and names that are not public, after the consultation is over
        "suggestion_emails": 365,  # after it was answered or declined; names that are not public go with them
        "plan_followers": 365,  # after the end of the plan
        "excuses": 365,  # why somebody did not come to a meeting, after it
        "letters": LETTERS_KEPT_DAYS,
        "files": FILES_KEEP_DAYS,
    }.items()
}

# --- people ------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home:desk"
LOGOUT_REDIRECT_URL = "home:landing"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SHORTEST_PASSWORD = 12
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": SHORTEST_PASSWORD},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Who knows the ranges of roles: what they are called and which lie in which (portal/accounts/spans.py).
RANGES = {
    "region": "portal.territory.ranges.REGIONS",
    "orp": "portal.territory.ranges.ORPS",
    "municipality": "portal.territory.ranges.MUNICIPALITIES",
    "provider": "portal.catalogue.ranges.PROVIDERS",
    "group": "portal.groups.ranges.GROUPS",
}
INVITATION_DAYS = int(os.environ.get("INVITATION_DAYS", "14"))

# Signing in (docs/decisions/0007-sign-in.md). Nobody signs up: people come by invitation.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "portal.accounts.adapter.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has verified it
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# What one address may try (a whole office may share it) and what may be tried with one e-mail.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/m/ip,8/15m/key",
    "reset_password": "20/m/ip,3/15m/key",
}
ACCOUNT_FORMS = {
    "login": "portal.accounts.sign_in_forms.SignIn",
    "reauthenticate": "portal.accounts.sign_in_forms.Reauthenticate",
    "reset_password": "portal.accounts.sign_in_forms.ResetPassword",
    "reset_password_from_key": "portal.accounts.sign_in_forms.NewPassword",
    "change_password": "portal.accounts.sign_in_forms.ChangePassword",
    "set_password": "portal.accounts.sign_in_forms.SetPassword",
}
MFA_ADAPTER = "portal.accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = SITE_NAME
MFA_TOTP_TOLERANCE = 1  # a telephone half a minute slow still fits
# Browsers give passkeys to https and to localhost only; while developing, localhost has no https.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_FORMS = {
    "authenticate": "portal.accounts.sign_in_forms.SecondFactor",
    "reauthenticate": "portal.accounts.sign_in_forms.ReauthenticateByCode",
    "activate_totp": "portal.accounts.sign_in_forms.ActivateApp",
    "add_webauthn": "portal.accounts.sign_in_forms.AddPasskey",
    "login_webauthn": "portal.accounts.sign_in_forms.SignInByPasskey",
    "authenticate_webauthn": "portal.accounts.sign_in_forms.PasskeyAsSecondFactor",
    "reauthenticate_webauthn": "portal.accounts.sign_in_forms.ReauthenticateByPasskey",
}
# Roles (names of Grant.Role) whose holders must have a second factor before they get to work.
SECOND_FACTOR_ROLES = words("SECOND_FACTOR_ROLES")

# Signed in for half a day from the last use, or for two weeks on a device that is to be remembered.
SESSION_ENGINE = "portal.accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
ACCOUNT_SESSION_COOKIE_AGE = 14 * 24 * 60 * 60

# --- security ----------------------------------------------------------------------------------------

# Of "https://{s}.tile.example/{z}/{x}/{y}.png" the browser is told "https://*.tile.example".
tile_hosts = [MAP_TILES.replace("{s}", "*").split("/{")[0]] if MAP_TILES else []
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", *tile_hosts],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if SITE_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- language ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "cs"
LOCALE_PATHS = [ROOT / "locale"]
# What an installation offers; Czech is the language of the source. Which pages speak the others: web/languages.py.
LANGUAGES = [
    (code, name)
    for code, name in [("cs", _("čeština")), ("en", _("angličtina")), ("uk", _("ukrajinština"))]
    if code in (words("LANGUAGES") or ["cs", "en", "uk"])
]
TIME_ZONE = "Europe/Prague"
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "portal.formats"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"portal": {"level": "INFO"}},
}
