"""The review of postings: who waits comes first, states move by actions with a reason."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from employers import gates, posting_moves
from employers.actions import flags, postings
from employers.admin.desk import MOST_AT_ONCE, DeskAdmin, reasoned
from employers.admin.oversight import label_of, settle_all
from employers.choices import FlagState, Hazard, PostingState
from employers.exporting import PostingResource
from employers.facts import sections
from employers.importing import PostingImport
from employers.models import Employer, JobPosting, PostingEvent
from jinba.core.import_desk import ImportDesk
from jinba.core.staff_admin import LookOnly, QueueFilter, act_on_each, id_in
from jinba.privacy.exports.desk import ExportDesk
from jinba.reference.models import Certificate

MOST_FOUND = 200  # employers of whose name a search is a part

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
class JobPostingAdmin(ExportDesk, ImportDesk, DeskAdmin):
    """Review. Officers read and decide; what a posting says is written by its employer alone."""

    noun = "posting"
    import_class = PostingImport
    import_note = "导入的岗位都是草稿，放在单位自己的页面里，由单位补全以后提交审核。单位要先在系统里。"
    resource_class = PostingResource
    change_form_template = "admin/employers/jobposting/change_form.html"
    can_move = staticmethod(posting_moves.can_move)
    leads_to = {
        "approve": PostingState.PUBLISHED,
        "reject": PostingState.REJECTED,
        "remove": PostingState.REMOVED,
    }
    list_display = ("title", "employer", "trusted", "state", "pay", "region", "updated_at")
    list_filter = (PostingQueue, "engagement", "employment_kind")
    list_select_related = ("employer", "region")
    search_fields = ("=id",)
    search_help_text = "岗位编号、名称的开头，或单位名称的一部分、统一社会信用代码"
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

        def publish(row: JobPosting) -> None:
            # Kept even when publishing is refused: otherwise nobody could settle what it is refused for.
            flags.refresh(posting=row)
            postings.publish(posting=row, by=request.user)

        act_on_each(request, rows, publish, done="已发布")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """By the indexes of this table: the employers are found first."""
        words = search_term.strip()
        if not words:
            return queryset, False
        if number := id_in(words):
            return queryset.filter(pk=number), False
        found = Employer.objects.filter(Q(name__icontains=words) | Q(uscc=words.upper()))
        return queryset.filter(Q(title__startswith=words) | Q(employer__in=list(found[:MOST_FOUND]))), False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.flags_view))
        return [path("<int:pk>/flags/", view, name="employers_jobposting_flags"), *super().get_urls()]

    def flags_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All flags of a posting are settled in one go, on its own page."""
        if not request.user.has_perm("employers.change_postingflag"):
            raise PermissionDenied
        posting = get_object_or_404(JobPosting.objects.only("pk"), pk=pk)
        done = settle_all(request, posting_id=posting.pk)
        if done:
            messages.success(request, f"已处理 {done} 处提示。")
        return redirect("admin:employers_jobposting_change", pk)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        posting = self.get_object(request, object_id)
        shown: dict[str, Any] = {}
        if posting is not None:
            known = list(posting.flags.select_related("settled_by").order_by("state", "pk"))
            known.sort(key=lambda flag: (flag.state != FlagState.OPEN, flag.state == FlagState.GONE))
            user: Any = request.user
            shown = {
                "flags": [{"flag": flag, "label": label_of(flag.field)} for flag in known],
                "open_count": sum(flag.state == FlagState.OPEN for flag in known),
                "may_settle": user.has_perm("employers.change_postingflag"),
                "settle_url": reverse("admin:employers_jobposting_flags", args=[posting.pk]),
                "sections": sections(posting),
                "gaps": list(gates.gaps(posting).values()) if posting.state == PostingState.REVIEW else [],
                "reports": list(posting.reports.defer("text", "contact").order_by("-pk")[:10])
                if user.has_perm("employers.view_postingreport")
                else [],
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

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
        return "；".join(gates.gaps(posting).values()) or "没有"
