"""All settings, from the environment alone. `.env.sample` explains each variable; a test compares the two."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from indgang.config import environment as env
from indgang.config import sign_on
from indgang.core import barring
from indgang.telemetry import logs

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(env.text("INDGANG_VAR", str(ROOT / "var")))

DEBUG = env.flag("INDGANG_DEBUG", False)
#: engines are imported before settings are read: `core.compiled` reads it itself, and it is only checked here
COMPILED_ENGINES = env.flag("INDGANG_COMPILED_ENGINES", True)
DEMO = env.flag("INDGANG_DEMO", False)
#: everybody's password in the demo; the sign-in page shows it
DEMO_PASSWORD = "kornblomst ved havnen"  # noqa: S105  # no secret: everybody sees it
#: signs sessions and page tokens; outside the demo no process starts with this value (config/secret.py)
OPEN_SECRET = "only-for-demo-and-tests-5f1c2e"  # noqa: S105  # it is public
SECRET_FILE = VAR / "secret-key"
SECRET_KEY = env.text("INDGANG_SECRET_KEY") or env.content(SECRET_FILE) or OPEN_SECRET
#: they still recognise whom we hold a keyed hash of, and sign nothing
FORMER_SECRET_KEYS = [key for key in env.text("INDGANG_FORMER_SECRET_KEYS").split(",") if key]
ALLOWED_HOSTS = env.text("INDGANG_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in env.text("INDGANG_ORIGINS").split(",") if origin]
SECURE_COOKIES = env.flag("INDGANG_SECURE_COOKIES", False)
#: our proxies before the web process: the number of trusted entries of X-Forwarded-For (config/proxies.py)
PROXIES = env.number("INDGANG_PROXIES", 0)
#: connections that one client may hold at each of the two servers; unused behind a proxy, which has its own limit
CONNECTIONS_PER_ADDRESS = env.number("INDGANG_CONNECTIONS_PER_ADDRESS", 400)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "axes",
    "django_htmx",
    "procrastinate.contrib.django",
    "template_partials",
    "indgang.events",
    "indgang.audit",
    "indgang.live",
    "indgang.privacy",
    "indgang.catalogue",
    "indgang.accounts",
    "indgang.messaging",
    "indgang.registers",
    "indgang.workforce",
    "indgang.knowledge",
    "indgang.entry",
    "indgang.enquiries",
    "indgang.measures",
    "indgang.handover",
    "indgang.correspondence",
    "indgang.feedback",
    "indgang.analysis",
    "indgang.history",
    "indgang.agreements",
    "indgang.planning",
    "indgang.reports",
    "indgang.programme",
    "indgang.ui",
    "indgang.desk",
    "indgang.office",
    "indgang.portal",
    "indgang.api",
    "indgang.config",
]

MIDDLEWARE = [
    "indgang.config.requests.middleware",
    "indgang.config.proxies.middleware",
    "indgang.portal.doorway.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "indgang.ui.live_page.middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "indgang.ui.parameters.middleware",
    "indgang.accounts.recognition.middleware",
    "indgang.accounts.language.middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "indgang.ui.protection.middleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "indgang.config.waiting.WaitForDatabase",
    "indgang.ui.addresses.middleware",
    "indgang.accounts.submission.Once",
]

ROOT_URLCONF = "indgang.config.urls"
WSGI_APPLICATION = "indgang.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "indgang.accounts.context.person",
                "indgang.ui.context.page",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "indgang.ui.templatetags.ui",
                "indgang.ui.templatetags.fragments",
                "indgang.accounts.templatetags.forms",
            ],
        },
    }
]

FORM_RENDERER = "indgang.ui.selects.FormRenderer"

# Without DATABASE_URL the command line starts an embedded server first and sets the variable (config/embedded.py).
DATABASE_URL = env.text("DATABASE_URL", "postgresql://postgres@127.0.0.1/indgang")
DATABASES = {"default": env.database(DATABASE_URL)}
DATABASES["default"]["TEST"] = {"NAME": f"test_indgang_{env.text('TEST_DB_SUFFIX', 'main')}"}
DATABASES["default"]["CONN_MAX_AGE"] = 600
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

#: the role that owns the tables and migrates, and the role that deletes what is due; empty: the role of DATABASE_URL
OWNER_DATABASE_URL = env.text("INDGANG_OWNER_DATABASE_URL")
RETENTION_DATABASE_URL = env.text("INDGANG_RETENTION_DATABASE_URL")

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ["username", "name", "email"]}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]  # fmt: skip
#: the identity providers (docs/sign-on.md); django-allauth speaks with them
SIGN_ON = env.identity_providers("INDGANG_SIGN_ON")
SOCIALACCOUNT_ADAPTER = "indgang.accounts.protocols.Adapter"
#: who may sign in with a local password: everybody, or the break-glass accounts alone
LOCAL_PASSWORDS = env.choice("INDGANG_LOCAL_PASSWORDS", "everybody", ("everybody", "break-glass"))
SOCIALACCOUNT_PROVIDERS = sign_on.for_allauth(SIGN_ON)
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
AXES_HANDLER = "indgang.accounts.throttling.Handler"
AXES_USERNAME_CALLABLE = "indgang.accounts.throttling.name_of"
AXES_CLIENT_IP_CALLABLE = "indgang.accounts.throttling.address_of"
AXES_FAILURE_LIMIT = 8
#: failures of one client over all names: an office of a hundred behind one address has fewer in a quarter of an hour
FAILURES_PER_ADDRESS = 40
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
#: further attempts do not extend the lock for other people behind the same address
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False

CSRF_FAILURE_VIEW = "indgang.accounts.gate.csrf_failure"
SESSION_ENGINE = "indgang.accounts.session_store"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000  # forms with many rows, as those of a business case

LANGUAGE_CODE = "da"
LANGUAGES = [("da", "Dansk"), ("en", "English")]
LOCALE_PATHS = [ROOT / "indgang" / "locale"]
FORMAT_MODULE_PATH = "indgang.config.formats"
TIME_ZONE = "Europe/Copenhagen"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
#: the folder of collected static files; they belong to a version of the program, not to the centre's data
STATIC_ROOT = Path(env.text("INDGANG_STATIC_FOLDER", str(VAR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or "pytest" in sys.modules
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or "pytest" in sys.modules

#: sites that may embed our boxes, as in a Content-Security-Policy; boxes show only public data
EMBED_ON = env.text("INDGANG_EMBED_ON", "*")

#: days after which an entry of the directory is to be verified again
DIRECTORY_VERIFY_DAYS = env.number("INDGANG_DIRECTORY_VERIFY_DAYS", 365)

#: beginnings of the addresses from which people's calendars may be read; empty: nobody can connect one
CALENDAR_ADDRESSES = env.words("INDGANG_CALENDAR_ADDRESSES")

#: beginnings of the addresses at which case systems may be read; empty: none
REGISTER_ADDRESSES = env.words("INDGANG_REGISTER_ADDRESSES")
#: the search address of the company register and our user there; empty: companies are not looked up
CVR_ADDRESS = env.text("INDGANG_CVR_ADDRESS", "demo" if DEMO else "")
CVR_USER = env.text("INDGANG_CVR_USER")
CVR_PASSWORD = env.text("INDGANG_CVR_PASSWORD")

#: the application at Microsoft that may read free and busy times; without tenant, client and secret nobody is asked for
GRAPH_TENANT = env.text("INDGANG_GRAPH_TENANT")
GRAPH_CLIENT_ID = env.text("INDGANG_GRAPH_CLIENT_ID")
GRAPH_CLIENT_SECRET = env.text("INDGANG_GRAPH_CLIENT_SECRET")
#: the last day of the secret, as Microsoft shows it (2027-05-31)
GRAPH_SECRET_ENDS = env.day("INDGANG_GRAPH_SECRET_ENDS")
GRAPH_ADDRESS = env.text("INDGANG_GRAPH_ADDRESS", "https://graph.microsoft.com").rstrip("/")
GRAPH_SIGN_IN_ADDRESS = env.text("INDGANG_GRAPH_SIGN_IN_ADDRESS", "https://login.microsoftonline.com").rstrip("/")

#: ClamAV's daemon: the path of its socket, or host:port; empty: files are not scanned
VIRUS_SCANNER = env.scanner_address("INDGANG_VIRUS_SCANNER")
VIRUS_SCANNER_SECONDS = env.number("INDGANG_VIRUS_SCANNER_SECONDS", 60)

#: the tiles of the map in online forms, as {z}/{x}/{y} below an address of our own; empty: places are text and
#: coordinates, without a map
MAP_TILES = env.text("INDGANG_MAP_TILES")
#: who made the map; shown on it
MAP_CREDIT = env.text("INDGANG_MAP_CREDIT")
#: the middle of the map and its zoom before a place has been chosen: "55.6761, 12.5683, 12"
MAP_START = env.text("INDGANG_MAP_START", "55.6761, 12.5683, 12")
#: the address that shows a place to staff, with {lat} and {lon}; empty: no link
MAP_LINK = env.text("INDGANG_MAP_LINK")

WEB_ADDRESS = env.text("INDGANG_WEB_ADDRESS", "127.0.0.1:8000")
LIVE_ADDRESS = env.text("INDGANG_LIVE_ADDRESS", "127.0.0.1:8001")
#: the address at which browsers reach the stream process; empty: the page's host, with the port of LIVE_ADDRESS
LIVE_URL = env.text("INDGANG_LIVE_URL")
WEB_WORKERS = env.number("INDGANG_WEB_WORKERS", 2)

#: the address at which readers of mails reach the pages; links in mails begin with it
PUBLIC_URL = env.text("INDGANG_PUBLIC_URL", f"http://{WEB_ADDRESS}").rstrip("/")

#: without a mail server, mails are written to a folder, where they can be read
EMAIL_HOST = env.text("INDGANG_MAIL_HOST")
EMAIL_PORT = env.number("INDGANG_MAIL_PORT", 25)
EMAIL_HOST_USER = env.text("INDGANG_MAIL_USER")
EMAIL_HOST_PASSWORD = env.text("INDGANG_MAIL_PASSWORD")
MAIL_SECURITY = env.choice("INDGANG_MAIL_SECURITY", "none", ("none", "starttls", "tls"))
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL_SECURITY == "starttls", MAIL_SECURITY == "tls"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("INDGANG_MAIL_FROM", "Indgang <indgang@kommune.example>")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "indgang.messaging.folder.EmailBackend"
MAIL_FOLDER = VAR / "mail"

#: the SMS gateway: none, simulator (telephones on a page of the office) or gatewayapi
SMS_GATEWAY = env.choice("INDGANG_SMS_GATEWAY", "simulator" if DEMO else "none", ("none", "simulator", "gatewayapi"))
SMS_ADDRESS = env.text("INDGANG_SMS_ADDRESS", "https://gatewayapi.eu")
SMS_TOKEN = env.text("INDGANG_SMS_TOKEN")
#: who messages come from: a number that can be answered, or at most eleven letters and digits
SMS_SENDER = env.text("INDGANG_SMS_SENDER", "Kommunen")
#: the secret with which the gateway signs its reports; without it none is taken
SMS_WEBHOOK_SECRET = env.text("INDGANG_SMS_WEBHOOK_SECRET")
#: the leased word that messages from telephones begin with; empty: the number is ours alone
SMS_KEYWORD = env.text("INDGANG_SMS_KEYWORD")
#: the code of the queue of messages that answer nothing; empty: the first written queue
SMS_QUEUE = env.text("INDGANG_SMS_QUEUE")
#: for so many days a message from a telephone counts as an answer to our last one
SMS_REPLY_DAYS = env.number("INDGANG_SMS_REPLY_DAYS", 14)

#: shared mailboxes: the size in bytes up to which mails are fetched whole, and after how many seconds a server is asked
#: again that does not tell of new mail by itself
MAILBOX_LARGEST = env.number("INDGANG_MAILBOX_LARGEST_MB", 50) * 1_000_000
MAILBOX_POLL_SECONDS = env.number("INDGANG_MAILBOX_POLL_SECONDS", 15)

#: Digital Post: the root of its interface, and our certificate, a PEM file with its key unless that has its own file
SECURE_POST_ADDRESS = env.text("INDGANG_SECURE_POST_ADDRESS", "https://api.digitalpost.dk/apis/v1")
SECURE_POST_CERTIFICATE = env.text("INDGANG_SECURE_POST_CERTIFICATE")
SECURE_POST_KEY = env.text("INDGANG_SECURE_POST_KEY")

#: the folder of `indgang backup`, whether this machine makes backups at all, and how many it keeps
BACKUP_FOLDER = Path(env.text("INDGANG_BACKUP_FOLDER", str(VAR / "backup")))
BACKS_UP = env.flag("INDGANG_BACKS_UP", True)
BACKUPS_KEPT = env.number("INDGANG_BACKUPS_KEPT", 14)

#: jobs are declared in the configured modules alone, not in every app's `tasks`
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    "indgang.messaging.mail",
    "indgang.messaging.sms.simulator",
    "indgang.correspondence.sms.sending",
    "indgang.correspondence.secure_post.sending",
    "indgang.config.jobs",
]

#: exchanges that the switchboard connects, separated by commas: simulator, asterisk
EXCHANGES = env.text("INDGANG_EXCHANGES", "simulator").split(",")
ARI_ADDRESS = env.text("INDGANG_ARI_ADDRESS", "127.0.0.1")
ARI_PORT = env.number("INDGANG_ARI_PORT", 8088)
ARI_USER = env.text("INDGANG_ARI_USER", "indgang")
ARI_PASSWORD = env.text("INDGANG_ARI_PASSWORD")
#: the file in which a local exchange leaves its address and password for a running product
EXCHANGE_FILE = Path(env.text("INDGANG_EXCHANGE_FILE", str(VAR / "exchange" / "ari.json")))
#: the folder of that Asterisk's files, where prompts are written
EXCHANGE_FOLDER = env.text("INDGANG_EXCHANGE_FOLDER", str(VAR / "exchange" / "asterisk"))
#: the file with Asterisk nodes and trunks (telephony.asterisk.telephone_file); empty: none
TELEPHONE_FILE = env.text("INDGANG_TELEPHONE_FILE")
#: the websocket that browser phones use
SIP_WEBSOCKET_URL = env.text("INDGANG_SIP_WEBSOCKET_URL", "ws://127.0.0.1:8088/ws")
#: the numbers and phones that may be rung, as in `core.barring.Barring`
CALL_COUNTRIES = env.words("INDGANG_CALL_COUNTRIES", ",".join(sorted(barring.COUNTRIES)))
CALL_BARRED = env.words("INDGANG_CALL_BARRED", ",".join(barring.BARRED))
CALL_ALLOWED = env.words("INDGANG_CALL_ALLOWED")
DESK_PHONES_AT = env.words("INDGANG_DESK_PHONES_AT")
#: robot calls at once, and how many calls the lines to the network carry; 0: not known, so two at most
ROBOT_CALLS = env.number("INDGANG_ROBOT_CALLS", 10)
TELEPHONE_LINES = env.number("INDGANG_TELEPHONE_LINES", 0)
#: after how many days the recording of a spoken comment is deleted at the latest, as people are told; 0: nobody is
#: offered to record one
SPOKEN_COMMENT_DAYS = max(0, min(env.number("INDGANG_SPOKEN_COMMENT_DAYS", 30), 90))
#: whether the recording stays until that day after it was written down
SPOKEN_COMMENT_STAYS = env.flag("INDGANG_SPOKEN_COMMENT_STAYS", False)
#: the program that proposes the words of a spoken comment (`feedback.transcribing`), and how long it may take
TRANSCRIBER_COMMAND = env.text("INDGANG_TRANSCRIBER_COMMAND")
TRANSCRIBER_SECONDS = env.number("INDGANG_TRANSCRIBER_SECONDS", 20)
#: simulated callers per minute in the demo; 0 switches them off
DEMO_CALLS_PER_MINUTE = env.number("INDGANG_DEMO_CALLS_PER_MINUTE", 4)

#: the token with which monitoring systems read the metrics; empty: the metrics are off
METRICS_TOKEN = env.text("INDGANG_METRICS_TOKEN")
#: where traces are sent (OTLP over HTTP; empty: nowhere), and for how many of a hundred requests
TRACES_URL = env.text("INDGANG_TRACES_URL")
TRACES_PERCENT = env.number("INDGANG_TRACES_PERCENT", 100)

LOGGING = logs.configuration(
    env.choice("INDGANG_LOG_FORMAT", "text", ("text", "json")), env.text("INDGANG_LOG_LEVEL", "INFO")
)
SILENCED_SYSTEM_CHECKS: list[str] = []
os.environ.setdefault("PGAPPNAME", "indgang")
