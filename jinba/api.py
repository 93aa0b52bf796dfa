"""The API: every app's part under one address, its schema and its documents."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, re_path
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer

import employers.api
import jinba.accounts.api
import jinba.notices.api
import jinba.reference.api
import labor.applications.api
import labor.matching.api
import labor.workers.api
from jinba.core.access import public
from jinba.core.memory import Memory
from jinba.core.page_cache import public_page
from jinba.core.rest.docs import chapters
from jinba.core.rest.views import Nothing

app_name = "api"
# The schema is a matter of the code: it does not change while the process lives.
kept = Memory(size=5, seconds=86_400)


def schema_document() -> dict[str, Any]:
    return kept.get_or_make("schema", lambda: SchemaGenerator().get_schema(request=None, public=True))


@public
@require_safe
@public_page(seconds=3600)
def schema(request: HttpRequest) -> HttpResponse:
    """The schema of the API (OpenAPI 3)."""
    text = kept.get_or_make("text", lambda: OpenApiJsonRenderer().render(schema_document()))
    return HttpResponse(text, content_type="application/vnd.oai.openapi+json; charset=utf-8")


@public
@require_safe
@public_page(seconds=600)
def docs(request: HttpRequest) -> HttpResponse:
    """The schema for people."""
    host = request.build_absolute_uri("/").rstrip("/")
    found = kept.get_or_make(("docs", host), lambda: chapters(schema_document(), host=host))
    return render(request, "api/docs.html", {"chapters": found})


VERSION_1 = [
    *jinba.accounts.api.urlpatterns,
    *jinba.reference.api.urlpatterns,
    *employers.api.urlpatterns,
    *labor.workers.api.urlpatterns,
    *labor.applications.api.urlpatterns,
    *labor.matching.api.urlpatterns,
    *jinba.notices.api.urlpatterns,
]
urlpatterns = [
    path("v1/", include(VERSION_1)),
    path("v1/schema/", schema, name="schema"),
    path("v1/docs/", docs, name="docs"),
    re_path(r"", Nothing.as_view(), name="nothing"),
]
