"""Letters and nudges leave after commit, and nobody waits long for a Redis that says nothing."""

import threading
import time
from typing import Any

import pytest
from django.db import transaction

from jinba.core import later as letters_of
from jinba.core import push as nudges
from jinba.core.later import later
from jinba.core.push import push

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_letter_that_redis_does_not_take_is_not_waited_for(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    hangs, asked = threading.Event(), []

    def hang(task: str, **options: Any) -> None:
        asked.append(task)
        hangs.wait(30)

    monkeypatch.setattr(letters_of, "_postman", None)
    monkeypatch.setattr(letters_of, "PATIENCE", 0.05)
    monkeypatch.setattr("jinba.core.later.current_app.send_task", hang)
    began = time.monotonic()
    for _ in range(50):
        later("some.task")
    assert time.monotonic() - began < 2
    assert len(asked) == 1  # the others were not even tried
    assert "its sweep will" in caplog.text
    hangs.set()


def test_a_letter_that_cannot_be_posted_harms_nobody(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    def fail(task: str, **options: Any) -> None:
        raise ValueError("what no broker says")

    monkeypatch.setattr("jinba.core.later.current_app.send_task", fail)
    later("some.task")
    assert "what no broker says" in caplog.text


class Layer:
    """A channel layer that keeps what it is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[str, str]] = []
        self.came = threading.Semaphore(0)
        self.failure: Exception | None = None
        monkeypatch.setattr(nudges, "_running", None)
        monkeypatch.setattr(nudges, "REST", 0.0)
        monkeypatch.setattr(nudges, "get_channel_layer", lambda: self)

    async def group_send(self, group: str, message: dict[str, str]) -> None:
        self.sent.append((group, message["type"]))
        self.came.release()
        if self.failure:
            raise self.failure


def test_a_nudge_leaves_after_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer(monkeypatch)
    with transaction.atomic():
        push("group", "something.new")
        assert not layer.came.acquire(timeout=0.05)
    assert layer.came.acquire(timeout=5)
    assert layer.sent == [("group", "something.new")]


def test_nobody_is_nudged_about_what_was_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    layer = Layer(monkeypatch)
    for number in range(100):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            push(f"group.{number}", "something.new")
            raise ZeroDivisionError
    push("group", "something.new")
    assert layer.came.acquire(timeout=5)
    assert layer.sent == [("group", "something.new")]


def test_a_nudge_that_fails_does_not_stop_the_next(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    layer = Layer(monkeypatch)
    layer.failure = ConnectionError("Redis is away")
    push("one", "something.new")
    assert layer.came.acquire(timeout=5)
    push("two", "something.new")
    assert layer.came.acquire(timeout=5)
    assert [group for group, _ in layer.sent] == ["one", "two"]
