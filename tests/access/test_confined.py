"""A browser that is a booth's screen gets nothing but that, whatever address it asks for, by page or by socket."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labor.interviews.confined import ANYWAY, OF_THE_BOOTH, OF_THE_ROOM
from tests.access import test_api_matrix, test_matrix
from tests.access.routes import routes
from tests.access.test_matrix import asked, client_of
from tests.access.world import World, make_world

pytestmark = pytest.mark.django_db
# What stays open; another address belongs here only when a worker who sits there alone may open it.
OPEN = {"accounts:sign_out", "health_live", "health_ready", "booths:kiosk", "booths:let_in", "booths:back"}


def addresses(world: World) -> dict[str, str]:
    found = {}
    for route in {*routes()}:
        if route in test_api_matrix.ARGUMENTS:
            found[route] = reverse(route, args=test_api_matrix.ARGUMENTS[route](world))
        elif route.startswith("api:") or asked(route):
            found[route] = reverse(route, args=test_matrix.arguments(route, world))
    return found


def screen_of(world: World) -> Client:
    client = client_of(world, "park")
    booth = world.hosted.booth_id
    assert client.post(reverse("booths:kiosk", args=[booth])).status_code == 302
    assert client.session["screen"] == {"booth": booth}
    return client


def test_every_address_leads_back_to_the_screen(letters: Any) -> None:
    world = make_world()
    client = screen_of(world)
    home = reverse("booths:kiosk", args=[world.hosted.booth_id])
    wrong, shut = [], 0
    for route, url in addresses(world).items():
        if route in OPEN:
            continue
        for method in ("get", "post", "delete"):
            answer = getattr(client, method)(url)
            shut += 1
            if route.startswith("api:"):
                right = answer.status_code == 403 and "屏幕" in answer.content.decode()
            else:
                right = answer.status_code == 302 and answer["Location"] == home
            if not right:
                wrong.append(f"{route} {method}: {answer.status_code}")
    assert wrong == []
    assert shut > 1000


def test_what_is_open_is_what_the_list_says(letters: Any) -> None:
    """Of the doors of a room only those that a worker's seat needs, and only of his own interview."""
    assert OPEN == ANYWAY | OF_THE_BOOTH
    assert set(routes()) >= OPEN | OF_THE_ROOM
    world = make_world()
    client = screen_of(world)
    session = client.session
    session["screen"] = {"booth": world.hosted.booth_id, "interview": world.interview.pk}
    session.save()
    rooms = {route: url for route, url in addresses(world).items() if route.startswith("rooms:")}
    shut = {route for route, url in rooms.items() if client.get(url).headers.get("Location", "").endswith("/kiosk/")}
    # Nobody's seat is in the session: the room's own page leads back, too.
    assert set(rooms) - shut == OF_THE_ROOM - {"rooms:room"}
