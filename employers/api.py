"""Postings and employers: what the public reads, and what an employer's members do with their own."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from employers import filters, listing
from employers.actions import employers
from employers.actions import postings as actions
from employers.choices import EmployerState
from employers.listing import Cursor
from employers.models import Employer, JobPosting, today
from employers.serializers import (
    EmployerSerializer,
    EmployerWriteSerializer,
    OwnEmployerSerializer,
    OwnPostingCardSerializer,
    OwnPostingSerializer,
    PostingCardSerializer,
    PostingMoveSerializer,
    PostingSerializer,
    PostingWriteSerializer,
)
from employers.views.postings import DEEDS, _tabs
from jinba.accounts.choices import STAFF_ROLES, Role, Scope
from jinba.accounts.idempotency import once
from jinba.core.errors import Refused
from jinba.core.rest import etags, pages
from jinba.core.rest.access import ANYONE, need
from jinba.core.rest.problems import ChangedMeanwhile, Malformed
from jinba.core.rest.schema import PAGE, made, page_of
from jinba.core.rest.views import ApiView, created

MEMBERS = need(Scope.POSTINGS, Role.EMPLOYER)
READERS = need(Scope.READ, Role.EMPLOYER)


# The public's postings ------------------------------------------------------------------------------------------------

Filter = OpenApiParameter
BOX = {"type": "string", "enum": ["1"]}
FILTERS = [
    Filter("q", {"type": "string", "maxLength": 80}, description="搜索词，和网站的搜索一样。"),
    Filter("region", {"type": "string", "pattern": "^[0-9]{2,9}$"}, description="区划代码，含下级。"),
    Filter("zone", {"type": "string"}, description="园区代码；park 是所有共建园区。"),
    Filter("family", {"type": "string", "pattern": "^[0-9]+$"}, description="工种大类的代码。"),
    Filter("trade", {"type": "string", "pattern": "^[0-9]+$"}, description="工种代码。"),
    Filter("pay", {"type": "integer", "minimum": 500, "maximum": 200000}, description="每月至少多少元。"),
    Filter("shift", {"type": "array", "items": {"type": "string"}}, description="班次，可以写几个。"),
    Filter("housing", BOX, description="1：包住。"),
    Filter("meals", BOX, description="1：管饭。"),
    Filter("couple", BOX, description="1：有夫妻房。"),
    Filter("insurance", BOX, description="1：交五险。"),
    Filter("days", BOX, description="1：不上夜班。"),
    Filter("kind", {"type": "string"}, description="岗位类别；flexible 是全部柔性引才。"),
    Filter("employer", {"type": "string", "pattern": "^[0-9]{1,15}$"}, description="用人单位的编号。"),
]


class Postings(ApiView):
    needs = {"GET": ANYONE, "POST": MEMBERS}
    once = frozenset({"POST"})
    tagged = frozenset({"GET"})
    tag = "岗位"

    @extend_schema(
        operation_id="postings",
        summary="正在招聘的岗位",
        parameters=[*FILTERS, *PAGE],
        responses=page_of(PostingCardSerializer, "Postings"),
    )
    def get(self, request: Request) -> Response:
        """网站上公开的岗位，新的在前。条件和网站的列表一样；看不懂的条件答 400，不会悄悄漏掉。"""
        size, place = pages.asked(request)
        asked = filters.read(request.query_params)
        if asked.ignored:
            raise Malformed(f"看不懂这些条件：{'、'.join(asked.ignored)}。")
        at = _cursor(place)
        older = place is not None and place.way == pages.NEXT
        page = listing.page(asked, after=at if older else None, before=None if older else at, size=size)
        shown = "\n".join(":".join(map(str, row)) for row in page.rows)
        current = etags.tag("postings", request.get_full_path(), shown, page.older, page.newer)

        def make() -> dict[str, Any]:
            rows = JobPosting.objects.with_card().in_bulk([row.pk for row in page.rows])
            found = [rows[row.pk] for row in page.rows if row.pk in rows]
            beside = pages.links(request, older=str(page.older or ""), newer=str(page.newer or ""))
            return pages.envelope(beside, PostingCardSerializer(found, many=True, context={"request": request}).data)

        return etags.conditional(request, current, make, seconds=etags.SHORT)

    @extend_schema(
        operation_id="posting_draft",
        summary="写一个岗位草稿",
        request=PostingWriteSerializer,
        responses=made(OwnPostingSerializer, "写好的草稿。"),
        examples=[
            OpenApiExample(
                "草稿",
                value={"title": "冲压工", "headcount": 5, "region": "330784", "base_pay_min": 6000},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """草稿想写多少写多少，提交审核时才要写全。"""

        def work() -> Response:
            fields = self.read(PostingWriteSerializer)
            posting = actions.draft(by=request.user, employer=_own_employer(request), **fields)
            return _made(request, posting)

        return once(request, work)


def _cursor(place: pages.Place | None) -> Cursor | None:
    if place is None:
        return None
    found = Cursor.read(place.at)
    if found is None or found.pk >= pages.BIGGEST:
        raise Malformed("cursor 不对，请用上一页给的 next 或 previous。")
    return found


def _made(request: Request, posting: JobPosting) -> Response:
    body = OwnPostingSerializer(_whole(posting.pk), context={"request": request}).data
    return created(body, reverse("api:posting", args=[posting.pk]))


def _whole(pk: int, rows: "QuerySet[JobPosting] | None" = None) -> JobPosting:
    """A posting with all that its answer shows, in two queries."""
    rows = JobPosting.objects.all() if rows is None else rows
    return get_object_or_404(
        rows.select_related("employer", "region", "zone", "trade")
        .prefetch_related("skills__skill")
        .defer("search", "employer__contact_phone"),
        pk=pk,
    )


def _own_employer(request: Request) -> Employer:
    """The employer of the member who asks; a user who belongs to none has none."""
    return get_object_or_404(Employer.objects.select_related("region", "zone").filter(members__user=request.user))


ANY_POSTING = PolymorphicProxySerializer(
    component_name="AnyPosting", serializers=[OwnPostingSerializer, PostingSerializer], resource_type_field_name=None
)


class Posting(ApiView):
    needs = {"GET": ANYONE, "PATCH": MEMBERS}
    tagged = frozenset({"GET"})
    matched = frozenset({"PATCH"})
    tag = "岗位"

    @extend_schema(operation_id="posting", summary="一个岗位", responses=ANY_POSTING)
    def get(self, request: Request, pk: int) -> Response:
        """公开的岗位谁都可以读。自己单位的（草稿、暂停的也算）多几项：状态、原因、能办的事。"""
        own = _manages(request, pk)
        rows = JobPosting.objects.all() if own else JobPosting.objects.visible()
        changed = rows.filter(pk=pk).values_list("updated_at", "employer__updated_at", "employer__state").first()
        if changed is None:
            raise Http404
        kind = OwnPostingSerializer if own else PostingSerializer
        return etags.conditional(
            request,
            _tag(pk, own, changed),
            lambda: kind(_whole(pk, rows), context={"request": request}).data,
            seconds=None if own else etags.SHORT,
        )

    @extend_schema(
        operation_id="posting_change",
        summary="改岗位",
        request=PostingWriteSerializer,
        responses=OwnPostingSerializer,
    )
    def patch(self, request: Request, pk: int) -> Response:
        """只写要改的几项。正在招聘的岗位改了内容要重新审核；正在审核的要先撤回。"""
        posting = get_object_or_404(JobPosting.objects.seen_by(request.user).select_related("employer"), pk=pk)
        employer = posting.employer
        etags.check(request, _tag(pk, True, (posting.updated_at, employer.updated_at, employer.state)))
        seen = posting.updated_at if "If-Match" in request.headers else None
        try:
            actions.change(posting=posting, by=request.user, seen=seen, **self.read(PostingWriteSerializer))
        except Refused as refusal:
            # Between our look and the action's lock.
            if seen and not JobPosting.objects.filter(pk=pk, updated_at=seen).exists():
                raise ChangedMeanwhile from refusal
            raise
        return _own_answer(request, pk)


def _manages(request: Request, pk: int) -> bool:
    user: Any = request.user
    if not user.is_authenticated or user.role not in (Role.EMPLOYER, *STAFF_ROLES):
        return False
    if user.is_staff and not user.has_perm("employers.view_jobposting"):
        return False
    return JobPosting.objects.seen_by(user).filter(pk=pk).exists()


def _tag(pk: int, own: bool, changed: tuple[Any, ...]) -> str:
    # By the day, too: what may be done depends on it.
    return etags.tag("posting", pk, own, today(), *changed)


def _own_answer(request: Request, pk: int) -> Response:
    posting = _whole(pk)
    response = Response(OwnPostingSerializer(posting, context={"request": request}).data)
    employer = posting.employer
    response.headers["ETag"] = _tag(pk, True, (posting.updated_at, employer.updated_at, employer.state))
    return response


class PostingMoves(ApiView):
    needs = {"POST": MEMBERS}
    tag = "岗位"

    @extend_schema(
        operation_id="posting_move",
        summary="办岗位的事：提交、撤回、暂停、恢复、招满、续期、结束",
        request=PostingMoveSerializer,
        responses=OwnPostingSerializer,
        examples=[OpenApiExample("提交审核", value={"move": "submit"}, request_only=True)],
    )
    def post(self, request: Request, pk: int) -> Response:
        """现在能办哪些，看岗位的 `moves`。"""
        posting = get_object_or_404(JobPosting.objects.seen_by(request.user), pk=pk)
        asked = self.read(PostingMoveSerializer)
        deed = DEEDS[asked["move"]]
        more: dict[str, Any] = {"reason": asked["reason"]} if deed.asks_reason else {}
        if deed.key == "renew":
            more["valid_until"] = asked["valid_until"]
        deed.act(posting=posting, by=request.user, **more)
        return _own_answer(request, pk)


class PostingCopy(ApiView):
    needs = {"POST": MEMBERS}
    once = frozenset({"POST"})
    tag = "岗位"

    @extend_schema(
        operation_id="posting_copy",
        summary="复制岗位",
        request=None,
        responses=made(OwnPostingSerializer, "内容相同的新草稿。"),
    )
    def post(self, request: Request, pk: int) -> Response:
        """内容相同的新草稿，日期空着。"""
        posting = get_object_or_404(JobPosting.objects.seen_by(request.user).select_related("employer"), pk=pk)
        return once(request, lambda: _made(request, actions.copy(posting=posting, by=request.user)))


# Employers ------------------------------------------------------------------------------------------------------------


def _public() -> "QuerySet[Employer]":
    gone = (EmployerState.SUSPENDED, EmployerState.BANNED)
    return Employer.objects.public().exclude(state__in=gone).select_related("region", "zone").defer("contact_phone")


class Employers(ApiView):
    needs = {"GET": ANYONE}
    tag = "用人单位"

    @extend_schema(
        operation_id="employers",
        summary="公开的用人单位",
        parameters=PAGE,
        responses=page_of(EmployerSerializer, "Employers"),
    )
    def get(self, request: Request) -> Response:
        """已认证的单位，和转载岗位的单位；新的在前。"""
        found, beside = pages.newest(request, _public())
        return Response(pages.envelope(beside, EmployerSerializer(found, many=True, context={"request": request}).data))


class EmployerDetail(ApiView):
    needs = {"GET": ANYONE}
    tagged = frozenset({"GET"})
    tag = "用人单位"

    @extend_schema(operation_id="employer", summary="一家用人单位", responses=EmployerSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """公开的资料；联系电话不在里面。"""
        employer = get_object_or_404(_public(), pk=pk)
        return etags.conditional(
            request,
            etags.tag("employer", pk, employer.updated_at),
            lambda: EmployerSerializer(employer, context={"request": request}).data,
            seconds=etags.SHORT,
        )


class OwnEmployer(ApiView):
    needs = {"GET": READERS, "PATCH": need(Scope.PROFILE, Role.EMPLOYER)}
    tagged = frozenset({"GET"})
    matched = frozenset({"PATCH"})
    tag = "用人单位"

    @extend_schema(operation_id="own_employer", summary="自己的单位", responses=OwnEmployerSerializer)
    def get(self, request: Request) -> Response:
        """自己单位的资料和认证状态。"""
        return self._answer(request, _own_employer(request))

    @extend_schema(
        operation_id="own_employer_change",
        summary="改自己单位的资料",
        request=EmployerWriteSerializer,
        responses=OwnEmployerSerializer,
    )
    def patch(self, request: Request) -> Response:
        """只有负责人能改；只写要改的几项。提交认证以后名称、信用代码和类型不能改。"""
        employer = _own_employer(request)
        etags.check(request, self._tag(employer))
        fields = self.read(EmployerWriteSerializer, partial=True)
        employers.change_profile(employer=employer, by=request.user, **fields)
        return self._answer(request, _own_employer(request))

    def _answer(self, request: Request, employer: Employer) -> Response:
        return etags.conditional(
            request,
            self._tag(employer),
            lambda: OwnEmployerSerializer(employer, context={"request": request}).data,
        )

    @staticmethod
    def _tag(employer: Employer) -> str:
        return etags.tag("own employer", employer.pk, employer.updated_at)


class OwnPostings(ApiView):
    needs = {"GET": READERS}
    tag = "岗位"

    @extend_schema(
        operation_id="own_postings",
        summary="自己单位的岗位",
        parameters=[
            OpenApiParameter(
                "state",
                {"type": "string", "enum": [key for key in _tabs() if key]},
                description="哪些岗位；不写是没有结束的全部。",
            ),
            *PAGE,
        ],
        responses=page_of(OwnPostingCardSerializer, "OwnPostings"),
    )
    def get(self, request: Request) -> Response:
        """和网站“岗位”页的标签一样分，新的在前。"""
        tabs = _tabs()
        chosen = request.query_params.get("state", "")
        if chosen not in tabs:
            raise Malformed("state 不对。")
        rows = JobPosting.objects.filter(employer=_own_employer(request)).filter(tabs[chosen][1]).with_card()
        found, beside = pages.newest(request, rows)
        shown = OwnPostingCardSerializer(found, many=True, context={"request": request}).data
        return Response(pages.envelope(beside, shown))


urlpatterns = [
    path("postings/", Postings.as_view(), name="postings"),
    path("postings/<int:pk>/", Posting.as_view(), name="posting"),
    path("postings/<int:pk>/moves/", PostingMoves.as_view(), name="posting_moves"),
    path("postings/<int:pk>/copy/", PostingCopy.as_view(), name="posting_copy"),
    path("employers/", Employers.as_view(), name="employers"),
    path("employers/me/", OwnEmployer.as_view(), name="own_employer"),
    path("employers/me/postings/", OwnPostings.as_view(), name="own_postings"),
    path("employers/<int:pk>/", EmployerDetail.as_view(), name="employer"),
]
