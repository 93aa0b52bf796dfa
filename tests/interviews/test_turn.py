"""Credentials of the relay: as coturn reads them, for those who may call, while they may."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from labor.interviews import turn
from labor.interviews.actions import entering
from labor.interviews.choices import SeatKind
from labor.interviews.models import Interview
from tests.factories.accounts import user_in
from tests.factories.rooms import by_link, recruiter_of, room_without_account, seat, signed_in

pytestmark = pytest.mark.django_db

WORKER, RECRUITER = SeatKind.WORKER, SeatKind.RECRUITER


@pytest.fixture(autouse=True)
def _relay(settings: Any) -> None:
    settings.STUN_URLS = ["stun:turn.example.cn:3478"]
    settings.TURN_URLS = ["turn:turn.example.cn:3478?transport=udp", "turns:turn.example.cn:443?transport=tcp"]
    settings.TURN_SECRET = "a secret of the relay"


@pytest.fixture
def interview() -> Interview:
    return room_without_account()


def ask(client: Client, interview: Interview) -> Any:
    return client.post(reverse("rooms:ice", args=[interview.pk]))


def test_the_recruiter_gets_what_the_relay_will_believe(interview: Interview) -> None:
    answer = ask(recruiter_of(interview), interview)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"
    ice = answer.json()
    assert ice["iceTransportPolicy"] == "all" and ice["ttl"] == django_settings.TURN_SECONDS
    stun, relay = ice["iceServers"]
    assert stun == {"urls": ["stun:turn.example.cn:3478"]}
    assert relay["urls"] == django_settings.TURN_URLS
    expiry, seat_id = relay["username"].split(":")
    assert 590 <= int(expiry) - timezone.now().timestamp() <= 600
    assert seat_id == str(seat(interview, RECRUITER).pk)
    digest = hmac.new(b"a secret of the relay", relay["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(relay["credential"]) == digest
    assert "a secret" not in json.dumps(ice)


def test_who_waits_gets_it_when_he_was_let_in_and_not_after_he_was_sent_away(interview: Interview) -> None:
    client, his = by_link(seat(interview, WORKER)), seat(interview, WORKER)
    assert ask(client, interview).status_code == 409
    entering.admit(seat=his, by=interview.recruiter)
    assert ask(client, interview).status_code == 200
    entering.send_away(seat=his, by=interview.recruiter)
    assert ask(client, interview).status_code == 409


def test_strangers_get_nothing(interview: Interview) -> None:
    for client in (Client(), signed_in(user_in("seeker")), signed_in(user_in("employer")), signed_in(user_in("admin"))):
        answer = ask(client, interview)
        assert answer.status_code == 404 and "detail" in answer.json()


@pytest.mark.parametrize("minutes", [-200, 60])
def test_nobody_gets_it_before_the_room_is_open_or_after_it_closed(interview: Interview, minutes: int) -> None:
    client = recruiter_of(interview)
    assert ask(client, interview).status_code == 200
    interview.starts_at += timedelta(minutes=minutes)
    interview.ends_at += timedelta(minutes=minutes)
    interview.save(update_fields=["starts_at", "ends_at"])
    assert ask(client, interview).status_code == 409


def test_without_a_relay_there_are_no_credentials(interview: Interview, settings: Any) -> None:
    settings.TURN_SECRET = ""
    assert ask(recruiter_of(interview), interview).json()["iceServers"] == [{"urls": ["stun:turn.example.cn:3478"]}]
    settings.STUN_URLS = []
    assert ask(recruiter_of(interview), interview).json()["iceServers"] == []


def test_the_relay_can_be_forced(interview: Interview, settings: Any) -> None:
    settings.RELAY_ONLY = True
    assert ask(recruiter_of(interview), interview).json()["iceTransportPolicy"] == "relay"


def test_a_revoked_seat_may_not_call(interview: Interview) -> None:
    hers = seat(interview, RECRUITER)
    assert turn.may_call(seat=hers, now=timezone.now())
    hers.revoked_at = timezone.now()
    assert not turn.may_call(seat=hers, now=timezone.now())
