"""Schemathesis asks the API what its schema promises, as several people, in process; every case is rolled back."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from jinba.accounts import tokens
from jinba.accounts.choices import Scope
from jinba.accounts.models import ApiToken, User
from tests.access.test_api_matrix import ARGUMENTS
from tests.access.world import World

ASKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
ROLES = ("anonymous", "seeker", "owner", "broker", "officer")


@dataclass
class Asked:
    """What was asked, how it was answered, what was wrong with it."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def token_of(user: User | None) -> dict[str, str]:
    """A token with every scope, also for those whose role gets none: what their session may, it may."""
    if user is None:
        return {}
    text = f"asking-{user.pk}"
    ApiToken.objects.create(
        user=user, name="x", digest=tokens.digest_of(text), scopes=list(Scope.values),
        expires_at=user.date_joined.replace(year=2100),
    )  # fmt: skip
    return {"Authorization": f"Bearer {text}"}


@contextmanager
def kept_connection() -> Iterator[None]:
    """A request's end closes nothing: it is part of the caller's transaction, as with Django's own test client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


@kept_connection()
def ask(world: World, *, examples: int, number: int = 1) -> Asked:
    """`examples` well-formed and as many malformed cases for each operation and role."""
    load_all_checks()
    checks = CHECKS.get_by_names(list(ASKED))
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    asked = Asked()
    headers = {role: token_of(world.users[role]) for role in ROLES}
    for result in schema.get_all_operations():
        operation = result.ok()
        for role in ROLES:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _ask(operation, world, headers[role], mode, checks, asked, examples, number, role)
    return asked


def _ask(
    operation: Any, world: World, headers: dict[str, str], mode: Any, checks: Any, asked: Asked,
    examples: int, number: int, role: str,
) -> None:  # fmt: skip
    own = dict(_known(operation, world)) if mode is GenerationMode.POSITIVE else {}

    @seed(number)
    @settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(mode, **({"path_parameters": own} if own else {})))
    def one(case: Any) -> None:
        asked.cases += 1
        with transaction.atomic():
            # Compressed answers would not be unpacked without a network.
            response = case.call(headers={**headers, "Accept-Encoding": "identity"})
            transaction.set_rollback(True)
        asked.statuses[response.status_code] += 1
        try:
            case.validate_response(response, checks=checks, headers=headers)
        except (Exception, BaseExceptionGroup) as error:
            found = getattr(error, "exceptions", [error])
            asked.wrong += [f"{role} {operation.label}: {response.status_code} {one}" for one in found]

    try:
        one()
    except Exception as error:  # nothing malformed can be said to some operations
        if "Unsatisfiable" not in type(error).__name__:
            asked.wrong.append(f"{role} {operation.label}: {type(error).__name__} {error}")


def _known(operation: Any, world: World) -> Iterator[tuple[str, int]]:
    """The number of a thing that is there, so that not everything is 404."""
    from django.urls import resolve

    if "{" in operation.path:
        name = operation.path.split("{")[1].split("}")[0]
        route = resolve(operation.path.replace(f"{{{name}}}", "1")).view_name
        yield name, ARGUMENTS[route](world)[0]
