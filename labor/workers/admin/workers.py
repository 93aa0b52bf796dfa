"""Workers, to look at: each writes his own profile. To see a number in clear takes a reason and leaves a row."""

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.db.models.functions import Left
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime

from jinba.accounts import second_factor
from jinba.accounts.admin import by_phone_or
from jinba.core import resident_id
from jinba.core.errors import Refused
from jinba.core.staff_admin import BigList, LookOnly
from jinba.privacy import revealing
from jinba.privacy.choices import Subject
from jinba.privacy.exports.desk import ExportDesk
from jinba.privacy.fields import in_words
from jinba.privacy.forms import FOR_OFFICERS
from jinba.privacy.models import PersonalDataAccess
from jinba.reference.models import Region
from labor.workers import actions as workers
from labor.workers import profile
from labor.workers.exporting import WorkerResource
from labor.workers.models import Consent, Delegation, Worker, WorkerAct, WorkerSkill

COUNTY_DIGITS = 6
HOME_CITY = "5119"
FEW = 20
REVEALED = ("phone", "resident_id")


class CountyFilter(admin.SimpleListFilter):
    """The counties of Bazhong; an index begins with them."""

    title = "家在哪个县（区）"
    parameter_name = "county"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        counties = Region.objects.filter(parent_id=HOME_CITY).order_by("code").values_list("code", "name")
        return [*counties]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        return queryset.alias(county=Left("home_id", COUNTY_DIGITS)).filter(county=value) if value else queryset


class GoingTogetherFilter(admin.SimpleListFilter):
    title = "结伴"
    parameter_name = "together"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "和人结伴")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(group__isnull=False) if self.value() == "yes" else queryset


class NoLongerFilter(admin.SimpleListFilter):
    """Profiles that are over, most of them merged into another."""

    title = "停用"
    parameter_name = "over"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "已停用或已并入别人")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(is_active=False) if self.value() == "yes" else queryset


class WorkerSkillInline(LookOnly, admin.TabularInline):
    model = WorkerSkill
    fields = readonly_fields = ("skill", "level")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("skill")


class DelegationInline(LookOnly, admin.TabularInline):
    model = Delegation
    fields = readonly_fields = ("helper", "method", "agreed_at", "told_at", "ends_on", "ended_at", "end_reason")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("helper")


class ConsentInline(LookOnly, admin.TabularInline):
    model = Consent
    fields = readonly_fields = ("purpose", "recipient", "version", "given_at", "given_by", "withdrawn_at")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("given_by")


class WorkerActInline(LookOnly, admin.TabularInline):
    model = WorkerAct
    fields = readonly_fields = ("at", "by", "kind", "note")
    extra = 0

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("by")


@admin.register(Worker)
class WorkerAdmin(ExportDesk, LookOnly, BigList, admin.ModelAdmin):
    """Made for a million rows: no count of all, every filter, order and search by an index.

    Floors above add inlines of their own (`labor.applications.admin`).
    """

    resource_class = WorkerResource
    list_display = (
        *("id", "name", "masked", "home", "village", "job_status", "registered_via"),
        "created_at",
    )
    list_filter = (CountyFilter, "job_status", "registered_via", GoingTogetherFilter, NoLongerFilter)
    list_select_related = ("home",)
    search_fields = ("name",)
    search_help_text = "完整的手机号或身份证号，或姓名、村名的开头"
    fields = readonly_fields = (
        *("name", "numbers", "home", "village", "told", "group", "is_personalised", "registered_via", "registered_by"),
        *("merged_into", "is_active", "created_at", "updated_at", "seen_by_others"),
    )
    inlines: ClassVar[Any] = (WorkerSkillInline, DelegationInline, ConsentInline, WorkerActInline)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        if request.resolver_match and request.resolver_match.url_name == "workers_worker_change":
            return rows.select_related("home", "group", "registered_by", "merged_into")
        return rows.defer("resident_id", "resident_id_index", "phone_index", "trades", "places", "refused_places")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        tools = []
        user: Any = request.user
        if user.has_perm("workers.view_registrationbatch"):
            tools.append({"title": "批量登记", "url": reverse("batches:list")})
        if user.has_perm("workers.change_duplicatepair"):
            tools.append({"title": "疑似重复", "url": reverse("duplicates:list")})
        return super().changelist_view(request, {"other_tools": tools, **(extra_context or {})})

    def get_urls(self) -> list[URLPattern]:
        reveal = self.admin_site.admin_view(self.reveal)
        return [path("<int:pk>/reveal/", reveal, name="workers_worker_reveal"), *super().get_urls()]

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """A whole number by its blind index; words by the beginning of the name or of the village, in their indexes."""
        words = search_term.strip()
        if not words:
            return queryset, False
        try:
            number = resident_id.checked(words)
        except Refused:
            return queryset.filter(by_phone_or(words, "name", "village")), False
        # The index holds the numbers of those who are active, one each.
        return queryset.filter(Q(resident_id_index=resident_id.index(number), is_active=True)), False

    def reveal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Phone and resident ID in clear, after a fresh confirmation and for a reason."""
        worker = get_object_or_404(Worker, pk=pk)
        back = reverse("admin:workers_worker_change", args=[pk])
        if not request.user.has_perms(("workers.view_worker", "privacy.add_personaldataaccess")):
            raise PermissionDenied
        if (answer := second_factor.confirm_first(request)) is not None:
            return answer
        masked = {"phone": worker.masked_phone, "resident_id": worker.masked_resident_id}
        masked = {name: value for name, value in masked.items() if value}
        return revealing.answer(
            request,
            masked=masked,
            purposes=FOR_OFFICERS,
            act=lambda **why: workers.reveal(worker=worker, by=request.user, fields=masked, **why),
            title=f"查看{worker.masked_name}的号码",
            back_url=back,
        )

    @admin.display(description="手机号")
    def masked(self, worker: Worker) -> str:
        return worker.masked_phone or "—"

    @admin.display(description="手机号和身份证号")
    def numbers(self, worker: Worker) -> str:
        known = [value for value in (worker.masked_phone, worker.masked_resident_id) if value]
        if not known:
            return "没有"
        url = reverse("admin:workers_worker_reveal", args=[worker.pk])
        return format_html('{}　<a href="{}">查看完整号码…</a>', "　".join(known), url)

    @admin.display(description="本人说过的")
    def told(self, worker: Worker) -> str:
        known = ((line.short, line.words) for line in profile.lines(worker) if line.is_known)
        return format_html_join("", "<div>{}：{}</div>", known)

    @admin.display(description="谁看过号码")
    def seen_by_others(self, worker: Worker) -> str:
        profiles = [worker.pk, *(one.pk for one in worker.former())]
        looks = PersonalDataAccess.objects.filter(subject=Subject.WORKER, subject_id__in=profiles)
        rows = looks.select_related("by").order_by("-id")[:FEW]
        return (
            format_html_join(
                "",
                "<div>{} {} 看了{}：{}</div>",
                (
                    (f"{localtime(look.at):%Y-%m-%d %H:%M}", look.by, in_words(look.fields), look.reason)
                    for look in rows
                ),
            )
            or "没有人看过"
        )
