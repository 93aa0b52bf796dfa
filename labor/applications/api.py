"""Applications: apply, follow, answer; an employer's moves, one by one or many at once; invitations."""

import re
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from employers.models import JobPosting
from jinba.accounts.choices import Role, Scope
from jinba.accounts.idempotency import once
from jinba.core.rest import pages
from jinba.core.rest.access import need
from jinba.core.rest.problems import Malformed
from jinba.core.rest.schema import PAGE, WORKER, page_of
from jinba.core.rest.views import ApiView, created
from labor.applications import actions as applications
from labor.applications.choices import LIVE, Stage
from labor.applications.models import Application, PostingInvitation
from labor.applications.serializers import (
    ANSWERS,
    ApplySerializer,
    BulkMoveSerializer,
    EmployerApplicationSerializer,
    EmployerApplicationWholeSerializer,
    InvitationSerializer,
    MoveResultsSerializer,
    MoveSerializer,
    WorkerApplicationSerializer,
    WorkerApplicationWholeSerializer,
)
from labor.workers.api import SPEAKERS, whose

ANY = PolymorphicProxySerializer(
    component_name="AnyApplication",
    serializers=[WorkerApplicationWholeSerializer, EmployerApplicationWholeSerializer],
    resource_type_field_name=None,
)
ANY_IN_LIST = PolymorphicProxySerializer(
    component_name="AnyApplicationInList",
    serializers=[WorkerApplicationSerializer, EmployerApplicationSerializer],
    resource_type_field_name=None,
    many=True,
)
READERS = need(Scope.READ, right="applications.view_application")
HEAVY = tuple(f"posting__{name}" for name in ("duties", "requirements", "search"))


def _is_worker_side(request: Request) -> bool:
    user: Any = request.user
    return user.role in SPEAKERS


def _rows(request: Request) -> "QuerySet[Application]":
    rows = Application.objects.seen_by(request.user)
    return rows.select_related("posting__employer", "posting__region", "posting__zone", "worker__home").defer(*HEAVY)


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    if text and not re.fullmatch(r"[0-9]{1,18}", text):
        raise Malformed(f"{name} 要是编号。")
    return int(text) if text else None


def _whole(request: Request, pk: int) -> Any:
    """The application in the words of who asks, two queries."""
    application = get_object_or_404(_rows(request).prefetch_related("events"), pk=pk)
    side = WorkerApplicationWholeSerializer if _is_worker_side(request) else EmployerApplicationWholeSerializer
    return side(application).data


class Applications(ApiView):
    needs = {"GET": READERS, "POST": need(Scope.APPLICATIONS, *SPEAKERS)}
    once = frozenset({"POST"})
    tag = "报名"

    @extend_schema(
        operation_id="applications",
        summary="报名",
        parameters=[
            WORKER,
            OpenApiParameter("posting", {"type": "integer", "minimum": 1}, description="只看这个岗位的。"),
            OpenApiParameter(
                "stage", {"type": "string", "enum": list(Stage.values)}, description="用人单位：只看这个阶段的。"
            ),
            OpenApiParameter("live", {"type": "string", "enum": ["1"]}, description="1：只看还在进行的。"),
            *PAGE,
        ],
        responses=page_of(ANY_IN_LIST, "Applications"),
    )
    def get(self, request: Request) -> Response:
        """劳动者看自己的，用人单位看报自己岗位的，受托人看他帮的人的；新的在前。"""
        rows, mine = _rows(request), _is_worker_side(request)
        if (worker := _number(request, "worker")) is not None:
            rows = rows.filter(worker=worker) if mine else rows.none()
        if (posting := _number(request, "posting")) is not None:
            rows = rows.filter(posting=posting)
        if stage := request.query_params.get("stage", ""):
            if mine or stage not in Stage.values:
                raise Malformed("stage 不对；劳动者一边没有这个条件。")
            rows = rows.filter(stage=stage)
        if request.query_params.get("live") == "1":
            rows = rows.live()  # type: ignore[attr-defined]
        found, beside = pages.newest(request, rows)
        side = WorkerApplicationSerializer if mine else EmployerApplicationSerializer
        return Response(pages.envelope(beside, side(found, many=True).data))

    @extend_schema(
        operation_id="apply",
        summary="报名一个岗位",
        parameters=[WORKER],
        request=ApplySerializer,
        responses={
            201: OpenApiResponse(WorkerApplicationWholeSerializer, "报好了。"),
            200: OpenApiResponse(WorkerApplicationWholeSerializer, "本来就报着，没有再报。"),
        },
        examples=[OpenApiExample("报名", value={"posting": 17}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """报名就是同意把姓名、电话、简历提供给这家单位，只用于这次招聘的联系和面试。"""
        worker = whose(request)

        def work() -> Response:
            pk = self.read(ApplySerializer)["posting"]
            posting = get_object_or_404(JobPosting.objects.filter(published_at__isnull=False), pk=pk)
            running = Application.objects.filter(worker=worker, posting=posting, stage__in=LIVE).exists()
            application = applications.apply(worker=worker, posting=posting, by=request.user)
            body = _whole(request, application.pk)
            location = reverse("api:application", args=[application.pk])
            return Response(body, headers={"Location": location}) if running else created(body, location)

        return once(request, work)


class ApplicationDetail(ApiView):
    needs = {"GET": READERS}
    tag = "报名"

    @extend_schema(operation_id="application", summary="一个报名", responses=ANY)
    def get(self, request: Request, pk: int) -> Response:
        """到哪一步了、接下来怎样、能办什么。劳动者看到的是自己的话，用人单位看到的是阶段。"""
        return Response(_whole(request, pk))


class Moves(ApiView):
    needs = {"POST": need(Scope.APPLICATIONS, Role.EMPLOYER, *SPEAKERS)}
    tag = "报名"

    @extend_schema(
        operation_id="application_move",
        summary="办一步：接受、谢绝、取消、到岗；受理、约面、录用、不合适……",
        request=MoveSerializer,
        responses=ANY,
        examples=[
            OpenApiExample("接受录用", value={"move": "accept"}, request_only=True),
            OpenApiExample("不合适", value={"move": "rejected", "reason": "skills"}, request_only=True),
        ],
    )
    def post(self, request: Request, pk: int) -> Response:
        """现在能办哪些，看报名的 `moves`。办两次和办一次一样。"""
        application = get_object_or_404(_rows(request), pk=pk)
        asked = self.read(MoveSerializer)
        move, why = asked["move"], {"reason": asked["reason"], "note": asked["note"]}
        if _is_worker_side(request) != (move in ANSWERS):
            raise ValidationError({"move": ["这一步不归您办。"]})
        if move == "accept":
            applications.accept(application=application, by=request.user)
        elif move == "decline":
            applications.decline(application=application, by=request.user, **why)
        elif move == "withdraw":
            applications.withdraw(application=application, by=request.user, **why)
        else:
            to = ANSWERS[move][1] if move in ANSWERS else move
            applications.move(application=application, to=to, by=request.user, **why)
        return Response(_whole(request, pk))


class BulkMoves(ApiView):
    needs = {"POST": need(Scope.APPLICATIONS, Role.EMPLOYER)}
    tag = "报名"

    @extend_schema(
        operation_id="applications_move",
        summary="一起办几个人",
        request=BulkMoveSerializer,
        responses=MoveResultsSerializer,
    )
    def post(self, request: Request) -> Response:
        """一个一个检查，一个一个答复；别家的编号就是没有找到。"""
        asked = self.read(BulkMoveSerializer)
        results = applications.move_many(
            ids=asked["ids"], to=asked["move"], by=request.user, reason=asked["reason"], note=asked["note"]
        )
        moved = sum(row.is_moved for row in results)
        return Response(MoveResultsSerializer({"moved": moved, "results": results}).data)


class Invitations(ApiView):
    needs = {"GET": need(Scope.READ, Role.SEEKER)}
    tag = "邀请"

    @extend_schema(
        operation_id="invitations",
        summary="收到的邀请",
        parameters=PAGE,
        responses=page_of(InvitationSerializer, "Invitations"),
    )
    def get(self, request: Request) -> Response:
        """还没有答复、岗位还在招的邀请。想去就报名，不想去可以谢绝。"""
        rows = PostingInvitation.objects.filter(
            worker__user=request.user, declined_at__isnull=True, posting__in=JobPosting.objects.open()
        ).exclude(posting__applications__worker__user=request.user)
        shown = ("posting__employer", "posting__region", "posting__zone", "posting__trade")
        found, beside = pages.newest(request, rows.select_related(*shown).defer(*HEAVY))
        body = InvitationSerializer(found, many=True, context={"request": request}).data
        return Response(pages.envelope(beside, body))


class InvitationDecline(ApiView):
    needs = {"POST": need(Scope.APPLICATIONS, Role.SEEKER)}
    tag = "邀请"

    @extend_schema(
        operation_id="invitation_decline",
        summary="谢绝邀请",
        request=None,
        responses={204: OpenApiResponse(description="记下了，这个岗位不会再邀请。")},
    )
    def post(self, request: Request, pk: int) -> Response:
        """这家单位不会再为这个岗位邀请。"""
        invitation = get_object_or_404(PostingInvitation, pk=pk, worker__user=request.user)
        applications.decline_invitation(invitation=invitation, by=request.user)
        return Response(status=204)


urlpatterns = [
    path("applications/", Applications.as_view(), name="applications"),
    path("applications/moves/", BulkMoves.as_view(), name="applications_move"),
    path("applications/<int:pk>/", ApplicationDetail.as_view(), name="application"),
    path("applications/<int:pk>/moves/", Moves.as_view(), name="application_moves"),
    path("invitations/", Invitations.as_view(), name="invitations"),
    path("invitations/<int:pk>/decline/", InvitationDecline.as_view(), name="invitation_decline"),
]
