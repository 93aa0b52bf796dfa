"""Codes and their names: the same for everybody, kept by caches for a day and asked again by their ETag."""

from typing import Any

from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view, inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from jinba.core.rest import etags
from jinba.core.rest.access import ANYONE
from jinba.core.rest.problems import Malformed
from jinba.core.rest.views import ApiView
from jinba.reference import serializers
from jinba.reference.models import Certificate, LoadedFile, Occupation, Region, Skill, Trade, Zone
from jinba.reference.views import CODE


class Table(ApiView):
    """A whole code table."""

    needs = {"GET": ANYONE}
    tagged = frozenset({"GET"})
    tag = "参考数据"
    rows: "QuerySet[Any]"
    kind: type[Serializer]

    def get(self, request: Request) -> Response:
        return self.answer(request, self.rows.all())

    def answer(self, request: Request, rows: "QuerySet[Any]") -> Response:
        """Rows change with the data files alone; what is loaded says which answer this is."""
        loaded = sorted(LoadedFile.objects.values_list("name", "digest"))
        current = etags.tag("reference", request.get_full_path(), loaded)
        return etags.conditional(
            request, current, lambda: {"results": self.kind(rows, many=True).data}, seconds=etags.LONG
        )


def _listed(kind: type[Serializer], name: str) -> Serializer:
    return inline_serializer(name, {"results": kind(many=True)})


PARENT = OpenApiParameter(
    "parent", {"type": "string", "pattern": "^[0-9]{2,12}$"}, description="上级区划的代码；不写是各省。"
)


@extend_schema_view(
    get=extend_schema(
        operation_id="regions",
        summary="行政区划",
        parameters=[PARENT],
        responses=_listed(serializers.RegionSerializer, "Regions"),
    )
)
class Regions(Table):
    kind = serializers.RegionSerializer

    def get(self, request: Request) -> Response:
        """一级一级地读：先各省，再用 `parent` 读下一级。代码是 GB/T 2260 的。"""
        parent = request.query_params.get("parent", "")
        if parent and not CODE.fullmatch(parent):
            raise Malformed("parent 要是 2 到 12 位数字。")
        below = Region.objects.filter(parent_id=parent) if parent else Region.objects.provinces()
        return self.answer(request, below.order_by("code"))


@extend_schema_view(
    get=extend_schema(
        operation_id="zones", summary="开发区和共建园区", responses=_listed(serializers.ZoneSerializer, "Zones")
    )
)
class Zones(Table):
    """没有自己区划代码的开发区，和两地共建的产业园。"""

    rows = Zone.objects.order_by("code")
    kind = serializers.ZoneSerializer


@extend_schema_view(
    get=extend_schema(operation_id="trades", summary="工种", responses=_listed(serializers.TradeSerializer, "Trades"))
)
class Trades(Table):
    """工人自己的说法，按大类分。"""

    rows = Trade.objects.select_related("family").order_by("code")
    kind = serializers.TradeSerializer


@extend_schema_view(
    get=extend_schema(operation_id="skills", summary="技能", responses=_listed(serializers.SkillSerializer, "Skills"))
)
class Skills(Table):
    """会的手艺。"""

    rows = Skill.objects.order_by("code")
    kind = serializers.SkillSerializer


@extend_schema_view(
    get=extend_schema(
        operation_id="certificates",
        summary="证书",
        responses=_listed(serializers.CertificateSerializer, "Certificates"),
    )
)
class Certificates(Table):
    """岗位可以要求的证书。"""

    rows = Certificate.objects.order_by("code")
    kind = serializers.CertificateSerializer


@extend_schema_view(
    get=extend_schema(
        operation_id="occupations",
        summary="职业分类",
        responses=_listed(serializers.OccupationSerializer, "Occupations"),
    )
)
class Occupations(Table):
    """GB/T 6565 的职业分类。"""

    rows = Occupation.objects.order_by("code")
    kind = serializers.OccupationSerializer


urlpatterns = [
    path("reference/regions/", Regions.as_view(), name="regions"),
    path("reference/zones/", Zones.as_view(), name="zones"),
    path("reference/trades/", Trades.as_view(), name="trades"),
    path("reference/skills/", Skills.as_view(), name="skills"),
    path("reference/certificates/", Certificates.as_view(), name="certificates"),
    path("reference/occupations/", Occupations.as_view(), name="occupations"),
]
