"""What watches over postings: the lexicon, the flags that it raises, and what the public reports."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from employers.actions import flags, lexicon, reports
from employers.admin.desk import DeskAdmin
from employers.choices import REPORT_OPEN, FlagState, ReportState
from employers.models import Phrase, PostingFlag, PostingReport, PostingReportEvent
from employers.report_moves import FINDINGS, OFFICER, can_move
from jinba.accounts import second_factor
from jinba.core.capped_paginator import CappedPaginator
from jinba.core.errors import Refused
from jinba.core.history_admin import WithVersions
from jinba.core.masking import masked_text
from jinba.core.staff_admin import LookOnly, QueueFilter, ReasonForm, act_on_each, reasoned
from jinba.privacy.forms import FOR_OFFICERS
from jinba.privacy.revealing import answer as reveal_answer

# The lexicon ---------------------------------------------------------------------------------------------------------


class PhraseForm(forms.ModelForm):
    class Meta:
        model = Phrase
        fields = ("family", "text", "advice", "is_active")
        help_texts = {
            "text": "至少两个字，写已经违法的整句说法（“限男”“交…押金”），不要写单个词（“男”“押金”）。"
            "“…”代表中间最多六个字。前面有“不”“无”“免”的会自动放过。",
            "advice": "用人单位会看到：这句话为什么不行、改成什么。",
        }

    def clean(self) -> dict[str, Any] | None:
        """Whether it may be so is the action's business; here it is only asked beforehand, to keep what was typed."""
        cleaned = super().clean() or {}
        text = cleaned.get("text") or ""
        if self.instance.pk is None and len(text.strip()) < lexicon.SHORTEST:
            self.add_error("text", f"说法至少 {lexicon.SHORTEST} 个字，单个字会误伤太多岗位。")
        return cleaned


@admin.register(Phrase)
class PhraseAdmin(WithVersions, admin.ModelAdmin):
    """Officers add, correct and retire; nothing is deleted. Each change has the stock looked through again."""

    form = PhraseForm
    list_display = ("text", "family", "is_active", "advice", "added_by", "added_at")
    list_filter = ("family", "is_active")
    list_select_related = ("added_by",)
    search_fields = ("text",)
    list_per_page = 100
    show_full_result_count = False
    actions = ("retire",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("text",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Phrase, form: Any, change: bool) -> None:
        by = request.user
        if change:
            lexicon.change(phrase=obj, by=by, family=obj.family, advice=obj.advice, is_active=obj.is_active)
        else:
            obj.pk = lexicon.add(by=by, family=obj.family, text=obj.text, advice=obj.advice).pk

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method == "GET":
            left = flags.remaining()
            many = "至少" if left >= flags.COUNTED else ""
            words = f"{many}还有 {left} 个岗位没有按现在的词库检查，后台正在检查，刷新看进度。" if left else ""
            messages.info(request, words or "在招、暂停、待审的岗位都按现在的词库检查过了。")
        return super().changelist_view(request, extra_context)

    @admin.action(description="停用", permissions=["change"])
    def retire(self, request: HttpRequest, queryset: Any) -> None:
        act_on_each(request, queryset, lambda row: lexicon.retire(phrase=row, by=request.user), done="已停用")


# Flags ---------------------------------------------------------------------------------------------------------------


class FlagQueue(QueueFilter):
    states = FlagState.choices
    waiting = (FlagState.OPEN,)
    waiting_words = "待看"


@admin.register(PostingFlag)
class PostingFlagAdmin(DeskAdmin):
    """Each is settled by a person; the posting's own page shows them together with what it says."""

    noun = "flag"
    list_display = ("text", "family", "where", "excerpt", "posting_link", "state", "raised_at")
    list_display_links = None
    list_filter = (FlagQueue, "family")
    list_select_related = ("posting",)
    ordering = ("raised_at", "id")
    fields = readonly_fields = (
        *("posting_link", "family", "where", "text", "excerpt", "advice", "state", "note", "raised_at"),
        *("settled_by", "settled_at", "lexicon_version"),
    )
    actions = (
        reasoned(word="没有问题", act=flags.dismiss, note="写一句为什么，以后看得到。"),
        reasoned(
            word="要求修改", act=flags.uphold, note="岗位不会自动下架；要退回给用人单位，请驳回岗位。", required=False
        ),
    )

    def deeds_for(self, request: HttpRequest, row: Any) -> Iterable[str]:
        return [] if row.state == FlagState.GONE else ["flags_dismiss", "flags_uphold"]

    @admin.display(description="哪一项")
    def where(self, flag: PostingFlag) -> str:
        return label_of(flag.field)

    @admin.display(description="岗位")
    def posting_link(self, flag: PostingFlag) -> str:
        address = reverse("admin:employers_jobposting_change", args=[flag.posting_id])
        return format_html('<a href="{}">{}</a>', address, flag.posting.title)


def label_of(field: str) -> str:
    """The field's name as the form calls it."""
    return str(PostingFlag._meta.get_field("posting").related_model._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


# Reports -------------------------------------------------------------------------------------------------------------


class ReportQueue(QueueFilter):
    states = ReportState.choices
    waiting = REPORT_OPEN
    waiting_words = "没有答复的"


class ConcludeForm(ReasonForm):
    finding = forms.ChoiceField(
        label="核查结果", choices=[(state.value, state.label) for state in FINDINGS], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label="给举报人的答复", max_length=500, widget=forms.Textarea({"rows": 4}),
        help_text="举报人凭查询码看到。不要写用人单位员工的姓名电话。",
    )  # fmt: skip
    deed = forms.ChoiceField(
        label="岗位怎么办", required=False, widget=forms.RadioSelect, initial="",
        choices=[("", "不动"), ("reject", "驳回，让用人单位改"), ("remove", "下架，不能恢复")],
        help_text="只有“属实”的可以同时处理岗位。",
    )  # fmt: skip
    field_order = ("finding", "answer", "deed", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "required": False})
        self.fields["reason"].label = "给用人单位的原因"
        self.fields["reason"].help_text = "驳回或下架时要写；用人单位会看到，不要提到举报。"

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("deed") and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", "驳回或下架要写原因，用人单位会看到。")
        if cleaned.get("deed") and cleaned.get("finding") != ReportState.TRUE:
            self.add_error("deed", "只有“属实”的举报才能同时处理岗位。")
        return cleaned


class ReportEventInline(LookOnly, admin.TabularInline):
    model = PostingReportEvent
    fields = readonly_fields = ("at", "from_state", "to_state", "note", "by")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


@admin.register(PostingReport)
class PostingReportAdmin(DeskAdmin):
    """The queue of reports with its clock. Who reported is shown to those who handle them, and to nobody else."""

    noun = "report"
    change_form_template = "admin/employers/postingreport/change_form.html"
    list_display = ("kind", "clock", "state", "title", "reported_at")
    list_filter = (ReportQueue, "kind")
    list_select_related = ("posting", "handled_by")
    ordering = ("due_at", "id")
    paginator = CappedPaginator
    search_fields = ("=id", "=posting__id")
    search_help_text = "举报编号或岗位编号"
    fields = readonly_fields = (
        *("posting_link", "employer", "kind", "what", "has_contact", "others", "reported_at", "clock", "state"),
        *("answer", "answered_at", "handled_by"),
    )
    inlines = (ReportEventInline,)
    actions = (
        reasoned(word="开始核查", act=lambda report, by, reason: reports.take_up(report=report, by=by),
                 required=False, name="reports_take_up"),
        reasoned(word="结论和答复", act=reports.conclude, form=ConcludeForm, name="reports_conclude"),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "employers_postingreport_changelist":
            return rows.defer("text", "contact")
        return rows.select_related("posting__employer", "handled_by")

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:pk>/contact/", self.admin_site.admin_view(self.contact_view), name="employers_postingreport_contact"
        )
        return [own, *super().get_urls()]

    def contact_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The reporter's words and contact in clear, after a fresh confirmation and for a reason."""
        if not request.user.has_perms(("employers.change_postingreport", "privacy.add_personaldataaccess")):
            raise PermissionDenied
        if (asked := second_factor.confirm_first(request)) is not None:
            return asked
        row = get_object_or_404(PostingReport, pk=pk)

        def act(*, purpose: str, reason: str) -> dict[str, str]:
            return reports.reveal(report=row, by=request.user, purpose=purpose, reason=reason)

        return reveal_answer(
            request, masked=reports.masked(report=row), purposes=FOR_OFFICERS, act=act, title="举报人的说明和联系方式",
            back_url=reverse("admin:employers_postingreport_change", args=[pk]), base="base_staff.html",
        )  # fmt: skip

    def deeds_for(self, request: HttpRequest, row: Any) -> Iterable[str]:
        found = ["reports_take_up"] if can_move(row.state, ReportState.CHECKING, OFFICER) else []
        return [*found, "reports_conclude"] if can_move(row.state, ReportState.TRUE, OFFICER) else found

    @admin.display(description="岗位")
    def title(self, report: PostingReport) -> str:
        return Truncator(report.posting.title).chars(16)

    @admin.display(description="最晚答复", ordering="due_at")
    def clock(self, report: PostingReport) -> str:
        local = f"{timezone.localtime(report.due_at):%m-%d %H:%M}"
        if report.state == ReportState.ANSWERED:
            return local
        left = report.due_at - timezone.now()
        hours = int(abs(left.total_seconds()) // 3600)
        words = f"{hours // 24} 天 {hours % 24} 小时" if hours >= 24 else f"{hours} 小时"
        if left.total_seconds() < 0:
            return format_html('<strong class="is-late">{} 已超 {}</strong>', local, words)
        return f"{local}，还有 {words}"

    @admin.display(description="岗位")
    def posting_link(self, report: PostingReport) -> str:
        address = reverse("admin:employers_jobposting_change", args=[report.posting_id])
        words = f"{report.posting.title}（{report.posting.shown_state}）"
        return format_html('<a href="{}">{}</a>', address, words)

    @admin.display(description="用人单位")
    def employer(self, report: PostingReport) -> str:
        return report.posting.employer.name

    @admin.display(description="说明")
    def what(self, report: PostingReport) -> str:
        return masked_text(str(report.text or "")) or "没有写"

    @admin.display(description="留了联系方式", boolean=True)
    def has_contact(self, report: PostingReport) -> bool:
        return bool(report.contact)

    @admin.display(description="这个岗位的其他举报")
    def others(self, report: PostingReport) -> str:
        count = PostingReport.objects.filter(posting_id=report.posting_id).exclude(pk=report.pk)[:100].count()
        address = (
            reverse("admin:employers_postingreport_changelist") + f"?queue=all&posting__id__exact={report.posting_id}"
        )
        return format_html('<a href="{}">{} 件</a>', address, count) if count else "没有"

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup == "posting__id__exact" or super().lookup_allowed(lookup, value, request)  # type: ignore[arg-type]


def settle_all(request: HttpRequest, *, posting_id: int) -> int:
    """Settle the flags of a posting as its page was filled in; what is refused is told. Returns how many were done."""
    done = 0
    for flag in PostingFlag.objects.filter(posting_id=posting_id).exclude(state=FlagState.GONE).order_by("pk"):
        verdict = request.POST.get(f"verdict-{flag.pk}", "")
        if verdict not in ("dismissed", "upheld") or verdict == flag.state:
            continue
        act = flags.dismiss if verdict == "dismissed" else flags.uphold
        try:
            act(flag=flag, by=request.user, reason=request.POST.get(f"note-{flag.pk}", "")[:200])
            done += 1
        except Refused as refusal:
            messages.error(request, f"“{flag.text}”：{refusal.message}")
    return done
