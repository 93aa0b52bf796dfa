"""Verification: who waits comes first, states move by actions with a reason."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from employers import moves, uscc
from employers.actions import employers
from employers.actions.revealing import reveal_contact
from employers.admin.desk import DeskAdmin, reasoned
from employers.admin.documents import papers_of
from employers.choices import EmployerState, OrgType
from employers.exporting import EmployerResource
from employers.importing import EmployerImport
from employers.models import Employer, EmployerEvent, Member
from jinba.accounts import second_factor
from jinba.core.import_desk import ImportDesk
from jinba.core.masking import masked_contact
from jinba.core.staff_admin import LookOnly, QueueFilter
from jinba.privacy import revealing
from jinba.privacy.exports.desk import ExportDesk
from jinba.privacy.fields import CONTACT_PHONE
from jinba.privacy.forms import FOR_OFFICERS


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


@admin.register(Employer)
class EmployerAdmin(ExportDesk, ImportDesk, DeskAdmin):
    """Verification. Nothing is typed here: employers write their profile, officers judge it."""

    noun = "employer"
    import_class = EmployerImport
    import_note = "导入的单位都是草稿，没有成员。单位的人用同一个代码注册时，会接着这份资料写；认证照旧。"
    resource_class = EmployerResource
    can_move = staticmethod(moves.can_move)
    leads_to = {
        "employers_verify": EmployerState.VERIFIED,
        "employers_return": EmployerState.RETURNED,
        "employers_mark_due": EmployerState.DUE,
        "employers_suspend": EmployerState.SUSPENDED,
        "employers_ban": EmployerState.BANNED,
    }
    # Whoever has the code and no trust may have it taken away.
    untrusted = "employers_free_code"
    list_display = ("name", "uscc", "state", "region", "org_type", "origin", "verified_at", "updated_at")
    list_filter = (EmployerQueue, "origin", "org_type")
    list_select_related = ("region",)
    search_fields = ("name", "=uscc")
    search_help_text = "名称的一部分，或完整的统一社会信用代码"
    fields = readonly_fields = (
        *("name", "uscc", "code_hint", "org_type", "industry", "scale", "region", "zone", "address", "intro"),
        *("contact_name", "contact", "origin", "source_name", "state", "state_reason", "papers", "licences"),
        *("verified_at", "verified_until", "verified_by", "created_at"),
    )
    inlines = (EmployerEventInline, MemberInline)
    actions = (
        reasoned(word="通过认证", act=employers.verify, note="通过后可以发布岗位。", required=False),
        reasoned(word="退回补正", act=employers.return_, note="退回后负责人改好再提交。"),
        reasoned(word="列为待复核", act=employers.mark_due, note="复核期间招聘不受影响。", required=False),
        reasoned(word="暂停", act=employers.suspend, note="在招岗位会一起暂停。"),
        reasoned(word="列入黑名单", act=employers.ban, note="在招岗位暂停，在办的报名结束。"),
        reasoned(
            word="释放信用代码", act=employers.free_code,
            note="用于被人冒名注册：这个账号列入黑名单，代码空出来，真正的单位可以重新注册。不能撤销。",
        ),
    )  # fmt: skip

    def deeds_for(self, request: HttpRequest, row: Employer) -> list[str]:
        deeds = [*super().deeds_for(request, row)]
        return [*deeds, self.untrusted] if row.uscc and not row.is_trusted else deeds

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("region", "zone", "verified_by")

    def get_urls(self) -> list[URLPattern]:
        reveal = self.admin_site.admin_view(self.reveal)
        return [path("<int:pk>/reveal/", reveal, name="employers_employer_reveal"), *super().get_urls()]

    def reveal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The contact's phone in clear, after a fresh confirmation and for a reason."""
        employer = get_object_or_404(Employer, pk=pk)
        if not request.user.has_perms(("employers.view_employer", "privacy.add_personaldataaccess")):
            raise PermissionDenied
        if (asked := second_factor.confirm_first(request)) is not None:
            return asked
        return revealing.answer(
            request,
            masked={CONTACT_PHONE: masked_contact(employer.contact_phone or "")},
            purposes=FOR_OFFICERS,
            act=partial(reveal_contact, employer=employer, by=request.user),
            title=f"查看{employer.name}的联系电话",
            back_url=reverse("admin:employers_employer_change", args=[pk]),
        )

    @admin.display(description="联系电话")
    def contact(self, employer: Employer) -> str:
        if not employer.contact_phone:
            return "没有"
        url = reverse("admin:employers_employer_reveal", args=[employer.pk])
        return format_html('{}　<a href="{}">查看完整号码…</a>', masked_contact(employer.contact_phone), url)

    @admin.display(description="认证材料")
    def papers(self, employer: Employer) -> str:
        return papers_of(employer)

    @admin.display(description="许可")
    def licences(self, employer: Employer) -> str:
        rows = employer.licences.filter(is_active=True) if employer.org_type == OrgType.AGENCY else ()
        return "、".join(f"{row.get_kind_display()} {row.number}（至 {row.valid_to:%Y-%m-%d}）" for row in rows) or "—"

    @admin.display(description="认证有效期至")
    def verified_until(self, employer: Employer) -> str:
        until = employer.verified_until
        return f"{timezone.localtime(until):%Y-%m-%d}" if until else "—"

    @admin.display(description="代码提示")
    def code_hint(self, employer: Employer) -> str:
        if not employer.uscc:
            return "没有代码"
        fits = uscc.organisation_code_fits(employer.uscc)
        return "校验位正确" if fits else "校验位正确；第 9–17 位不是常见的组织机构代码，请对照执照"
