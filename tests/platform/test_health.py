"""/healthz/live asks nobody; /healthz/ready names every part that is missing."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings

from jinba import heart
from jinba.core import pulse

QUEUES = ("celery", "match")


@pytest.fixture
def everything_lives() -> None:
    pulse.mark(pulse.BEAT, *(pulse.queue(name) for name in QUEUES))


@pytest.fixture
def no_redis() -> Iterator[None]:
    away = {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    with override_settings(CACHES={**settings.CACHES, "default": away}):
        yield


def ask(client: Client) -> tuple[int, dict[str, Any]]:
    answer = client.get("/healthz/ready")
    return answer.status_code, answer.json()


def test_live_asks_neither_database_nor_redis(client: Client, no_redis: None) -> None:
    # Without the db mark, a query would be an error.
    assert client.get("/healthz/live").json() == {"live": True}


@pytest.mark.django_db
@pytest.mark.usefixtures("everything_lives")
class TestReady:
    def test_all_parts_there(self, client: Client) -> None:
        assert ask(client) == (200, {"ready": True, "missing": {}})

    def test_a_visitor_gets_no_cookie_and_no_cached_answer(self, client: Client) -> None:
        answer = client.get("/healthz/ready")
        assert not answer.cookies
        assert "no-store" in answer["Cache-Control"]

    def test_silent_beat(self, client: Client) -> None:
        pulse.forget(pulse.BEAT)
        status, told = ask(client)
        assert status == 503
        assert list(told["missing"]) == ["beat"]

    @pytest.mark.parametrize("name", QUEUES)
    def test_a_queue_without_a_worker(self, client: Client, name: str) -> None:
        pulse.forget(pulse.queue(name))
        status, told = ask(client)
        assert status == 503
        assert list(told["missing"]) == ["worker"]
        assert name in told["missing"]["worker"]

    def test_a_migration_that_was_not_run(self, client: Client) -> None:
        MigrationRecorder(connection).migration_qs.filter(app="notices").delete()
        status, told = ask(client)
        assert status == 503
        assert list(told["missing"]) == ["migrations"]

    def test_no_redis(self, client: Client, no_redis: None) -> None:
        status, told = ask(client)
        assert status == 503
        assert list(told["missing"]) == ["redis"]

    def test_no_database(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        from django.db import OperationalError

        def away(*_: Any) -> None:
            raise OperationalError

        monkeypatch.setattr(MigrationRecorder, "migration_qs", property(away))
        status, told = ask(client)
        assert status == 503
        assert list(told["missing"]) == ["database"]

    def test_it_answers_within_a_tenth_of_a_second(self, client: Client) -> None:
        ask(client)
        began = time.thread_time()
        for _ in range(10):
            ask(client)
        assert (time.thread_time() - began) / 10 < 0.1

    def test_posting_is_refused(self, client: Client) -> None:
        assert client.post("/healthz/ready").status_code == 405


def test_a_worker_marks_its_queues_and_takes_them_back_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heart, "worker_throttle", heart.Throttle())
    heart.worker_lives()
    assert pulse.silent("queue:celery") == []
    heart.worker_ends()
    heart.worker_lives()
    assert pulse.silent("queue:celery") == ["queue:celery"]


def test_signs_of_life_fade_within_half_a_minute() -> None:
    pulse.mark(pulse.BEAT)
    assert 0 < cache._cache.get_client().ttl(cache.make_key("pulse:beat")) <= 30  # type: ignore[attr-defined]


def test_a_throttle_lets_one_through() -> None:
    throttle = heart.Throttle()
    assert [throttle.due(), throttle.due()] == [True, False]
