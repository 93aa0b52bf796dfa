"""Reference data: kept for a day, asked again by its tag; the schema; how long answers are kept."""

import json
from typing import Any

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from jinba.reference.models import LoadedFile
from tests.api.conftest import Caller, assert_problem, caller_of
from tests.factories.accounts import user_in
from tests.factories.reference import (
    CertificateFactory,
    OccupationFactory,
    SkillFactory,
    TradeFactory,
    ZoneFactory,
    both_cities,
)

TABLES = ("zones", "trades", "skills", "certificates", "occupations", "regions")


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_kept_for_a_day_and_not_sent_twice(nobody: Caller, table: str) -> None:
    both_cities()
    for factory in (ZoneFactory, TradeFactory, SkillFactory, CertificateFactory, OccupationFactory):
        factory()
    response = nobody.get(f"/reference/{table}/")
    assert response.json()["results"]
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert "Authorization" not in response.headers.get("Vary", "")
    tag = response.headers["ETag"]
    assert nobody.get(f"/reference/{table}/", if_none_match=f'"x", W/{tag}').status_code == 304
    LoadedFile.objects.create(name=f"{table}.csv", digest="new")
    assert nobody.get(f"/reference/{table}/", if_none_match=tag).status_code == 200


@pytest.mark.django_db
def test_regions_are_read_level_by_level(nobody: Caller) -> None:
    both_cities()
    assert [row["code"] for row in nobody.get("/reference/regions/").json()["results"]] == ["33", "51"]
    below = nobody.get("/reference/regions/", {"parent": "5119"}).json()["results"]
    assert [row["code"] for row in below] == ["511902", "511903", "511921", "511922", "511923"]
    assert_problem(nobody.get("/reference/regions/", {"parent": "x"}), 400)


@pytest.mark.django_db
def test_a_table_costs_two_queries_at_most(nobody: Caller, django_assert_max_num_queries: Any) -> None:
    SkillFactory.create_batch(5), TradeFactory.create_batch(5)
    for table in TABLES:
        with django_assert_max_num_queries(2):
            nobody.get(f"/reference/{table}/")


@pytest.mark.django_db
def test_what_is_personal_is_kept_nowhere() -> None:
    for role in ("broker", "officer", "seeker"):
        assert caller_of(user_in(role)).get("/me/").headers["Cache-Control"] == "private, no-store"


# The schema -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    found = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS, GENERATOR_STATS.emit_summary()
    return found


def test_the_schema_is_valid_and_made_without_a_warning(schema: dict[str, Any]) -> None:
    validate_schema(schema)


def test_every_operation_says_what_it_is(schema: dict[str, Any]) -> None:
    operations = [(path, method, one) for path, ways in schema["paths"].items() for method, one in ways.items()]
    assert len(operations) >= 40
    assert len({one["operationId"] for _, _, one in operations}) == len(operations)
    for path, method, one in operations:
        where = f"{method} {path}"
        assert one.get("summary") and one.get("description") and one["tags"] != [""], where
        assert {"400", "401", "429"} <= set(one["responses"]), where
        for code, answer in one["responses"].items():
            if int(code) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], where
        if method in ("post", "put", "patch") and "requestBody" in one:
            assert {"415", "422", "409"} <= set(one["responses"]), where
        for parameter in one.get("parameters", []):
            assert parameter.get("description") or parameter["in"] == "path", f"{where} {parameter['name']}"


def test_anybody_reads_the_schema_and_caches_may_keep_it(client: Any) -> None:
    response = client.get("/api/v1/schema/")
    assert response.headers["Cache-Control"].startswith("public, max-age=3600")
    assert json.loads(response.content)["openapi"].startswith("3.")
    assert client.get("/api/v1/schema/", headers={"if-none-match": response.headers["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_the_documents_name_every_operation(client: Any, schema: dict[str, Any]) -> None:
    page = client.get("/api/v1/docs/").content.decode()
    for ways in schema["paths"].values():
        for one in ways.values():
            assert f'id="{one["operationId"]}"' in page and one["summary"] in page
