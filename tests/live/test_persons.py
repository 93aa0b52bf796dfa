"""What a worker said and watched is in his copy, and without him once he is forgotten."""

import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from labor.applications.actions.erasing import GONE, erase
from labor.live import entries_json
from labor.live.actions import airing, moderating, saying
from labor.live.choices import EntryKind, MessageState
from labor.live.models import Ban, LiveApplication, LiveSession, Message, Reservation, Viewing
from labor.workers.models import Worker
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.live import LiveSessionFactory
from tests.factories.workers import WorkerFactory

NAME = "欧阳要忘记"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


def somebody_in(session: LiveSession) -> Worker:
    """He asked, was held once, reserved, watched, was banned and applied."""
    worker: Worker = WorkerFactory(name=NAME)
    application = ApplicationFactory(worker=worker, posting=session.cards.get().posting)
    LiveApplication.objects.create(
        application=application, session=session, card=session.cards.get(), second=754, is_pinned=True
    )
    for text in ("我住王家村，有车接吗", "打我电话13857900001"):
        saying.say(session=session, by=worker.user, text=text, kind="chat", client_id=uuid.uuid4())
    Reservation.objects.create(session=session, user=worker.user)
    Viewing.objects.create(session=session, visitor="v", user=worker.user, region_code="511921", seconds=60)
    anchor = session.crew.get().user
    moderating.ban(session=session, user=worker.user, by=anchor, reason="contact", minutes=5, note=f"{NAME}留电话")
    return worker


@pytest.fixture
def session() -> Any:
    return LiveSessionFactory(live=True, anchor=True, slow_seconds=0, cards=[JobPostingFactory()])


def test_his_copy_tells_of_it(client: Client, session: LiveSession) -> None:
    worker = somebody_in(session)
    saying.say(session=session, by=session.crew.get().user, text="欢迎大家", kind="chat", client_id=uuid.uuid4())
    client.force_login(worker.user)
    answer = client.post(reverse("consents:copy"))
    told = zipfile.ZipFile(io.BytesIO(answer.content)).read("data.json").decode()
    assert {"直播发言", "直播预约", "观看", "禁言", "直播带来的报名"} <= set(json.loads(told))
    assert "我住王家村" in told and "754" in told and "欢迎大家" not in told


@pytest.mark.parametrize("is_over", [False, True])
def test_when_he_is_forgotten_the_numbers_stay_and_his_words_go(session: LiveSession, is_over: bool) -> None:
    worker = somebody_in(session)
    if is_over:
        airing.end(session=session, by=session.crew.get().user)
    before = list(session.entries.values_list("seq", "kind"))
    erase(worker=worker, by=worker.user)
    said, held = Message.objects.order_by("pk")
    assert (said.text, said.shown_name, said.state) == ("", GONE, MessageState.SHOWN)
    assert (held.text, held.state, held.hide_reason) == ("", MessageState.HIDDEN, "other")
    assert list(session.entries.values_list("seq", "kind"))[:-1] == before
    assert session.entries.last().kind == EntryKind.HIDDEN, "open pages drop them"
    sent = json.dumps(entries_json.as_list(entries_json.after(session.pk, 0)), ensure_ascii=False)
    assert "王家村" not in sent and "欧阳" not in sent
    assert not Reservation.objects.exists()
    assert Viewing.objects.values_list("user", "region_code", "seconds").get() == (None, "", 60)
    assert NAME not in Ban.objects.get().note
    assert LiveApplication.objects.count() == 1


def test_forgetting_somebody_who_never_came_says_nothing(session: LiveSession) -> None:
    worker = WorkerFactory()
    erase(worker=worker, by=worker.user)
    assert not session.entries.exists()
