"""Who suits what, and why; and the invitation that may follow."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from employers.models import JobPosting
from jinba.accounts.choices import Role, Scope
from jinba.accounts.idempotency import once
from jinba.core.rest import pages
from jinba.core.rest.access import need
from jinba.core.rest.schema import PAGE, WORKER, made, page_of
from jinba.core.rest.views import ApiView, created
from labor.applications import actions as applications
from labor.applications.models import Application, PostingInvitation
from labor.matching import suggestions
from labor.matching.serializers import InvitedSerializer, InviteSerializer, JobMatchSerializer, PersonMatchSerializer
from labor.workers.api import SPEAKERS, whose
from labor.workers.models import Worker

DEEPEST = 1000


def _first(place: pages.Place | None) -> int:
    """The rank at which the page begins: these lists are ranked, so a rank is their key."""
    return min(pages.number(place), DEEPEST) if place else 0


class Matches(ApiView):
    needs = {"GET": need(Scope.READ, *SPEAKERS)}
    tag = "匹配"

    @extend_schema(
        operation_id="matches",
        summary="适合的岗位",
        parameters=[WORKER, *PAGE],
        responses=page_of(
            JobMatchSerializer,
            "Matches",
            is_neutral=serializers.BooleanField(help_text="关了个性化推荐：只按新旧排。"),
            feasible=serializers.IntegerField(help_text="一共有多少个岗位可能合适。"),
            openings=serializers.ListField(child=serializers.CharField(), help_text="怎样能多看一些岗位。"),
        ),
    )
    def get(self, request: Request) -> Response:
        """按本人的情况排好，每个岗位写明理由（算法推荐管理规定第 16 条）。"""
        worker = whose(request)
        size, place = pages.asked(request)
        first = _first(place)
        jobs = suggestions.jobs_for(worker, page=first // size + 1, size=size)
        shown = [one.posting.pk for one in jobs.suggestions]
        live = Application.objects.filter(worker=worker, posting__in=shown).live()
        applied = {row.posting_id: row.public_word for row in live}
        for one in jobs.suggestions:
            one.applied = applied.get(one.posting.pk, "")
        body = JobMatchSerializer(jobs.suggestions, many=True, context={"request": request}).data
        more = {"is_neutral": jobs.is_neutral, "feasible": jobs.feasible, "openings": jobs.openings}
        return Response(pages.envelope(_beside(request, first, size, jobs.has_more), body, **more))


def _beside(request: Request, first: int, size: int, has_more: bool) -> dict[str, str | None]:
    beside = pages.links(request, older=str(first + size) if has_more else "", newer="")
    if first:
        query = request.query_params.copy()
        query["cursor"] = str(pages.Place(pages.NEXT, str(max(0, first - size))))
        beside["previous"] = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
    return beside


class People(ApiView):
    needs = {"GET": need(Scope.READ, Role.EMPLOYER)}
    tag = "匹配"

    @extend_schema(
        operation_id="people",
        summary="适合岗位的人",
        parameters=PAGE,
        responses=page_of(PersonMatchSerializer, "People"),
    )
    def get(self, request: Request, pk: int) -> Response:
        """只有姓，没有电话；对方报名以后才看得到是谁。"""
        posting = get_object_or_404(JobPosting.objects.seen_by(request.user).with_card(), pk=pk)
        size, place = pages.asked(request)
        first = _first(place)
        found, has_more = suggestions.people_for(posting, page=first // size + 1, size=size)
        ids = [one.worker.pk for one in found]
        applied = set(posting.applications.live().filter(worker__in=ids).values_list("worker_id", flat=True))
        invitations = PostingInvitation.objects.filter(posting=posting, worker__in=ids)
        invited = dict(invitations.values_list("worker_id", "declined_at"))
        for one in found:
            one.has_applied = one.worker.pk in applied
            one.is_invited = one.worker.pk in invited
            one.has_declined = bool(invited.get(one.worker.pk))
        beside = _beside(request, first, size, has_more)
        return Response(pages.envelope(beside, PersonMatchSerializer(found, many=True).data))


class Invite(ApiView):
    needs = {"POST": need(Scope.APPLICATIONS, Role.EMPLOYER)}
    once = frozenset({"POST"})
    tag = "邀请"

    @extend_schema(
        operation_id="invite",
        summary="邀请推荐的人",
        request=InviteSerializer,
        responses=made(InvitedSerializer, "邀请已发出；再邀请一次还是这一个。"),
        examples=[OpenApiExample("邀请", value={"worker": 21}, request_only=True)],
    )
    def post(self, request: Request, pk: int) -> Response:
        """只能邀请这个岗位推荐名单里的人；谢绝过的不能再邀请。"""
        posting: Any = get_object_or_404(JobPosting.objects.seen_by(request.user), pk=pk)

        def work() -> Response:
            worker_id = self.read(InviteSerializer)["worker"]
            if worker_id not in suggestions.ids_for(posting):
                raise Http404
            worker = get_object_or_404(Worker.objects.matched(), pk=worker_id)
            invitation = applications.invite(posting=posting, worker=worker, by=request.user)
            return created(InvitedSerializer(invitation).data, reverse("api:people", args=[posting.pk]))

        return once(request, work)


urlpatterns = [
    path("me/matches/", Matches.as_view(), name="matches"),
    path("postings/<int:pk>/people/", People.as_view(), name="people"),
    path("postings/<int:pk>/invitations/", Invite.as_view(), name="invite"),
]
