"""What happens at the door and in the room: waiting, being let in, taking over, writing, measuring, the telephone."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.models import Member
from jinba.core.errors import Refused
from labor.interviews.actions import entering, seating
from labor.interviews.choices import Held, SeatKind, State
from labor.interviews.models import BookedTime, CallReport, ChatLine, Interview, Recording, Seat
from labor.interviews.snapshots import snapshot
from labor.workers.models import Delegation
from tests.factories.accounts import user_in
from tests.factories.employers import MemberFactory
from tests.factories.interviews import InterviewFactory, SlotFactory
from tests.factories.rooms import admitted, by_link, recruiter_of, room, room_without_account, seat, signed_in

pytestmark = pytest.mark.django_db

WORKER, RECRUITER = SeatKind.WORKER, SeatKind.RECRUITER


@pytest.fixture
def interview() -> Interview:
    return room_without_account()


@pytest.fixture
def worker(interview: Interview) -> Client:
    return by_link(seat(interview, WORKER))


@pytest.fixture
def recruiter(interview: Interview) -> Client:
    return recruiter_of(interview)


def post(client: Client, door: str, interview: Interview, **fields: Any) -> Any:
    return client.post(reverse(f"rooms:{door}", args=[interview.pk]), fields)


def get(client: Client, name: str, interview: Interview, **fields: Any) -> Any:
    return client.get(reverse(f"rooms:{name}", args=[interview.pk]), fields)


def colleague_of(interview: Interview) -> Any:
    return MemberFactory(employer=interview.application.posting.employer, recruiter=True).user


# Waiting and being let in --------------------------------------------------------------------------------------------


def test_the_recruiter_is_in_at_once_and_others_wait(interview: Interview) -> None:
    his = entering.arrive(seat=seat(interview, WORKER), connection=uuid.uuid4())
    hers = entering.arrive(seat=seat(interview, RECRUITER), connection=uuid.uuid4())
    assert his.arrived_at and not his.is_admitted
    assert hers.arrived_at and hers.is_admitted
    interview.refresh_from_db()
    assert interview.worker_came_at and interview.employer_came_at and interview.state == State.CONFIRMED


def test_who_comes_before_the_room_is_open_has_not_come_yet() -> None:
    interview = room(starts_at=timezone.now().replace(second=0, microsecond=0) + timedelta(hours=2))
    his = entering.arrive(seat=seat(interview, WORKER), connection=uuid.uuid4())
    assert his.seen_at and his.arrived_at is None
    interview.refresh_from_db()
    assert interview.worker_came_at is None


def test_nobody_arrives_where_it_is_over_or_his_seat_is_gone(interview: Interview) -> None:
    guest = seating.invite(
        interview=interview, kind="interpreter", name="何译", phone="13900000001", by=interview.recruiter
    )
    seating.revoke(seat=guest, by=interview.recruiter)
    with pytest.raises(entering.NotAdmitted, match="收回"):
        entering.arrive(seat=guest, connection=uuid.uuid4())
    his = seat(interview, WORKER)
    past = timezone.now() - timedelta(hours=3)
    Interview.objects.update(starts_at=past - timedelta(minutes=20), ends_at=past)
    with pytest.raises(entering.NotAdmitted, match="结束"):
        entering.arrive(seat=his, connection=uuid.uuid4())


def test_with_the_first_one_let_in_the_interview_begins(
    interview: Interview, recruiter: Client, nudges: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = post(recruiter, "admit", interview, seat=2)
    assert answer.status_code == 200
    assert [one["admitted"] for one in answer.json()["people"]] == [True, True]
    assert f"interview.{interview.pk} room.changed" in nudges
    interview.refresh_from_db()
    assert interview.state == State.LIVE and interview.live_at
    at = seat(interview, WORKER).admitted_at
    assert post(recruiter, "admit", interview, seat=2).status_code == 200
    assert seat(interview, WORKER).admitted_at == at
    assert interview.events.filter(to_state=State.LIVE).count() == 1


def test_only_the_recruiter_lets_in_and_sends_away(interview: Interview, worker: Client) -> None:
    for name in ("admit", "away"):
        answer = post(worker, name, interview, seat=2)
        assert answer.status_code == 409 and "只有面试官" in answer.json()["detail"]
    colleague = colleague_of(interview)
    with pytest.raises(Refused, match="只有面试官"):
        entering.admit(seat=seat(interview, WORKER), by=colleague)
    assert not seat(interview, WORKER).is_admitted


def test_nobody_is_let_in_before_the_room_is_open_nor_where_no_seat_is(recruiter: Client, interview: Interview) -> None:
    assert post(recruiter, "admit", interview, seat=4).status_code == 422
    assert post(recruiter, "admit", interview, seat="x").status_code == 422
    Interview.objects.update(
        starts_at=interview.starts_at + timedelta(hours=2), ends_at=interview.ends_at + timedelta(hours=2)
    )
    answer = post(recruiter, "admit", interview, seat=2)
    assert answer.status_code == 409 and "没有开放" in answer.json()["detail"]


def test_who_was_sent_away_may_be_let_in_again_but_nobody_sends_himself_away(
    interview: Interview, recruiter: Client
) -> None:
    post(recruiter, "admit", interview, seat=2)
    assert post(recruiter, "away", interview, seat=2).json()["people"][1]["admitted"] is False
    assert post(recruiter, "away", interview, seat=1).status_code == 409
    assert post(recruiter, "admit", interview, seat=2).json()["people"][1]["admitted"] is True


def test_presence_ends_with_the_page_that_has_the_seat(interview: Interview) -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    his = entering.arrive(seat=seat(interview, WORKER), connection=first)
    entering.show(seat_id=his.pk, connection=first, me={"mic": True, "cam": True, "net": "good"})
    entering.arrive(seat=his, connection=second)
    assert seat(interview, WORKER).me == {}
    assert not entering.stay(seat_id=his.pk, connection=first)
    entering.leave(seat_id=his.pk, connection=first)
    entering.show(seat_id=his.pk, connection=first, me={"mic": True, "cam": True, "net": "good"})
    assert entering.stay(seat_id=his.pk, connection=second)
    here = snapshot(seat_id=his.pk)
    assert here and here["people"][1]["here"] is True and here["people"][1]["me"] is None
    entering.leave(seat_id=his.pk, connection=second)
    gone = snapshot(seat_id=his.pk)
    assert gone and gone["people"][1]["here"] is False


def test_without_a_sign_of_life_somebody_is_gone_after_half_a_minute(interview: Interview) -> None:
    his = entering.arrive(seat=seat(interview, WORKER), connection=uuid.uuid4())
    for seconds, is_here in ((25, True), (35, False)):
        Seat.objects.filter(pk=his.pk).update(seen_at=timezone.now() - timedelta(seconds=seconds))
        now = snapshot(seat_id=his.pk)
        assert now and now["people"][1]["here"] is is_here


# Taking over ---------------------------------------------------------------------------------------------------------


def test_a_colleague_is_asked_and_takes_over(interview: Interview, recruiter: Client) -> None:
    colleague = colleague_of(interview)
    client = signed_in(colleague)
    page = get(client, "room", interview)
    assert page.status_code == 200 and "由我来面试" in page.content.decode()
    assert post(client, "take_over", interview).url == reverse("rooms:room", args=[interview.pk])
    interview.refresh_from_db()
    assert interview.recruiter == colleague and seat(interview, RECRUITER).user == colleague
    event = interview.events.latest("id")
    assert event.by == colleague and "接替" in event.note and event.from_state == event.to_state
    post(client, "take_over", interview)  # twice is once
    assert interview.events.filter(note__contains="接替").count() == 1
    assert get(client, "room", interview).status_code == 200
    assert post(client, "admit", interview, seat=2).status_code == 200
    assert post(recruiter, "admit", interview, seat=2).status_code == 404


def test_nobody_else_takes_over(interview: Interview) -> None:
    for role in ("employer", "seeker", "officer"):
        client = signed_in(user_in(role))
        assert get(client, "room", interview).status_code == 404
        assert post(client, "take_over", interview).status_code in (403, 404)
    with pytest.raises(Refused, match="同一单位"):
        entering.take_over(interview=interview, by=user_in("employer"))
    done = InterviewFactory(done=True)
    with pytest.raises(Refused, match="没有视频面试室"):
        entering.take_over(interview=done, by=done.recruiter)


def test_who_has_only_the_link_does_not_sign_in_as_anybody(interview: Interview) -> None:
    assert get(Client(), "room", interview).url.startswith("/accounts/sign-in/")
    assert get(Client(), "check", interview).url.startswith("/accounts/sign-in/")


def test_who_takes_over_is_booked_instead_of_the_other(interview: Interview) -> None:
    before, colleague = interview.recruiter, colleague_of(interview)
    entering.take_over(interview=interview, by=colleague)
    assert BookedTime.objects.get(slot=interview.slot).held_id == colleague.pk
    assert not BookedTime.objects.of(Held.USER, before.pk).exists()
    entering.take_over(interview=interview, by=before)  # and back
    assert BookedTime.objects.get(slot=interview.slot).held_id == before.pk


def test_who_has_another_interview_at_that_time_does_not_take_over(interview: Interview) -> None:
    before, colleague = interview.recruiter, colleague_of(interview)
    SlotFactory(sitting__recruiter=colleague, starts_at=interview.starts_at)
    with pytest.raises(Refused, match="有别的面试"):
        entering.take_over(interview=interview, by=colleague)
    assert seat(interview, RECRUITER).user == before
    assert BookedTime.objects.get(slot=interview.slot).held_id == before.pk


def test_of_a_queue_the_time_stays_with_who_began_it_and_the_colleague_is_taken_for_one_talk() -> None:
    interview = room(queue=True)
    before, colleague = interview.recruiter, colleague_of(interview)
    entering.take_over(interview=interview, by=colleague)
    assert BookedTime.objects.get(sitting=interview.sitting, held=Held.USER).held_id == before.pk
    his = BookedTime.objects.of(Held.USER, colleague.pk).get()
    assert his.ends_at - his.starts_at == timedelta(minutes=interview.sitting.minutes)
    entering.take_over(interview=interview, by=before)  # and back
    assert not BookedTime.objects.of(Held.USER, colleague.pk).exists()
    assert BookedTime.objects.of(Held.USER, before.pk).count() == 1


def test_who_talks_elsewhere_takes_over_nobody_of_a_queue() -> None:
    interview = room(queue=True)
    before, colleague = interview.recruiter, colleague_of(interview)
    SlotFactory(sitting__recruiter=colleague, starts_at=interview.starts_at)
    with pytest.raises(Refused):
        entering.take_over(interview=interview, by=colleague)
    assert seat(interview, RECRUITER).user == before


@pytest.mark.parametrize(("state", "after"), [("asked", "refused"), ("running", "kept")])
def test_a_recording_ends_when_somebody_takes_over(state: str, after: str) -> None:
    interview = room(live=True)
    one = Recording.objects.create(interview=interview, asked_by=interview.recruiter, state=state)
    entering.take_over(interview=interview, by=colleague_of(interview))
    one.refresh_from_db()
    assert one.state == after and one.ended_at


# Who speaks for nobody any more --------------------------------------------------------------------------------------


def test_who_is_no_member_any_more_has_no_seat(interview: Interview, recruiter: Client) -> None:
    by = interview.recruiter
    Member.objects.filter(user=by).delete()
    for name in ("room", "check", "state", "chat"):
        assert get(recruiter, name, interview).status_code == 404
    for name in ("admit", "ice"):
        assert post(recruiter, name, interview, seat=2).status_code == 404
    with pytest.raises(Refused, match="只有面试官"):
        entering.admit(seat=seat(interview, WORKER), by=by)
    MemberFactory(employer=interview.application.posting.employer, user=by)
    assert get(recruiter, "room", interview).status_code == 200


def test_a_member_of_another_employer_has_no_seat(interview: Interview, recruiter: Client) -> None:
    Member.objects.filter(user=interview.recruiter).delete()
    MemberFactory(user=interview.recruiter)
    assert get(recruiter, "room", interview).status_code == 404


def test_a_colleague_takes_over_from_who_is_gone(interview: Interview) -> None:
    Member.objects.filter(user=interview.recruiter).delete()
    client = signed_in(colleague_of(interview))
    assert post(client, "take_over", interview).status_code == 302
    assert get(client, "room", interview).status_code == 200


def test_who_is_not_entrusted_any_more_has_no_seat() -> None:
    helper = user_in("broker")
    interview = room(helper=helper, application__worker__helper=helper)
    client = signed_in(helper)
    client.post(seating.link_path(seat(interview, SeatKind.HELPER)))
    assert get(client, "room", interview).status_code == 200
    Delegation.objects.filter(helper=helper).update(ended_at=timezone.now())
    assert get(client, "room", interview).status_code == 404
    assert get(client, "state", interview).status_code == 404


# The room's page -----------------------------------------------------------------------------------------------------


def test_the_room_and_the_check_show_themselves(
    interview: Interview, worker: Client, recruiter: Client, django_assert_max_num_queries: Any
) -> None:
    for client in (worker, recruiter):
        for name in ("room", "check"):
            with django_assert_max_num_queries(30):
                page = get(client, name, interview)
            assert page.status_code == 200
            assert f"/ws/interviews/{interview.pk}/" in page.content.decode()
    assert "data-nudges" not in get(recruiter, "room", interview).content.decode()
    assert get(worker, "room", interview).context["panel"] is None
    assert get(recruiter, "room", interview).context["panel"] is not None


def test_the_state_is_what_the_socket_says(interview: Interview, worker: Client) -> None:
    answer = get(worker, "state", interview).json()
    assert answer["t"] == "room" and answer["you"] == {"seat": 2, "kind": "worker", "admitted": False}
    assert get(Client(), "state", interview).status_code == 404


def test_in_a_queue_the_place_is_told() -> None:
    first = room(queue=True, queue_number=1)
    second = room(queue=True, queue_number=2, starts_at=first.starts_at, application__posting=first.application.posting)
    mine = snapshot(seat_id=seat(second, WORKER).pk)
    assert mine and mine["queue"] == {"number": 2, "before": 1}
    entering.admit(seat=seat(first, WORKER), by=first.recruiter)
    mine = snapshot(seat_id=seat(second, WORKER).pk)
    assert mine and mine["queue"] == {"number": 2, "before": 0}


# Writing -------------------------------------------------------------------------------------------------------------


def test_what_one_writes_the_others_read(interview: Interview, worker: Client, recruiter: Client) -> None:
    admitted(interview)
    sent = post(worker, "say", interview, client_id=uuid.uuid4(), text="  我听不见 \r\n您说话 ").json()["id"]
    (line,) = get(recruiter, "chat", interview).json()["lines"]
    assert (line["id"], line["seat"], line["mine"], line["text"]) == (sent, 2, False, "我听不见\n您说话")
    assert get(worker, "chat", interview).json()["lines"][0]["mine"] is True
    assert get(worker, "chat", interview, since=sent).json()["lines"] == []
    assert get(worker, "state", interview).json()["chat"] == sent
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM interviews_chatline")
        assert "听不见".encode() not in bytes(cursor.fetchone()[0])


def test_sent_again_it_is_one_line(interview: Interview, recruiter: Client) -> None:
    client_id = uuid.uuid4()
    ids = {post(recruiter, "say", interview, client_id=client_id, text="您好").json()["id"] for _ in range(3)}
    assert len(ids) == 1 == ChatLine.objects.count()


def test_who_waits_neither_writes_nor_reads(interview: Interview, worker: Client) -> None:
    answer = post(worker, "say", interview, client_id=uuid.uuid4(), text="您好")
    assert answer.status_code == 409 and "还没有请您进来" in answer.json()["detail"]
    assert get(worker, "chat", interview).status_code == 409


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "您好"},
        {"client_id": "x", "text": "您好"},
        {"client_id": str(uuid.uuid4()), "text": " \n "},
        {"client_id": str(uuid.uuid4()), "text": "长" * 501},
    ],
)
def test_a_line_that_is_none_is_refused(interview: Interview, recruiter: Client, fields: dict[str, Any]) -> None:
    answer = post(recruiter, "say", interview, **fields)
    assert answer.status_code == 422 and answer.json()["detail"].endswith("。")


def test_who_writes_too_fast_waits(interview: Interview, recruiter: Client) -> None:
    codes = [
        post(recruiter, "say", interview, client_id=uuid.uuid4(), text="您好").status_code
        for _ in range(entering.LINES + 1)
    ]
    assert codes == [200] * entering.LINES + [429]
    ChatLine.objects.update(at=timezone.now() - timedelta(seconds=11))
    assert post(recruiter, "say", interview, client_id=uuid.uuid4(), text="您好").status_code == 200


# What else pages send ------------------------------------------------------------------------------------------------


def test_a_report_is_kept_once_for_each_line_and_its_last_word_counts(interview: Interview, worker: Client) -> None:
    conn = str(uuid.uuid4())
    url = reverse("rooms:report", args=[interview.pk])
    assert post(worker, "report", interview, conn=conn, peer=1, connected="true", setup_ms=812).status_code == 200
    body = {
        "conn": conn, "peer": 1, "connected": True, "setup_ms": 812, "first_frame_ms": 1204.6, "seconds": 10**9,
        "drops": 1, "restarts": 2, "relayed": True, "audio_only_seconds": 7,
    }  # fmt: skip
    assert worker.post(url, json.dumps(body), content_type="application/json").status_code == 200
    # What was sent before and comes after it changes nothing.
    assert post(worker, "report", interview, conn=conn, peer=1, connected="true", setup_ms=812).status_code == 200
    row = CallReport.objects.get()
    assert (row.seat, row.peer, row.is_connected, row.is_relayed) == (seat(interview, WORKER), 1, True, True)
    assert (row.setup_ms, row.first_frame_ms, row.seconds) == (812, 1205, entering.MOST_SECONDS)


@pytest.mark.parametrize(
    "fields", [{"peer": 2}, {"peer": 5}, {"peer": 0}, {"drops": -1}, {"seconds": "many"}, {"conn": "x"}]
)
def test_a_report_that_cannot_be_is_refused(interview: Interview, worker: Client, fields: dict[str, Any]) -> None:
    assert post(worker, "report", interview, **({"conn": uuid.uuid4(), "peer": 1} | fields)).status_code == 422
    assert CallReport.objects.count() == 0


def test_one_seat_keeps_only_so_many_reports(interview: Interview, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entering, "MOST_REPORTS", 2)
    for _ in range(3):
        entering.report(seat=seat(interview, WORKER), connection=uuid.uuid4(), peer=1)
    assert CallReport.objects.count() == 2


def test_what_the_check_found_is_kept(interview: Interview, worker: Client) -> None:
    assert post(worker, "device", interview, camera="ok", microphone="denied", network="x" * 99).status_code == 200
    his = seat(interview, WORKER)
    assert his.device == {"camera": "ok", "microphone": "denied", "network": "x" * 40} and his.checked_at
    assert post(worker, "device", interview, **{"Camera!": "ok"}).status_code == 422
    assert post(worker, "device", interview, **{f"n{'x' * number}": 1 for number in range(13)}).status_code == 422


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 9_000, b'{"seat":' + b" " * 17_000 + b"2}"])
def test_a_body_that_is_no_object_is_refused(interview: Interview, recruiter: Client, body: bytes) -> None:
    url = reverse("rooms:admit", args=[interview.pk])
    assert recruiter.post(url, body, content_type="application/json").status_code == 422


def test_anybody_in_the_room_may_ask_for_the_telephone(interview: Interview, worker: Client) -> None:
    answer = post(worker, "phone", interview)
    assert answer.status_code == 200 and answer.json()["by_phone"] is True
    interview.refresh_from_db()
    assert interview.by_phone_side == "worker"
    assert interview.worker_came_at  # though his browser may be too old for the waiting room
    assert str(interview.application.worker.phone) not in answer.content.decode()


def test_the_recruiter_invites_and_takes_back_by_the_doors(
    interview: Interview, recruiter: Client, worker: Client, letters: Any
) -> None:
    fields = {"kind": "interpreter", "name": "何译", "phone": "13900000001"}
    assert post(worker, "invite", interview, **fields).status_code == 409  # he has no account to answer for it
    answer = post(recruiter, "invite", interview, **fields)
    assert answer.json() == {"seat": 3, "name": "何译"}
    assert post(recruiter, "invite", interview, **(fields | {"phone": "12"})).status_code == 422
    assert [one["seat"] for one in post(recruiter, "revoke", interview, seat=3).json()["people"]] == [1, 2]
    assert post(recruiter, "revoke", interview, seat=2).status_code == 409


def test_every_door_checks_where_a_form_comes_from(interview: Interview) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(interview.recruiter, backend="django.contrib.auth.backends.ModelBackend")
    for name in ("ice", "admit", "away", "say", "report", "device", "phone", "invite", "revoke", "take_over"):
        assert post(strict, name, interview, seat=2).status_code == 403
