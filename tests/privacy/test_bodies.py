"""Every page as everybody: no number in clear but one's own, and what an employer means to be called on."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from employers.models import Employer
from jinba.accounts.models import User
from jinba.privacy import keys
from labor.workers.models import Worker
from tests.access.test_matrix import arguments, table
from tests.access.world import PEOPLE, World, make_world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
NUMBER = "360426199101010071"


def all_numbers() -> set[str]:
    """Whatever stands encrypted in any column and is a number."""
    found: set[str] = set()
    for column in keys.columns():
        found |= {str(value) for value in column.model._base_manager.values_list(column.field.name, flat=True) if value}
    return {value for value in found if len(value) >= 11 and value[:11].isdigit()}


def may_read(world: World, person: str) -> set[str]:
    """One's own numbers; the employer's contact for its members, for who applied there and who does it for him."""
    user = world.users[person]
    if user is None:
        return set()
    user = User.objects.get(pk=user.pk)
    own = {user.phone or ""}
    worker = Worker.objects.filter(user=user).first()
    if worker is not None:
        own |= {worker.phone or "", worker.resident_id or ""}
        employers = Employer.objects.filter(postings__applications__worker=worker)
    else:
        helped = Worker.objects.filter(delegations__helper=user)
        employers = Employer.objects.filter(members__user=user) | Employer.objects.filter(
            postings__applications__worker__in=helped
        )
    return own | {employer.contact_phone or "" for employer in employers}


def test_no_page_shows_anybody_else_s_numbers() -> None:
    world = make_world()
    Worker.objects.filter(pk=world.worker.pk).update(resident_id=NUMBER, resident_id_last4=NUMBER[-4:])
    Worker.objects.filter(pk=world.worker.pk).update(village="有历史")  # a former state of it
    known, shown, pages = all_numbers(), [], 0
    assert NUMBER in known and world.worker.phone in known and len(known) > 8
    clients: dict[str, Any] = {}
    for person in PEOPLE:
        clients[person] = Client(raise_request_exception=False)
        if user := world.users[person]:
            clients[person].force_login(user)
    allowed = {person: may_read(world, person) for person in PEOPLE}
    for route, method, codes in table():
        if method != "GET":
            continue
        url = reverse(route, args=arguments(route, world))
        for person, expected in zip(PEOPLE, codes, strict=True):
            if expected != 200:
                continue
            with transaction.atomic():
                response = clients[person].get(url)
                body = b"".join(response.streaming_content) if response.streaming else response.content
                transaction.set_rollback(True)
            pages += 1
            text = body.decode("utf-8", "replace")
            shown += [f"{route} {person}: {number}" for number in known - allowed[person] if number in text]
    assert shown == []
    assert pages > 150
