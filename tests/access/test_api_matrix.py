"""Every address of the API × person × method, with a session and with a token, from the table in `api_table.py`."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from jinba.accounts import tokens
from jinba.accounts.choices import Scope
from jinba.core.rest.access import Need
from tests.access.api_table import TABLE
from tests.access.routes import routes
from tests.access.test_matrix import client_of
from tests.access.world import PEOPLE, World, make_world

ARGUMENTS: dict[str, Callable[[World], list[Any]]] = {
    "api:posting": lambda world: [world.draft.pk],
    "api:posting_moves": lambda world: [world.draft.pk],
    "api:posting_copy": lambda world: [world.posting.pk],
    "api:employer": lambda world: [world.employer.pk],
    "api:application": lambda world: [world.application.pk],
    "api:application_moves": lambda world: [world.application.pk],
    "api:invitation_decline": lambda world: [world.job_invitation.pk],
    "api:people": lambda world: [world.posting.pk],
    "api:invite": lambda world: [world.posting.pk],
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PAIR = ("anonymous", "owner")
# These are pages of Django's own, not views of the framework.
PLAIN = ("api:schema", "api:docs", "api:nothing")


def table() -> Iterator[tuple[str, str, list[int]]]:
    for line in TABLE.strip().splitlines():
        route, method, *codes = line.split()
        yield route, method, [int(code) for code in codes]


def views() -> dict[str, Any]:
    """The view class behind each address."""
    found = {}
    for entry in get_resolver("jinba.api").url_patterns:
        for pattern in getattr(entry, "url_patterns", [entry]):
            found[f"api:{pattern.name}"] = getattr(pattern.callback, "cls", None)
    return found


def test_every_method_of_every_view_declares_what_it_needs() -> None:
    """Without a declaration the door is closed; here it would be a mistake."""
    for route, view in views().items():
        if route in PLAIN:
            continue
        handled = {method for method in METHODS if hasattr(view, method.lower())}
        assert handled == set(view.needs), route
        assert all(isinstance(need, Need) for need in view.needs.values())
        assert {need.scope for need in view.needs.values()} <= {"", *Scope.values}
        assert all(need.scope not in ("", Scope.READ) for method, need in view.needs.items() if method != "GET"), route


def test_every_address_of_the_api_has_its_lines() -> None:
    lines = [(route, method) for route, method, _ in table()]
    wanted = {(route, method) for route, view in views().items() if route not in PLAIN for method in view.needs}
    wanted |= {(route, "GET") for route in PLAIN}
    assert wanted - set(lines) == set(), "addresses without a line"
    assert set(lines) - wanted == set(), "lines without an address"
    assert {route for route, _ in lines} == {route for route in routes() if route.startswith("api:")}
    assert all(len(codes) == len(PEOPLE) for _, _, codes in table())


@pytest.mark.django_db
def test_everybody_gets_what_the_table_says_by_session_and_by_token(letters: Any, settings: Any) -> None:
    settings.API_USER_PER_MINUTE = settings.API_ANONYMOUS_PER_MINUTE = 0
    world, wrong, cells = make_world(), [], 0
    doors = [{person: client_of(world, person) for person in PEOPLE}, tokens_of(world)]
    expected = {(route, method): codes for route, method, codes in table()}
    for route in dict.fromkeys(route for route, _ in expected):
        url = reverse(route, args=ARGUMENTS[route](world) if route in ARGUMENTS else [])
        for method in METHODS:
            codes = expected.get((route, method))
            if codes is None:  # said before anybody is looked at, so one who is known and one who is not will do
                codes = [404 if route == "api:nothing" else 405 if one in PAIR else 0 for one in PEOPLE]
            # What everybody reads, and what nobody does, needs no second door.
            for clients in doors if len({*codes} - {0}) > 1 else doors[:1]:
                for person, code in zip(PEOPLE, codes, strict=True):
                    if person not in clients or not code:
                        continue
                    got = answer(clients[person], method, url)
                    cells += 1
                    if got != code:
                        wrong.append(f"{route} {method} {person}: {got}, not {code}")
    assert wrong == []
    assert cells > 900


def tokens_of(world: World) -> dict[str, Client]:
    """Clients with tokens that hold every scope that the role may have."""
    clients = {}
    for person, user in world.users.items():
        if user is not None and user.role in tokens.HOLDERS:
            _, text = tokens.make(by=user, name=person, scopes=tokens.SCOPES[user.role], days=1)
            clients[person] = Client(raise_request_exception=False, headers={"authorization": f"Bearer {text}"})
    return clients


def answer(client: Client, method: str, url: str) -> int:
    """The status; whatever the request changed is rolled back."""
    more = {} if method == "GET" else {"data": "{}", "content_type": "application/json"}
    with transaction.atomic():
        status = getattr(client, method.lower())(url, **more).status_code
        transaction.set_rollback(True)
    return status
