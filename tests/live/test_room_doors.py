"""The doors of the room and of its console: what comes in, what goes out, who is turned away."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from labor.live.actions import saying
from labor.live.models import Ban, LiveApplication, LiveSession, Message
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.employers import JobPostingFactory, MemberFactory
from tests.factories.live import LiveSessionFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudges")]


@pytest.fixture
def anchor() -> Any:
    return UserFactory(park=True)


@pytest.fixture
def session(anchor: Any) -> LiveSession:
    made: LiveSession = LiveSessionFactory(
        live=True, anchor=anchor, slow_seconds=0, cards=[JobPostingFactory(), JobPostingFactory()]
    )
    return made


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def console(anchor: Any) -> Client:
    return signed_in(anchor)


def post(client: Client, name: str, session: LiveSession, **body: Any) -> Any:
    app = "live" if name == "say" else "studio"
    return client.post(reverse(f"{app}:{name}", args=[session.pk]), json.dumps(body), "application/json")


def line(session: LiveSession, text: str = "有夫妻房吗", kind: str = "question", **more: Any) -> Message:
    return saying.say(session=session, by=UserFactory(), text=text, kind=kind, client_id=uuid4(), **more)


def test_a_viewer_speaks_and_a_double_tap_is_the_same_line(session: LiveSession) -> None:
    viewer, body = signed_in(UserFactory(name="王大力")), {"text": " 有夫妻房吗 ", "client_id": str(uuid4())}
    first, second = post(viewer, "say", session, **body), post(viewer, "say", session, **body)
    assert first.status_code == 200 and first.json() == second.json()
    assert first.json() == {
        "id": Message.objects.get().pk, "state": "shown", "kind": "chat", "name": "王**", "text": "有夫妻房吗",
        "why": "", "detail": "",
    }  # fmt: skip
    assert first.headers["Cache-Control"] == "private, no-store"


def test_a_held_line_is_acknowledged_truthfully(session: LiveSession) -> None:
    said = post(signed_in(UserFactory()), "say", session, text="打我电话13857900001", client_id=str(uuid4())).json()
    assert (said["state"], said["why"]) == ("held", "留了联系方式")
    assert said["detail"] == "已发送，主播看过后显示。"


def test_what_was_hidden_since_is_told_no_more_than_at_first(session: LiveSession) -> None:
    viewer, body = signed_in(UserFactory()), {"text": "好", "client_id": str(uuid4())}
    post(viewer, "say", session, **body)
    Message.objects.update(state="hidden", hide_reason="abuse")
    assert post(viewer, "say", session, **body).json()["state"] == "held"


def test_slower_is_429_with_the_seconds(session: LiveSession) -> None:
    LiveSession.objects.update(slow_seconds=20)
    viewer = signed_in(UserFactory())
    assert post(viewer, "say", session, text="好", client_id=str(uuid4())).status_code == 200
    answer = post(viewer, "say", session, text="好吗", client_id=str(uuid4()))
    assert (answer.status_code, answer.json()["retry"], answer.headers["Retry-After"]) == (429, 20, "20")


def test_who_is_not_signed_in_is_told_how_to_speak(session: LiveSession) -> None:
    answer = post(Client(), "say", session, text="好", client_id=str(uuid4()))
    assert answer.status_code == 409 and "登录" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"text": "好"}, {"text": "好", "client_id": "1"}, {"text": 5}, {"text": "好", "kind": "shout"},
        {"text": "好", "card": "x"}, {"text": "好", "card": 999}, {"text": ""}, {"text": "字" * 201}, [1],
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_422_in_words(session: LiveSession, body: Any) -> None:
    if isinstance(body, dict) and ("kind" in body or "card" in body or "字" in str(body["text"]) or not body["text"]):
        body["client_id"] = str(uuid4())
    viewer = signed_in(UserFactory())
    answer = viewer.post(reverse("live:say", args=[session.pk]), json.dumps(body), "application/json")
    assert answer.status_code == 422 and answer.json()["detail"].endswith("。")
    assert not Message.objects.exists()


def test_without_script_a_form_leads_back_to_the_room(session: LiveSession) -> None:
    room = reverse("live:list")
    form = {"text": "有夫妻房吗", "kind": "question", "client_id": str(uuid4())}
    headers = {"Accept": "text/html", "Referer": f"http://testserver{room}"}
    answer = signed_in(UserFactory()).post(reverse("live:say", args=[session.pk]), form, headers=headers)
    assert (answer.status_code, answer["Location"]) == (302, f"http://testserver{room}")
    assert Message.objects.get().kind == "question"


def test_a_session_that_nobody_knows_of_has_no_doors(console: Client, anchor: Any) -> None:
    planned = LiveSessionFactory(anchor=anchor)
    assert post(signed_in(UserFactory()), "say", planned, text="好", client_id=str(uuid4())).status_code == 404
    foreign = LiveSessionFactory(live=True, host=MemberFactory().employer)
    for name in ("pin", "unpin", "announce", "slow", "answer", "hide", "show", "ban", "unban"):
        answer = post(console, name, foreign)
        assert (answer.status_code, "detail" in answer.json()) == (404, True), name
    assert console.get(reverse("studio:desk", args=[foreign.pk])).status_code == 404


def test_the_console_pins_and_unpins(session: LiveSession, console: Client) -> None:
    first, second = session.cards.all()
    assert post(console, "pin", session, card=first.pk).json()["pinned"] == first.pk
    assert post(console, "pin", session, card=second.pk).json()["pinned"] == second.pk
    assert post(console, "unpin", session).json() == {"pinned": None}
    elsewhere = LiveSessionFactory(live=True, cards=[JobPostingFactory()]).cards.get()
    assert post(console, "pin", session, card=elsewhere.pk).status_code == 404
    officer = signed_in(UserFactory(officer=True))
    assert post(officer, "pin", session, card=first.pk).status_code == 409


def test_the_console_keeps_order(session: LiveSession, console: Client) -> None:
    said, held = line(session), line(session, "打我电话13857900001")
    assert post(console, "hide", session, message=said.pk, reason="").status_code == 422
    assert post(console, "hide", session, message=said.pk, reason="abuse").json()["state"] == "hidden"
    assert post(console, "show", session, message=held.pk).json()["state"] == "shown"
    ban = post(console, "ban", session, message=said.pk, reason="abuse", minutes=10).json()
    assert ban["until"] and Ban.objects.get().user == said.author
    assert post(console, "unban", session, ban=ban["ban"]).status_code == 200
    assert Ban.objects.get().lifted_at
    assert post(console, "announce", session, text="今天报名有车接").json() == {"announcement": "今天报名有车接"}
    assert post(console, "slow", session, seconds=10).json() == {"slow": 10}
    assert post(console, "slow", session).status_code == post(console, "slow", session, seconds=61).status_code == 422


def test_the_console_answers(session: LiveSession, console: Client) -> None:
    card = session.cards.first()
    asked, spoken = line(session, card=card), line(session, "几点下班")
    kept = post(console, "answer", session, message=asked.pk, text="有，月租两百。", keep=True)
    assert kept.json() == {"message": asked.pk, "kept": True}
    assert card.posting.answers.get().answer == "有，月租两百。"
    assert post(console, "answer", session, message=spoken.pk, voice=True).json()["kept"] is False
    late = post(console, "answer", session, message=spoken.pk, text="八点。", keep=True, card=card.pk).json()
    assert late["kept"] is True and card.posting.answers.count() == 2
    general = post(console, "answer", session, message=asked.pk, text="有，各厂不一样。", keep=True, card="").json()
    assert general["kept"] is False and card.posting.answers.get(question=asked.text).answer == "有，月租两百。"


def test_the_desk_tells_all_that_the_console_shows(
    session: LiveSession, console: Client, django_assert_max_num_queries: Any
) -> None:
    first, _ = session.cards.all()
    post(console, "pin", session, card=first.pk)
    for number in range(5):
        line(session, f"第{number}个问题", card=first)
        line(session, f"打我电话1385790000{number}")
    hidden = line(session, "骂人的话", "chat")
    post(console, "ban", session, message=hidden.pk, reason="abuse")
    application = ApplicationFactory(posting=first.posting)
    LiveApplication.objects.create(application=application, session=session, card=first, second=9)
    address = reverse("studio:desk", args=[session.pk])
    with django_assert_max_num_queries(11):
        told = console.get(address).json()
    assert (told["state"], told["pinned"], told["applications"], told["viewers"]) == ("live", first.pk, 1, 0)
    assert [one["text"] for one in told["questions"]] == [f"第{number}个问题" for number in range(5)]
    assert {one["card"] for one in told["questions"]} == {first.pk} and told["open_questions"] == 5
    assert {one["why"] for one in told["held"]} == {"留了联系方式"} and told["held_lines"] == 5
    assert [(one["name"], one["reason"], one["text"]) for one in told["bans"]] == [
        (hidden.shown_name, "骂人、吵架", "骂人的话")
    ]
    assert [card["order"] for card in told["cards"]] == [0, 1] and told["cards"][0]["open"] is True
    assert told["last"] == session.room.__class__.objects.get(pk=session.pk).last_seq
