"""A worker's profile: his own, or of somebody who entrusted himself to the helper who asks (`?worker=`)."""

import re
from typing import Any

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from jinba.accounts.choices import Role, Scope
from jinba.accounts.idempotency import once
from jinba.core.locks import locked_one
from jinba.core.rest import etags, pages
from jinba.core.rest.access import need
from jinba.core.rest.problems import Malformed
from jinba.core.rest.schema import PAGE, WORKER, made, page_of
from jinba.core.rest.views import ApiView, created
from labor.workers import actions as workers
from labor.workers.models import Delegation, Worker
from labor.workers.serializers import (
    DelegationSerializer,
    GroupSerializer,
    GroupWriteSerializer,
    ProfileSerializer,
    ProfileWriteSerializer,
    RecommendationsSerializer,
    SkillsWriteSerializer,
)

SPEAKERS = (Role.SEEKER, Role.BROKER, Role.PARK)
READ = need(Scope.READ, *SPEAKERS)
WRITE = need(Scope.PROFILE, *SPEAKERS)


def whose(request: Request) -> Worker:
    """The worker that the request is about: who asks himself, or for a helper the one that `worker` names."""
    user: Any = request.user
    rows = Worker.objects.seen_by(user).select_related("home", "group", "user")
    text = request.query_params.get("worker", "")
    if text and not re.fullmatch(r"[0-9]{1,18}", text):
        raise Malformed("worker 要是劳动者的编号。")
    if text:
        return get_object_or_404(rows, pk=int(text))
    if user.role != Role.SEEKER:
        raise Malformed("请用 worker 参数写明替谁办，编号见 /delegations/。")
    worker = rows.first()
    if worker is None:
        raise NotFound("您还没有登记求职资料，请先在网站上登记。")
    return worker


class Profile(ApiView):
    needs = {"GET": READ, "PATCH": WRITE}
    tagged = frozenset({"GET"})
    matched = frozenset({"PATCH"})
    tag = "求职资料"

    @extend_schema(operation_id="profile", summary="求职资料", parameters=[WORKER], responses=ProfileSerializer)
    def get(self, request: Request) -> Response:
        """本人的，或者受托帮的那位的。手机号打星号，身份证号不给。"""
        return answer(request, whose(request))

    @extend_schema(
        operation_id="profile_change",
        summary="改求职资料",
        parameters=[WORKER],
        request=ProfileWriteSerializer,
        responses=ProfileSerializer,
        examples=[OpenApiExample("想要的", value={"min_pay": 6000, "job_status": "looking"}, request_only=True)],
    )
    def patch(self, request: Request) -> Response:
        """只写要改的几项。受托人改的，本人会收到消息。"""
        worker = whose(request)
        with transaction.atomic():
            if "If-Match" in request.headers:
                etags.check(request, _tag(locked_one(Worker.objects.all(), pk=worker.pk)))
            workers.answer(worker=worker, by=request.user, **self.read(ProfileWriteSerializer))
        return answer(request, whose(request))


def answer(request: Request, worker: Worker) -> Response:
    def make() -> Any:
        prefetch_related_objects([worker], "skills__skill")
        return ProfileSerializer(worker).data

    return etags.conditional(request, _tag(worker), make)


def _tag(worker: Worker) -> str:
    return etags.tag("worker", worker.pk, worker.updated_at)


class Skills(ApiView):
    needs = {"PUT": WRITE}
    tag = "求职资料"

    @extend_schema(
        operation_id="profile_skills",
        summary="改手艺",
        parameters=[WORKER],
        request=SkillsWriteSerializer,
        responses=ProfileSerializer,
    )
    def put(self, request: Request) -> Response:
        """写全部手艺和程度；没写到的就算不会。"""
        workers.answer(worker=whose(request), by=request.user, **self.read(SkillsWriteSerializer))
        return answer(request, whose(request))


class Recommendations(ApiView):
    needs = {"PUT": need(Scope.PROFILE, Role.SEEKER)}
    tag = "求职资料"

    @extend_schema(
        operation_id="profile_recommendations",
        summary="开关个性化推荐",
        request=RecommendationsSerializer,
        responses=ProfileSerializer,
    )
    def put(self, request: Request) -> Response:
        """只有本人可以开关。"""
        workers.set_personalised(worker=whose(request), by=request.user, **self.read(RecommendationsSerializer))
        return answer(request, whose(request))


class Group(ApiView):
    needs = {"GET": READ, "POST": WRITE, "DELETE": WRITE}
    once = frozenset({"POST"})
    tag = "求职资料"

    @extend_schema(operation_id="group", summary="结伴", parameters=[WORKER], responses=GroupSerializer)
    def get(self, request: Request) -> Response:
        """和谁一起去；没有结伴是 404。"""
        return Response(_group(whose(request)))

    @extend_schema(
        operation_id="group_enter",
        summary="新开或者加入结伴",
        parameters=[WORKER],
        request=GroupWriteSerializer,
        responses=made(GroupSerializer, "现在的结伴。"),
        examples=[OpenApiExample("夫妻", value={"kind": "couple"}, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """写 kind 新开一个，写 code 加入别人的。"""
        worker = whose(request)

        def work() -> Response:
            asked = self.read(GroupWriteSerializer)
            act = workers.join_group if "code" in asked else workers.start_group
            act(worker=worker, by=request.user, **asked)
            return created(_group(whose(request)), reverse("api:group"))

        return once(request, work)

    @extend_schema(
        operation_id="group_leave",
        summary="退出结伴",
        parameters=[WORKER],
        responses={204: OpenApiResponse(description="已退出。")},
    )
    def delete(self, request: Request) -> Response:
        """以后一个人去。"""
        workers.leave_group(worker=whose(request), by=request.user)
        return Response(status=204)


def _group(worker: Worker) -> dict[str, Any]:
    if worker.group is None:
        raise NotFound("现在没有和人结伴。")
    others = [other.masked_name for other in worker.group.workers.exclude(pk=worker.pk).order_by("pk")]
    return GroupSerializer({"kind": worker.group.kind, "code": worker.group.code, "others": others}).data


class Delegations(ApiView):
    needs = {"GET": need(Scope.READ, Role.BROKER, Role.PARK)}
    tag = "委托"

    @extend_schema(
        operation_id="delegations",
        summary="委托我办事的人",
        parameters=PAGE,
        responses=page_of(DelegationSerializer, "Delegations"),
    )
    def get(self, request: Request) -> Response:
        """现在有效的委托。替他们办事时，把编号写在 worker 参数里。"""
        user: Any = request.user
        rows = Delegation.objects.live().filter(helper=user).select_related("worker__home")
        found, beside = pages.newest(request, rows)
        return Response(pages.envelope(beside, DelegationSerializer(found, many=True).data))


urlpatterns = [
    path("me/profile/", Profile.as_view(), name="profile"),
    path("me/profile/skills/", Skills.as_view(), name="profile_skills"),
    path("me/profile/recommendations/", Recommendations.as_view(), name="profile_recommendations"),
    path("me/group/", Group.as_view(), name="group"),
    path("delegations/", Delegations.as_view(), name="delegations"),
]
