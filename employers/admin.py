"""The officers' desk for employers and postings: what waits comes first, states move by actions with a reason."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from employers import moves, posting_moves, posting_rules, uscc
from employers.actions import employers, postings
from employers.choices import EmployerState, Hazard, PostingState
from employers.forms import ReasonForm
from employers.models import Employer, EmployerEvent, JobPosting, Member, MemberInvitation, PostingEvent, today
from jinba.core.capped_paginator import CappedPaginator
from jinba.core.masking import masked_phone
from jinba.core.staff_admin import LookOnly, QueueFilter, act_on_each
from jinba.reference.models import Certificate

MOST_AT_ONCE = 100


def reasoned(
    *, word: str, act: Callable[..., Any], note: str, required: bool = True
) -> Callable[[Any, HttpRequest, Any], HttpResponse | None]:
    """An admin action that asks for the reason, then calls `act(<noun>=row, by=officer, reason=…)` on each row."""

    @admin.action(description=word, permissions=["change"])
    def action(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        sure = "sure" in request.POST
        form = ReasonForm(request.POST if sure else None, required=required, help_text="用人单位会看到。")
        rows = list(queryset.order_by("pk")[:MOST_AT_ONCE])
        if sure and form.is_valid():
            reason = form.cleaned_data["reason"]
            noun = model_admin.noun
            act_on_each(request, rows, lambda row: act(**{noun: row}, by=request.user, reason=reason), done=word)
            return None
        context = {
            **model_admin.admin_site.each_context(request),
            "title": word,
            "word": word,
            "note": note,
            "deed": request.POST["action"],
            "form": form,
            "rows": rows,
            "selected": [row.pk for row in rows],
            "opts": model_admin.opts,
        }
        return TemplateResponse(request, "admin/employers/ask_reason.html", context)

    action.__name__ = f"{act.__module__.rpartition('.')[2]}_{act.__name__.strip('_')}"
    return action


# Employers -----------------------------------------------------------------------------------------------------------


class EmployerQueue(QueueFilter):
    states = EmployerState.choices
    waiting = (EmployerState.SUBMITTED, EmployerState.DUE)
    waiting_words = "待审核和待复核"


class EmployerEventInline(LookOnly, admin.TabularInline):
    model = EmployerEvent
    fields = readonly_fields = ("at", "from_state", "to_state", "reason", "by")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


class MemberInline(LookOnly, admin.TabularInline):
    model = Member
    fields = readonly_fields = ("user", "role", "phone", "joined_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "employer")

    @admin.display(description="手机号")
    def phone(self, member: Member) -> str:
        return member.user.masked_phone


class DeskAdmin(admin.ModelAdmin):
    """A page to read, with the list's actions as buttons below instead of a way to save."""

    # The state to which each action leads, and the table of moves.
    leads_to: dict[str, str] = {}
    can_move: Callable[[str, str, str], bool]
    change_form_template = "admin/employers/change_form.html"
    view_on_site = False
    show_full_result_count = False
    list_per_page = 50
    paginator = CappedPaginator
    ordering = ("-id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        deeds = [
            (name, words)
            for name, words in self.get_action_choices(request)
            if name in self.leads_to and row is not None and self.can_move(row.state, self.leads_to[name], "officer")
        ]
        shown = {"show_save": False, "show_save_and_continue": False, "deeds": deeds, "pk": object_id}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})


@admin.register(Employer)
class EmployerAdmin(DeskAdmin):
    """Verification. Nothing is typed here: employers write their profile, officers judge it."""

    noun = "employer"
    can_move = staticmethod(moves.can_move)
    leads_to = {
        "employers_verify": EmployerState.VERIFIED,
        "employers_return": EmployerState.RETURNED,
        "employers_mark_due": EmployerState.DUE,
        "employers_suspend": EmployerState.SUSPENDED,
        "employers_ban": EmployerState.BANNED,
    }
    list_display = ("name", "uscc", "state", "region", "org_type", "origin", "verified_at", "updated_at")
    list_filter = (EmployerQueue, "origin", "org_type")
    list_select_related = ("region",)
    search_fields = ("name", "=uscc")
    search_help_text = "名称的一部分，或完整的统一社会信用代码"
    fields = readonly_fields = (
        *("name", "uscc", "code_hint", "org_type", "industry", "scale", "region", "zone", "address", "intro"),
        *("contact_name", "contact_phone", "origin", "source_name", "state", "state_reason", "verified_at"),
        *("verified_by", "created_at"),
    )
    inlines = (EmployerEventInline, MemberInline)
    actions = (
        reasoned(word="通过认证", act=employers.verify, note="通过后可以发布岗位。", required=False),
        reasoned(word="退回补正", act=employers.return_, note="退回后负责人改好再提交。"),
        reasoned(word="列为待复核", act=employers.mark_due, note="复核期间招聘不受影响。", required=False),
        reasoned(word="暂停", act=employers.suspend, note="在招岗位会一起暂停。"),
        reasoned(word="列入黑名单", act=employers.ban, note="在招岗位暂停，在办的报名结束。"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("region", "zone", "verified_by")

    @admin.display(description="代码提示")
    def code_hint(self, employer: Employer) -> str:
        if not employer.uscc:
            return "没有代码"
        fits = uscc.organisation_code_fits(employer.uscc)
        return "校验位正确" if fits else "校验位正确；第 9–17 位不是常见的组织机构代码，请对照执照"


# Postings ------------------------------------------------------------------------------------------------------------


# As people read them, where the column holds codes.
IN_WORDS = {"hazards": "hazards_in_words", "certificates": "certificates_in_words"}
WRITTEN = tuple(IN_WORDS.get(name, name) for name in postings.FIELDS)


class PostingQueue(QueueFilter):
    states = PostingState.choices
    waiting = (PostingState.REVIEW,)
    waiting_words = "待审核"


class PostingEventInline(LookOnly, admin.TabularInline):
    model = PostingEvent
    fields = readonly_fields = ("at", "from_state", "to_state", "reason", "by")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


@admin.register(JobPosting)
class JobPostingAdmin(DeskAdmin):
    """Review. Officers read and decide; what a posting says is written by its employer alone."""

    noun = "posting"
    can_move = staticmethod(posting_moves.can_move)
    leads_to = {
        "approve": PostingState.PUBLISHED,
        "reject": PostingState.REJECTED,
        "remove": PostingState.REMOVED,
    }
    list_display = ("title", "employer", "trusted", "state", "pay", "region", "updated_at")
    list_filter = (PostingQueue, "engagement", "employment_kind")
    list_select_related = ("employer", "region")
    search_fields = ("=id", "title", "=employer__uscc")
    search_help_text = "岗位编号、名称的一部分，或单位的统一社会信用代码"
    fields = readonly_fields = (
        *("employer", "trusted", "state", "state_reason", "gaps", *WRITTEN, "filled", "monthly_min"),
        *("monthly_max", "occupation", "source_name", "source_url", "published_at", "created_by", "created_at"),
    )
    inlines = (PostingEventInline,)
    actions = ("approve", "reject", "remove")
    reject = reasoned(word="驳回", act=postings.reject, note="用人单位改好后可以再提交。")
    remove = reasoned(word="下架", act=postings.remove, note="下架后不能恢复，没录用的报名会一起结束并通知本人。")

    @admin.action(description="通过并发布", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        rows = list(queryset.select_related("employer").order_by("pk")[:MOST_AT_ONCE])
        act_on_each(request, rows, lambda row: postings.publish(posting=row, by=request.user), done="已发布")

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request).defer("search")
        if request.resolver_match and request.resolver_match.url_name == "employers_jobposting_changelist":
            return rows.defer("search", "duties", "requirements")
        return rows.select_related("employer", "trade", "occupation", "region", "zone", "created_by")

    @admin.display(description="单位已认证", boolean=True)
    def trusted(self, posting: JobPosting) -> bool:
        return posting.employer.is_trusted

    @admin.display(description="工资")
    def pay(self, posting: JobPosting) -> str:
        if posting.base_pay_min is None:
            return "—"
        highest = f"–{posting.base_pay_max}" if posting.base_pay_max else " 起"
        return f"{posting.base_pay_min}{highest} 元/{posting.get_pay_unit_display()}"

    @admin.display(description="工作条件与危害")
    def hazards_in_words(self, posting: JobPosting) -> str:
        return "、".join(Hazard(code).label for code in posting.hazards) or "没有写"

    @admin.display(description="必备证书")
    def certificates_in_words(self, posting: JobPosting) -> str:
        return "、".join(Certificate.objects.filter(pk__in=posting.certificates).values_list("name", flat=True)) or "-"

    @admin.display(description="还缺什么")
    def gaps(self, posting: JobPosting) -> str:
        return "; ".join(posting_rules.problems(posting, today=today()).values()) or "没有"


# Members -------------------------------------------------------------------------------------------------------------


@admin.register(Member)
class MemberAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("user", "employer", "role", "phone", "joined_at")
    list_filter = ("role",)
    list_select_related = ("user", "employer")
    search_fields = ("user__name", "employer__name", "=employer__uscc")
    show_full_result_count = False
    ordering = ("-id",)

    @admin.display(description="手机号")
    def phone(self, member: Member) -> str:
        return member.user.masked_phone


@admin.register(MemberInvitation)
class MemberInvitationAdmin(LookOnly, admin.ModelAdmin):
    list_display = ("name", "employer", "role", "invited_at", "expires_at", "accepted_at", "withdrawn_at")
    list_select_related = ("employer",)
    search_fields = ("name", "employer__name")
    show_full_result_count = False
    ordering = ("-id",)
    fields = (
        *("employer", "name", "masked", "role", "invited_by"),
        *("invited_at", "expires_at", "accepted_at", "withdrawn_at"),
    )

    @admin.display(description="手机号")
    def masked(self, invitation: MemberInvitation) -> str:
        return masked_phone(str(invitation.phone or ""))
