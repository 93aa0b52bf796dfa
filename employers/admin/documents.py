"""The review of papers: who waits longest comes first, each is seen on its own page and judged with a reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from employers import moves
from employers.actions import documents
from employers.admin.desk import DeskAdmin, reasoned
from employers.choices import DocumentState
from employers.models import EmployerDocument, EmployerDocumentEvent
from jinba.core.staff_admin import LookOnly, QueueFilter


class DocumentQueue(QueueFilter):
    states = DocumentState.choices
    waiting = (DocumentState.SUBMITTED,)
    waiting_words = "待审核"

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None and not request.GET.get("q"):
            return queryset.waiting()  # not those of an employer that is still getting them together
        return super().queryset(request, queryset)


class DocumentEventInline(LookOnly, admin.TabularInline):
    model = EmployerDocumentEvent
    fields = readonly_fields = ("at", "from_state", "to_state", "reason", "by")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


@admin.register(EmployerDocument)
class EmployerDocumentAdmin(DeskAdmin):
    """Each picture that is shown here is a look that is written down."""

    noun = "document"
    can_move = staticmethod(moves.can_move_document)
    leads_to = {
        "documents_approve": DocumentState.APPROVED,
        "documents_return": DocumentState.RETURNED,
        "documents_reject": DocumentState.REJECTED,
    }
    list_display = ("kind", "employer", "employer_state", "state", "valid_to", "uploaded_at", "reviewed_by")
    list_filter = (DocumentQueue, "kind")
    list_select_related = ("employer", "reviewed_by")
    search_fields = ("=employer__uscc", "employer__name")
    search_help_text = "单位名称的一部分，或完整的统一社会信用代码"
    ordering = ("uploaded_at", "id")
    fields = readonly_fields = (
        *("employer_link", "uscc", "kind", "state", "reason", "valid_to", "pictures", "download", "others"),
        *("original_name", "pages", "size", "uploaded_by", "uploaded_at", "reviewed_by", "reviewed_at"),
    )
    inlines = (DocumentEventInline,)
    actions = (
        reasoned(word="通过", act=documents.approve, note="和单位资料对过，清楚、没过期。", required=False),
        reasoned(word="退回重传", act=documents.return_, note="看不清、不完整、过期的，请单位重新上传。"),
        reasoned(word="不通过", act=documents.reject, note="不是这家单位的，或者是假的。"),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("employer", "uploaded_by", "reviewed_by")

    @admin.display(description="单位状态")
    def employer_state(self, paper: EmployerDocument) -> str:
        return paper.employer.get_state_display()

    @admin.display(description="用人单位")
    def employer_link(self, paper: EmployerDocument) -> SafeString:
        url = reverse("admin:employers_employer_change", args=[paper.employer_id])
        return format_html('<a href="{}">{}（{}）</a>', url, paper.employer.name, paper.employer.get_state_display())

    @admin.display(description="统一社会信用代码")
    def uscc(self, paper: EmployerDocument) -> str:
        return paper.employer.uscc or "—"

    @admin.display(description="内容")
    def pictures(self, paper: EmployerDocument) -> SafeString:
        numbers = range(1, paper.pages + 1)
        pages = ((reverse("employers:document_page", args=[paper.pk, n]), paper.get_kind_display(), n) for n in numbers)
        return format_html_join("", '<img class="paper" src="{}" alt="{}第 {} 页" loading="lazy">', pages)

    @admin.display(description="文件")
    def download(self, paper: EmployerDocument) -> SafeString:
        return format_html('<a href="{}" download>下载</a>', reverse("employers:document", args=[paper.pk]))

    @admin.display(description="这家单位的材料")
    def others(self, paper: EmployerDocument) -> SafeString:
        return papers_of(paper.employer, besides=paper.pk)


def papers_of(employer: Any, besides: int = 0) -> SafeString:
    """Links to the current papers of an employer, with their states."""
    rows = (
        (reverse("admin:employers_employerdocument_change", args=[row.pk]), str(row.get_kind_display()), state_of(row))
        for row in employer.documents.current().exclude(pk=besides).order_by("pk")
    )
    return format_html_join("", '<div class="paper-link"><a href="{}">{}（{}）</a></div>', rows) or SafeString("没有")


def state_of(paper: EmployerDocument) -> str:
    return paper.get_state_display() if paper.is_in_force else f"{paper.get_state_display()}，已过期"
