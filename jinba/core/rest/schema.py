"""What drf-spectacular cannot know by itself: who may pass, which headers count, how every error looks."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from jinba.core.rest.access import Need
from jinba.core.rest.pages import MOST, SIZE
from jinba.core.rest.problems import DETAILS, TITLES, Problem

KEY = OpenApiParameter(
    "Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, pattern=r"^[!-~]{1,80}$",
    description="您自己定的、每个请求不同的键（如 UUID）。同一个键重发同一个请求，得到同样的答复，不会办两次。"
    "保留 24 小时以上。",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, pattern=r"^[ -~]{1,200}$",
    description="读取时得到的 ETag。期间被别人改过就答 412，什么也不改。",
)  # fmt: skip
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, pattern=r"^[ -~]{1,200}$",
    description="上次得到的 ETag。没有变化就答 304，不带内容。",
)  # fmt: skip
PAGE = [
    OpenApiParameter(
        "page_size",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": SIZE},
        description=f"每页多少条，最多 {MOST}。",
    ),
    OpenApiParameter(
        "cursor",
        {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$"},
        description="从上一页的 next 或 previous 得到，不要自己编。",
    ),
]
WORKER = OpenApiParameter(
    "worker", {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
    description="经纪人、园区工作人员：替哪位劳动者办（见 /delegations/）。本人不用写。",
)  # fmt: skip
RETRY = {
    "description": "多少秒后再试。",
    "schema": {"type": "string", "pattern": "^[0-9]+$"},
}
ETAG = {"description": "这个状态的标记。", "schema": {"type": "string"}}
LOCATION = {"description": "新东西的地址。", "schema": {"type": "string"}}


def page_of(kind: Any, name: str, **more: serializers.Field) -> serializers.Serializer:
    """The envelope of a list, as a component of its own."""
    return inline_serializer(
        name,
        {
            "next": serializers.URLField(allow_null=True, help_text="下一页的地址。"),
            "previous": serializers.URLField(allow_null=True, help_text="上一页的地址。"),
            **more,
            "results": kind(many=True) if isinstance(kind, type) else kind,
        },
    )


def made(kind: Any, description: str) -> dict[int, OpenApiResponse]:
    return {201: OpenApiResponse(kind, description)}


class ApiSchema(AutoSchema):
    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_override_parameters(self) -> list[Any]:
        more = []
        if self.method in self.view.once:
            more.append(KEY)
        if self.method in self.view.matched:
            more.append(IF_MATCH)
        if self.method in self.view.tagged:
            more.append(IF_NONE_MATCH)
        return more

    def _need(self) -> Need:
        return self.view.needs[self.method]

    def get_auth(self) -> list[dict[str, list[str]]]:
        known = super().get_auth()
        known = [one for one in known if one]
        return [*known, {}] if self._need().is_public else known

    def get_description(self) -> str:
        need, text = self._need(), super().get_description()
        if need.is_public:
            return f"{text}\n\n谁都可以读。".strip()
        who = f"身份：{'、'.join(ROLES.get(role, role) for role in sorted(need.roles))}。" if need.roles else ""
        return f"{text}\n\n令牌权限：`{need.scope}`。{who}".strip()

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        answers = operation["responses"]
        problem = self.resolve_serializer(Problem, "response").ref
        for status in self._errors():
            answers[str(status)] = self._error(status, problem)
        for status, answer in list(answers.items()):
            if status == "200" and self.method in self.view.tagged:
                answer.setdefault("headers", {})["ETag"] = ETAG
                answers["304"] = {"description": "没有变化。", "headers": {"ETag": ETAG}}
            if status == "201":
                answer.setdefault("headers", {})["Location"] = LOCATION
        return operation

    def _errors(self) -> list[int]:
        found = [400, 401, 429]
        writes = self.method not in ("GET", "HEAD")
        if writes or not self._need().is_public:
            found += [403]
        if "{" in self.path or not self._need().is_public:
            found += [404]
        if writes:
            found += [409, 413, 415, 422]
        if self.method in self.view.matched:
            found += [412]
        return sorted(found)

    @staticmethod
    def _error(status: int, problem: Any) -> dict[str, Any]:
        example = {
            "type": "about:blank",
            "title": TITLES[status],
            "status": status,
            "detail": DETAILS.get(status, TITLES[status]),
            "code": "…",
        }
        content = {"application/problem+json": {"schema": problem, "example": example}}
        answer: dict[str, Any] = {"description": TITLES[status], "content": content}
        if status in (409, 429):
            answer["headers"] = {"Retry-After": RETRY}
        if status in (401,):
            answer["headers"] = {"WWW-Authenticate": {"description": "怎么登录。", "schema": {"type": "string"}}}
        return answer


# In the words of `Role`, which lives above this floor.
ROLES = {
    "seeker": "求职者",
    "employer": "用人单位",
    "broker": "劳务经纪人",
    "park": "园区工作人员",
    "officer": "人社干部",
    "admin": "系统管理员",
}


def any_of(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """A postprocessing hook: an answer that shows more to some than to others fits both of its forms."""
    for part in result["components"]["schemas"].values():
        if "oneOf" in part and "properties" not in part:
            part["anyOf"] = part.pop("oneOf")
    return result
