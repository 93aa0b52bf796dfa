import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from jinba.accounts.choices import STAFF_ROLES, CodePurpose, Role, Scope, Side
from jinba.core.encryption import EncryptedTextField, blind_index
from jinba.core.history import keep_history
from jinba.core.masking import masked_phone


def phone_index(phone: str) -> str:
    """The blind index of a normalised phone number, the same wherever a phone is stored."""
    return blind_index(phone, purpose="phone")


def new_username() -> str:
    return f"u{secrets.token_hex(8)}"


class UserQuerySet(models.QuerySet["User"]):
    def with_phone(self, phone: str) -> "UserQuerySet":
        return self.filter(phone_index=phone_index(phone))

    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)


class UserManager(BaseUserManager["User"]):
    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def with_phone(self, phone: str) -> UserQuerySet:
        return self.get_queryset().with_phone(phone)

    def create_user(self, username: str = "", password: str | None = None, *, phone: str = "", **fields: Any) -> "User":
        """Make a user; without a password nobody can sign in by one. `phone` is a normalised number or empty."""
        user = self.model(username=username or new_username(), **fields)
        user.set_phone(phone)
        user.is_staff = user.role in STAFF_ROLES
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, role=Role.ADMIN, is_superuser=True, **fields)


@keep_history(fields=("name", "role", "side", "phone", "phone_index", "email", "is_staff", "is_superuser", "is_active"))
class User(AbstractBaseUser, PermissionsMixin):
    """One person in one role. A phone number may serve several users: it is a contact, not an identity."""

    username = models.CharField("用户名", max_length=64, unique=True, default=new_username)
    name = models.CharField("姓名", max_length=40, blank=True)
    role = models.CharField("角色", max_length=16, choices=Role.choices)
    side = models.CharField("所属地", max_length=8, choices=Side.choices, blank=True)
    phone = EncryptedTextField("手机号", null=True, blank=True, bound_to="accounts_user.phone")
    phone_index = models.CharField("手机号索引", max_length=64, blank=True, db_index=True, editable=False)
    email = EncryptedTextField("电子邮箱", null=True, blank=True, bound_to="accounts_user.email")
    is_staff = models.BooleanField("可进入管理后台", default=False)
    is_active = models.BooleanField("启用", default=True)
    sessions_ended = models.PositiveIntegerField(
        "几次退出所有设备", default=0, db_default=0, editable=False, help_text="每个会话都记着它，变了就都作废"
    )
    date_joined = models.DateTimeField("注册时间", default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = verbose_name_plural = "用户"
        # Administrators search by the beginning of a name, whatever the database's collation.
        indexes = [
            models.Index(fields=["name"], name="user_by_name", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["role", "-id"], name="user_by_role"),
            models.Index(fields=["-id"], name="user_kept_out", condition=Q(is_active=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_staff=False) | Q(role__in=["officer", "admin"]),
                name="%(app_label)s_%(class)s_staff_are_officers",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name or self.username}（{self.get_role_display()}）"

    def set_phone(self, phone: str) -> None:
        """Set a normalised number together with its index; empty clears both."""
        self.phone = phone or None
        self.phone_index = phone_index(phone)

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session carries: another one after each end of all sessions, as after a new password."""
        if not self.sessions_ended:
            return super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]
        salt, value = "jinba.accounts.User.sessions", f"{self.sessions_ended}:{self.password}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.name or self.username

    def get_short_name(self) -> str:
        return self.get_full_name()


class OneTimeCode(models.Model):
    """A code sent to a phone. Only its HMAC is kept; five tries burn it (OWASP ASVS 6.5, 6.6)."""

    phone_index = models.CharField("手机号索引", max_length=64)
    purpose = models.CharField("用途", max_length=16, choices=CodePurpose.choices)
    code_hash = models.CharField("验证码摘要", max_length=64)
    address = models.GenericIPAddressField("来源 IP", null=True)
    sent_at = models.DateTimeField("发送时间")
    expires_at = models.DateTimeField("失效时间")
    tries = models.PositiveSmallIntegerField("已试次数", default=0)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "短信验证码"
        indexes = [
            models.Index(fields=["phone_index", "-sent_at"], name="code_by_phone"),
            models.Index(fields=["address", "-sent_at"], name="code_by_address"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=5), name="%(app_label)s_%(class)s_five_tries"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.sent_at:%Y-%m-%d %H:%M}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self) -> "ApiTokenQuerySet":
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now(), user__is_active=True)


class ApiToken(models.Model):
    """Lets a program act as its user, no further than its scopes. Only the digest of the token is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name="用户")
    name = models.CharField("用途", max_length=60)
    digest = models.CharField("摘要", max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope.choices), verbose_name="权限")
    created_at = models.DateTimeField("创建时间", default=timezone.now)
    expires_at = models.DateTimeField("失效时间")
    last_used_at = models.DateTimeField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("撤销时间", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class IdempotentAnswer(models.Model):
    """What a request with an Idempotency-Key was answered, so that its repetition gets the same and does nothing."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="用户")
    key = models.CharField("幂等键", max_length=80)
    request_digest = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("状态码", null=True)
    location = models.CharField("资源地址", max_length=300, blank=True)
    body = EncryptedTextField("内容", null=True, blank=True)
    at = models.DateTimeField("时间", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "接口幂等记录"
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="%(app_label)s_%(class)s_once"),
        ]
        indexes = [models.Index(fields=["at"], name="idempotent_by_age")]

    def __str__(self) -> str:
        return self.key
