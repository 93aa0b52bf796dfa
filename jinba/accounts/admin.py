"""Users, for administrators. No phone is shown in clear; what people are moves by actions, not by typing."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.timezone import localtime

from jinba.accounts import actions as accounts
from jinba.accounts.choices import Role
from jinba.accounts.models import ApiToken, OneTimeCode, User, phone_index
from jinba.core.errors import Refused
from jinba.core.phones import normalise_phone
from jinba.core.staff_admin import BigList, LookOnly, act_on_each, id_in, reasoned


def by_phone_or(term: str, *prefixes: str) -> Q:
    """A whole phone number finds its people by the blind index; other words begin one of the columns."""
    try:
        return Q(phone_index=phone_index(normalise_phone(term)))
    except Refused:
        return Q(*((f"{column}__startswith", term.strip()) for column in prefixes), _connector=Q.OR)


class NewUserForm(forms.ModelForm):
    """What `accounts.appoint` takes. The row is made here, not by the form."""

    phone = forms.CharField(label="手机号", required=False, help_text="经纪人和园区工作人员用它登录")
    password = forms.CharField(
        label="密码", required=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="干部和管理员用它登录，至少 10 位",
    )  # fmt: skip

    class Meta:
        model = User
        fields = ("role", "name", "side", "username")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in accounts.APPOINTED
        ]
        self.fields["username"].initial = ""
        self.fields["username"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            try:
                validate_password(cleaned["password"], User(username=cleaned.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        if not self.errors:
            try:
                accounts.check_appointment(**self.appointment())
            except Refused as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return cleaned

    def appointment(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data.get(name) or ""
            for name in ("role", "name", "side", "username", "phone", "password")
        }


class KeptOutFilter(admin.SimpleListFilter):
    title = "停用"
    parameter_name = "kept_out"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "已停用")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(is_active=False) if self.value() == "yes" else queryset


@admin.register(User)
class UserAdmin(BigList, DjangoUserAdmin):
    noun = "user"
    list_display = ("username", "name", "role", "side", "masked", "is_active", "last_login")
    list_filter = ("role", KeptOutFilter)
    ordering = ("-id",)
    search_fields = ("name",)
    search_help_text = "完整的手机号，或姓名、用户名的开头"
    filter_horizontal = ()
    fieldsets = ((None, {"fields": ("username", "password", "name", "role", "side", "masked", "is_active")}),)
    staff_fieldsets = ((None, {"fields": (*fieldsets[0][1]["fields"], "second_factor")}),)
    officers_fieldsets = (
        *staff_fieldsets,
        ("分工", {"fields": ("groups",), "description": "没有分工的干部登录后什么都看不到。"}),
    )
    readonly_fields = ("username", "role", "masked", "is_active", "second_factor", "last_login", "date_joined")
    add_form = NewUserForm
    add_fieldsets = ((None, {"fields": ("role", "name", "side", "username", "password", "phone")}),)
    actions = (
        *("enable", "disable", "end_sessions"),
        reasoned(
            word="重置二次验证", act=accounts.reset_second_factor, name="reset_second_factor",
            note="手机丢了才重置。核实是本人以后再点；他会马上退出所有设备，下次登录时重新绑定手机。",
        ),
    )  # fmt: skip

    @admin.display(description="手机号")
    def masked(self, user: User) -> str:
        return user.masked_phone or "—"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        if obj.role == Role.OFFICER:
            return self.officers_fieldsets
        return self.staff_fieldsets if obj.is_staff else self.fieldsets

    @admin.display(description="二次验证")
    def second_factor(self, user: User) -> str:
        """Since when, and when last; a secret is read by nobody."""
        row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
        if row is None:
            return "没有设置"
        used = f"，最近用过 {localtime(row.last_used_at):%Y-%m-%d %H:%M}" if row.last_used_at else ""
        return f"{localtime(row.created_at):%Y-%m-%d} 绑定{used}"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.order_by("id")
            return db_field.formfield(
                label="权限组", required=False, widget=forms.CheckboxSelectMultiple, help_text="", **kwargs
            )
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(by_phone_or(search_term, "name", "username")), False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.save(commit=False) if change else accounts.appoint(by=request.user, **form.appointment())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["name", "side"])

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Of related rows only an officer's groups are chosen."""
        if "groups" in form.cleaned_data:
            accounts.put_in_groups(user=form.instance, groups=form.cleaned_data["groups"], by=request.user)

    @admin.action(description="启用", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        act_on_each(request, queryset, lambda u: accounts.set_active(user=u, active=True, by=request.user), done="启用")

    @admin.action(description="停用（马上退出所有设备）", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        act_on_each(
            request, queryset, lambda u: accounts.set_active(user=u, active=False, by=request.user), done="停用"
        )

    @admin.action(description="退出所有设备", permissions=["change"])
    def end_sessions(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        act_on_each(request, queryset, lambda u: accounts.end_sessions(user=u, by=request.user), done="已退出")


@admin.register(OneTimeCode)
class OneTimeCodeAdmin(LookOnly, BigList, admin.ModelAdmin):
    """Whether a text went out, for those who say that none came. A code cannot be read here or anywhere."""

    list_display = ("id", "purpose", "sent_at", "expires_at", "tries", "used_at", "address")
    fields = list_display
    search_fields = ("=id",)
    search_help_text = "完整的手机号"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        if not search_term.strip():
            return queryset, False
        try:
            return queryset.filter(phone_index=phone_index(normalise_phone(search_term))), False
        except Refused:
            return queryset.none(), False


# Groups are a table in the code (`jinba.accounts.groups`), nobody has an e-mail address of allauth's here, and nobody
# reads a second factor: an administrator resets it.
admin.site.unregister([Group, EmailAddress, Authenticator])


@admin.register(ApiToken)
class ApiTokenAdmin(LookOnly, BigList, admin.ModelAdmin):
    """Which programs may act for whom. The token itself is known to nobody; its owner revokes it on his own page."""

    list_display = ("id", "name", "user", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user",)
    fields = list_display
    search_fields = ("=id",)
    search_help_text = "令牌的编号"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return (queryset.filter(pk=id_in(search_term)) if search_term.strip() else queryset), False
