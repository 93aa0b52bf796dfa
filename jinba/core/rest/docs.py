"""The schema as chapters for people to read: what each address wants and answers, without a line of script."""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

Schema = dict[str, Any]
TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "对象",
}
FORMATS = {"date": "日期", "date-time": "时间", "uri": "网址", "decimal": "小数"}
PLACES = {"query": "地址", "path": "路径", "header": "请求头"}
LONGEST = 40  # of a list of choices, before it is cut


@dataclass(frozen=True)
class Row:
    """A parameter or a field."""

    name: str
    kind: str
    text: str
    is_required: bool = False
    place: str = ""


@dataclass
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    lines: list[str]
    parameters: list[Row]
    body: list[Row]
    answers: list[tuple[str, str]]
    fields: list[Row]
    example: str


@dataclass
class Chapter:
    title: str
    operations: list[Operation] = field(default_factory=list)


def chapters(schema: Schema, *, host: str) -> list[Chapter]:
    """Every operation under its tag, in the order of the paths. `host` begins the addresses of the examples."""
    found: dict[str, Chapter] = {}
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            title = told["tags"][0]
            chapter = found.setdefault(title, Chapter(title))
            chapter.operations.append(_operation(schema, path, method, told, host))
    return list(found.values())


def _operation(schema: Schema, path: str, method: str, told: Schema, host: str) -> Operation:
    content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
    answered: Schema = next((told["responses"][code] for code in ("200", "201") if code in told["responses"]), {})
    answer = answered.get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        anchor=told["operationId"],
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        lines=[line.replace("`", "") for line in told.get("description", "").split("\n") if line.strip()],
        parameters=[
            Row(
                one["name"], _kind(schema, one["schema"]), one.get("description", ""),
                one.get("required", False), PLACES[one["in"]],
            )
            for one in told.get("parameters", [])
        ],
        body=_fields(schema, content.get("schema", {})),
        answers=[(code, _plain(one.get("description", ""))) for code, one in told["responses"].items()],
        fields=[replace(row, is_required=False) for row in _fields(schema, answer)],
        example=_curl(path, method, told, content, host),
    )  # fmt: skip


def _resolved(schema: Schema, part: Schema) -> Schema:
    """What a `$ref`, or the single part of an `allOf`, stands for; of several forms the first."""
    while True:
        if "$ref" in part:
            part = schema["components"]["schemas"][part["$ref"].rsplit("/", 1)[-1]]
        elif "allOf" in part and "properties" not in part:
            part = part["allOf"][0]
        elif "anyOf" in part or "oneOf" in part:
            part = (part.get("anyOf") or part["oneOf"])[0]
        else:
            return part


def _fields(schema: Schema, part: Schema) -> list[Row]:
    """The fields of an object; of a page those of its rows."""
    whole = _resolved(schema, part)
    rows = whole.get("properties", {})
    if "results" in rows and "next" in rows:
        return _fields(schema, rows["results"].get("items", {}))
    required = set(whole.get("required", []))
    return [
        Row(name, _kind(schema, one), _words(schema, one), name in required and "default" not in one)
        for name, one in rows.items()
    ]


def _words(schema: Schema, part: Schema) -> str:
    text = part.get("description") or part.get("title") or _resolved(schema, part).get("title", "")
    return _plain(text.split("\n\n*")[0])


def _kind(schema: Schema, part: Schema) -> str:
    told = _resolved(schema, part)
    if told.get("enum"):
        text = "、".join(str(value) for value in told["enum"] if value not in ("", None))
        return text if len(text) <= LONGEST else text[:LONGEST].rsplit("、", 1)[0] + "…"
    if told.get("type") == "array":
        return f"列表：{_kind(schema, told.get('items', {}))}"
    return FORMATS.get(told.get("format", ""), TYPES.get(told.get("type", ""), "对象"))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("`", "")).strip()


def _curl(path: str, method: str, told: Schema, content: Schema, host: str) -> str:
    parts = ["curl"] if method == "get" else [f"curl -X {method.upper()}"]
    if {} not in told.get("security", []):
        parts.append("-H 'Authorization: Bearer 令牌'")
    if any(one["name"] == "Idempotency-Key" for one in told.get("parameters", [])):
        parts.append("-H 'Idempotency-Key: 每次不同的键'")
    examples = list(content.get("examples", {}).values())
    if content:
        parts.append("-H 'Content-Type: application/json'")
        parts.append(f"-d '{json.dumps(examples[0]['value'], ensure_ascii=False) if examples else '{…}'}'")
    parts.append(f"{host}{re.sub(r'{[^}]+}', '17', path)}")
    return " \\\n  ".join(parts)
