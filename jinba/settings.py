"""Settings, read from the environment. `.env.example` names every variable."""

from pathlib import Path

import environ
import pghistory
from csp.constants import NONCE, NONE, SELF

from labor.live.stores import origin_of, origins_of, storage_of

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

# Core ----------------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))
ROOT_URLCONF = "jinba.urls"
WSGI_APPLICATION = "jinba.wsgi.application"
ASGI_APPLICATION = "jinba.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "jinba.apps.JinbaAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "import_export",
    "pgtrigger",
    "pghistory",
    "rest_framework",
    "drf_spectacular",
    "channels",
    "jinba.core",
    "jinba.accounts",
    "jinba.reference",
    "jinba.privacy",
    "jinba.links",
    "jinba.notices",
    "employers",
    "labor",
    "labor.workers",
    "labor.applications",
    "labor.matching",
    "labor.interviews",
    "labor.live",
    "labor.dashboards",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "jinba.core.permissions.PermissionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "jinba.core.page_cache.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "jinba.core.session_middleware.SessionMiddleware",
    "labor.interviews.confined.ScreenMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "jinba.accounts.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jinba.core.doing.DoingMiddleware",
    "jinba.core.doors.DoorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jinba.display.type_size",
                "jinba.core.context.site",
                "employers.context.licence",
                "jinba.notices.context.unread",
                "labor.applications.context.own_application",
                "labor.interviews.context.interviews",
                "labor.interviews.beside.interviews_beside",
                "labor.live.context.live_strip",
                "labor.live.context.came_from_live",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database, cache, queues ---------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(
    ENGINE="django.db.backends.postgresql",
    CONN_MAX_AGE=60,
    CONN_HEALTH_CHECKS=True,
    TEST={"NAME": env("TEST_DATABASE_NAME", default="test_jinba"), "TEMPLATE": "template0"},
)

# The history of rows (jinba.core.history) is looked up by its row, and not by what it pointed to.
PGHISTORY_FOREIGN_KEY_FIELD = pghistory.ForeignKey(db_index=False)

REDIS_URL = env("REDIS_URL")
REDIS_IS_SOCKET = REDIS_URL.startswith("unix:")


def redis_url(number: int) -> str:
    """The address of one of Redis' numbered databases, whichever way REDIS_URL is written."""
    base = REDIS_URL.split("?")[0]
    if REDIS_IS_SOCKET:
        return f"{base}?db={number}"
    scheme, rest = base.split("://", 1)
    return f"{scheme}://{rest.split('/')[0]}/{number}"


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_url(1),
        "KEY_PREFIX": "jinba",
        # A page does not wait for a Redis that says nothing: sessions are read from the database then.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 2},
    },
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 500},
    },
}
CHANNEL_LAYERS = {
    "default": {
        # The pub/sub layer: measured 17 times cheaper per group_send, and untouched by redis-py's socket timeouts.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [redis_url(0)]},
    },
}

# Celery is the hands, PostgreSQL the truth: a lost message is found again by a sweep, a repeated one does no harm.
CELERY_BROKER_URL = (
    f"redis+socket://{REDIS_URL.split('://', 1)[1].split('?')[0]}?virtual_host=2" if REDIS_IS_SOCKET else redis_url(2)
)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": not REDIS_IS_SOCKET,
    "health_check_interval": 10,
    "queue_order_strategy": "priority",
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 240  # must stay below the visibility timeout
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_ROUTES = {
    "labor.matching.tasks.work": {"queue": "match"},
    "labor.matching.tasks.sweep": {"queue": "match"},
}
CELERY_TIMEZONE = "Asia/Shanghai"

# People --------------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "dashboards:home"
ACCOUNT_ADAPTER = "jinba.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False  # a staff session ends with the browser
# Officers and administrators need a second factor (a code of an authenticator app). `script/server` leaves the choice.
STAFF_TOTP = env.bool("STAFF_TOTP", default=True)
MFA_ADAPTER = "jinba.accounts.adapter.MfaAdapter"
MFA_TOTP_ISSUER = "金巴就业"
MFA_TOTP_TOLERANCE = 1  # clocks of phones are not exact; a code still counts once
SILENCED_SYSTEM_CHECKS: list[str] = []

SESSION_ENGINE = "jinba.core.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "jinba.core.doors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Keys of encrypted columns, `id:base64 of 32 bytes`, the newest first; and the key of their blind indexes.
FIELD_KEYS = env.list("FIELD_KEYS")
INDEX_KEY = env("INDEX_KEY")

# Who sends texts, the first that works; without any nobody can sign in by phone. `script/server` sets the development
# backends, which write each text to var/sms.log and to the server's own output.
SMS_BACKENDS = env.list("SMS_BACKENDS", default=[])
SMS_OPTIONS = env.json("SMS_OPTIONS", default={})
# More codes than this within an hour are an error in the log: somebody may be pumping texts.
SMS_HOURLY_ALARM = env.int("SMS_HOURLY_ALARM", default=2000)

# Notices that leave the house. Where links in texts and e-mails lead: the address that visitors type.
SITE_URL = env("SITE_URL", default="http://localhost:8000")
# From this hour until that one (Beijing time) texts wait for the morning, unless they are urgent. Empty: never.
QUIET_HOURS = env("QUIET_HOURS", default="21-8")
# Texts to one person within a day; what is more stays on the site. Codes are not counted.
SMS_DAILY_CAP = env.int("SMS_DAILY_CAP", default=5)
# Texts to people without an account that somebody acts for them, of all in a minute; 0: none are sent.
DELEGATION_TEXTS_A_MINUTE = env.int("DELEGATION_TEXTS_A_MINUTE", default=120)
# The pause before a second try (doubled with each, up to six hours), and how long whoever sends may take.
NOTICES_RETRY_SECONDS = env.int("NOTICES_RETRY_SECONDS", default=60)
NOTICES_LEASE_SECONDS = env.int("NOTICES_LEASE_SECONDS", default=60)

# Days without an answer until an employer is reminded and until the application ends; until a worker is reminded of
# an offer.
SILENCE_REMIND_DAYS = env.int("SILENCE_REMIND_DAYS", default=7)
SILENCE_CLOSE_DAYS = env.int("SILENCE_CLOSE_DAYS", default=15)
OFFER_REMIND_DAYS = env.int("OFFER_REMIND_DAYS", default=2)

# E-mail goes out when there is a sender's address. EMAIL_URL: smtp://, smtp+tls://, smtp+ssl://user:password@host:port,
# consolemail:// or filemail:////folder.
EMAIL_FROM = env("EMAIL_FROM", default="")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM or "nobody@localhost"
EMAIL_HOST = ""
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10  # seconds
# How many proxies of our own stand before the web server; each adds one entry to X-Forwarded-For.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# Security ------------------------------------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
# What other programs of ours ask without going by nginx.
SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^live/hooks/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, dict[str, list[object]]] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# Language, time, files -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "jinba" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "jinba.core.static.BuiltFilesStorage"},
    # "replays" follows under "Live sessions".
}
MEDIA_ROOT = VAR_DIR / "media"
# The largest request (MiB; deploy/nginx.conf says the same) and the largest paper of an employer (MB).
UPLOAD_MEGABYTES = env.int("UPLOAD_MEGABYTES", default=20)
DOCUMENT_MEGABYTES = 10

# Interviews by video (docs/operations.md, "Video"). Servers that tell a browser its own address, and relays that pass
# the pictures on where two browsers cannot reach each other; the relay's credentials are made from its secret.
STUN_URLS = env.list("STUN_URLS", default=[])
TURN_URLS = env.list("TURN_URLS", default=[])
TURN_SECRET = env("TURN_SECRET", default="")
TURN_SECONDS = 600  # how long a credential lets somebody begin a call
# Never directly, always by the relay: for strict networks, and to show that it works.
RELAY_ONLY = env.bool("RELAY_ONLY", default=False)
# May an interview be recorded at all (everybody in it is asked besides), and for how many days is that kept?
INTERVIEW_RECORDING = env.bool("INTERVIEW_RECORDING", default=False)
INTERVIEW_RECORDING_DAYS = env.int("INTERVIEW_RECORDING_DAYS", default=30)

# Live sessions (docs/operations.md, "Live sessions"). Pictures become segments in files that nginx, or a CDN behind
# LIVE_CDN, hands out; LIVE_ENGINE=srs passes them to an SRS server instead, which then also takes OBS and its like.
STREAMS_ROOT = VAR_DIR / "streams"
STREAMS_URL = "/streams/"
LIVE_CDN = env("LIVE_CDN", default="")  # https://cdn.example.cn, which fetches /streams/ from here
LIVE_ENGINE = env("LIVE_ENGINE", default="folder")
LIVE_RTMP_URL = env("LIVE_RTMP_URL", default="")  # what people enter into their streaming program: rtmp://host/live
SRS_PUSH_URL = env("SRS_PUSH_URL", default="")  # where our own ffmpeg pushes: rtmp://srs/live
# Where viewers fetch: our own nginx, or https://cdn.example.cn/srs/live, which fetches it from there.
SRS_PLAY_URL = env("SRS_PLAY_URL", default="/srs/live")
# Where viewers get the pictures by WebRTC, with less delay while fewer than so many watch; empty: segments for all.
SRS_WHEP_URL = env("SRS_WHEP_URL", default="")  # https://host/srs/rtc/v1/whep/
LIVE_WHEP_VIEWERS = env.int("LIVE_WHEP_VIEWERS", default=200)
SRS_API_URL = env("SRS_API_URL", default="")  # by which a sender is cut off: http://srs:1985; nobody else reaches it
SRS_HOOK_SECRET = env("SRS_HOOK_SECRET", default="")  # in the address that SRS calls
# Days that a replay is kept. It stays to be watched when its postings are closed, and says that they are.
REPLAY_DAYS = env.int("REPLAY_DAYS", default=60)
# s3://key:secret@bucket?endpoint=https://…&region=… keeps replays there.
REPLAY_STORE = env("REPLAY_STORE", default="")
STORAGES["replays"] = storage_of(REPLAY_STORE)
# Pictures may be fetched from there besides, and from nowhere else.
PICTURES_FROM = [*origin_of(LIVE_CDN), *origin_of(SRS_PLAY_URL), *origins_of(REPLAY_STORE)]
CONTENT_SECURITY_POLICY["DIRECTIVES"]["media-src"].extend(PICTURES_FROM)
CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"].extend([*PICTURES_FROM, *origin_of(SRS_WHEP_URL)])

# Who runs this zone; shown in the footer of each page, where set. Its licence, fees and supervision phone are data
# (`employers.Licence`): without a licence in force nobody recruits here.
SITE = {
    "name": "金巴就业",
    "operator": env("SITE_OPERATOR", default=""),
    "phone": env("SITE_PHONE", default=""),
    "icp": env("SITE_ICP", default=""),
}

# Logs ----------------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "jinba.core.masking.MaskingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
}

# The API -------------------------------------------------------------------------------------------------------------
# Files of officers. Our own writer disarms formulae of every kind (`jinba.privacy.exports.sheets`).
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_IMPORT_IGNORE_BLANK_LINES = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "jinba.accounts.authentication.BearerAuthentication",
        "jinba.accounts.authentication.FullSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["jinba.core.rest.access.Declared"],
    "DEFAULT_THROTTLE_CLASSES": ["jinba.core.rest.throttles.Fair"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "jinba.core.rest.negotiation.AlwaysJson",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "jinba.core.rest.schema.ApiSchema",
    "EXCEPTION_HANDLER": "jinba.core.rest.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# Requests a minute: of each token or signed-in user, and of each address without either. 0: as many as they like.
API_USER_PER_MINUTE = env.int("API_USER_PER_MINUTE", default=600)
API_ANONYMOUS_PER_MINUTE = env.int("API_ANONYMOUS_PER_MINUTE", default=120)
SPECTACULAR_SETTINGS = {
    "TITLE": "金巴就业接口",
    "VERSION": "1",
    "DESCRIPTION": (
        "岗位、报名、匹配和参考数据。出错时一律是 problem+json（RFC 9457）：`detail` 给人看，`code` 给程序判断。"
        "列表按游标翻页；新建的请求可以带 Idempotency-Key。电话一律打星号，不含身份证号。"
    ),
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "jinba.core.rest.schema.any_of"],
    # Where several fields of one name have different choices, or fields of several names the same.
    "ENUM_NAME_OVERRIDES": {
        "RoleEnum": "jinba.accounts.choices.Role",
        "RegionLevelEnum": "jinba.reference.choices.RegionLevel",
        "SkillLevelEnum": "jinba.reference.choices.SkillLevel",
        "PostingStateEnum": "employers.choices.PostingState",
        "EmployerStateEnum": "employers.choices.EmployerState",
        "EducationEnum": "jinba.reference.choices.Education",
        "ShiftEnum": "jinba.reference.choices.Shift",
        "ZoneKindEnum": "jinba.reference.choices.ZoneKind",
        "GroupKindEnum": "labor.workers.choices.GroupKind",
        "NeedEnum": "labor.workers.choices.Need",
        "CloseReasonEnum": "labor.applications.choices.CloseReason",
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
from jinba.schedule import SCHEDULE as CELERY_BEAT_SCHEDULE  # noqa: E402, F401
