"""Recordings: nobody is recorded who did not agree, and no film outlives its day or a word taken back."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.core import encrypted_files
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.privacy.models import PersonalDataAccess
from labor.applications.actions.erasing import erase
from labor.interviews.actions import entering, recording, seating
from labor.interviews.actions.recording import OutOfOrder
from labor.interviews.choices import RecordingState, SeatKind
from labor.interviews.models import Interview, Recording, RecordingConsent, Seat
from labor.interviews.recording_text import LONGEST, text_for
from labor.interviews.recordings import recording_of
from tests.factories.accounts import user_in
from tests.factories.employers import MemberFactory
from tests.factories.rooms import admitted, by_link, recruiter_of, room, seat, signed_in

pytestmark = pytest.mark.django_db

WEBM = "video/webm;codecs=vp8,opus"
WORKER, RECRUITER = SeatKind.WORKER, SeatKind.RECRUITER


@pytest.fixture(autouse=True)
def _on(settings: Any) -> Iterator[None]:
    settings.INTERVIEW_RECORDING = True
    yield


def talk(**fields: Any) -> Interview:
    """A call that runs, with everybody in the room."""
    return admitted(room(live=True, **fields))


def asked(interview: Interview) -> Recording:
    return recording.ask(interview=interview, by=interview.recruiter)


def agreed(one: Recording, *kinds: str) -> Recording:
    for kind in kinds:
        one = recording.answer(recording=one, seat=seat(one.interview, kind), is_given=True)
    return one


def running(interview: Interview) -> Recording:
    one = agreed(asked(interview), RECRUITER, WORKER)
    return recording.start(recording=one, by=interview.recruiter, content_type=WEBM)


def kept(interview: Interview, *parts: bytes) -> Recording:
    """A film of these parts that was stopped."""
    one = running(interview)
    for number, content in enumerate(parts or (b"first", b"second"), 1):
        recording.add_part(recording=one, by=interview.recruiter, number=number, content=content)
    return recording.stop(recording=one, seat=seat(interview, RECRUITER))


def files() -> list[str]:
    return list(private_files.names(recording.FOLDER))


# Agreeing ------------------------------------------------------------------------------------------------------------


def test_it_begins_only_when_everybody_in_the_room_has_agreed() -> None:
    interview = talk()
    one = asked(interview)
    assert asked(interview) == one, "asked twice, it is one question"
    for kind in (WORKER, RECRUITER):
        with pytest.raises(Refused, match="还要等这些人同意.*" + re.escape(seat(interview, kind).name)):
            recording.start(recording=one, by=interview.recruiter, content_type=WEBM)
        agreed(one, kind)
    with pytest.raises(Refused, match="格式"):
        recording.start(recording=one, by=interview.recruiter, content_type="text/html")
    begun = recording.start(recording=one, by=interview.recruiter, content_type=WEBM)
    assert begun.state == RecordingState.RUNNING
    assert recording.start(recording=one, by=interview.recruiter, content_type=WEBM).started_at == begun.started_at
    words = RecordingConsent.objects.get(seat__kind=WORKER).text
    employer = interview.application.posting.employer.name
    assert employer in words
    assert f"{live_settings.INTERVIEW_RECORDING_DAYS} 天后删除" in words
    assert "第 1 版" in words


def test_the_words_fit_however_long_the_names() -> None:
    interview = talk()
    interview.application.posting.title = "长" * 120
    interview.application.posting.employer.name = "长" * 120
    assert len(text_for(interview)) <= LONGEST
    assert text_for(interview).endswith("（第 1 版）")


def test_a_no_ends_it_and_the_interview_goes_on() -> None:
    interview = talk()
    one = recording.answer(recording=asked(interview), seat=seat(interview, WORKER), is_given=False)
    assert one.state == RecordingState.REFUSED
    interview.refresh_from_db()
    assert interview.state == "live"
    with pytest.raises(Refused, match="有人不同意"):
        recording.start(recording=one, by=interview.recruiter, content_type=WEBM)
    with pytest.raises(Refused, match="不用回答"):
        recording.answer(recording=one, seat=seat(interview, WORKER), is_given=True)


@pytest.mark.parametrize("who", [WORKER, RECRUITER])
def test_anybody_in_the_room_stops_it(who: str) -> None:
    interview = talk()
    one = recording.stop(recording=running(interview), seat=seat(interview, who))
    assert (one.state, one.ended_by) == (RecordingState.KEPT, seat(interview, who))
    assert one.retain_until == timezone.localdate() + timedelta(days=live_settings.INTERVIEW_RECORDING_DAYS)
    assert recording.stop(recording=one, seat=seat(interview, who)).ended_at == one.ended_at, "twice is once"


def test_a_word_taken_back_while_it_runs_stops_it() -> None:
    interview = talk()
    one = recording.answer(recording=running(interview), seat=seat(interview, WORKER), is_given=False)
    assert one.state == RecordingState.KEPT


def test_a_question_is_taken_back_by_stop() -> None:
    interview = talk()
    assert recording.stop(recording=asked(interview), seat=seat(interview, RECRUITER)).state == RecordingState.REFUSED


def test_who_comes_in_without_having_agreed_is_not_recorded() -> None:
    interview = talk()
    one = running(interview)
    late = seating.invite(
        interview=interview, kind=SeatKind.INTERPRETER, name="罗老师", phone="13700000042", by=interview.recruiter
    )
    entering.admit(seat=late, by=interview.recruiter)
    one.refresh_from_db()
    assert one.state == RecordingState.KEPT


def test_who_agreed_before_the_door_comes_in_and_it_goes_on() -> None:
    interview = talk()
    one = running(interview)
    late = seating.invite(
        interview=interview, kind=SeatKind.INTERPRETER, name="罗老师", phone="13700000042", by=interview.recruiter
    )
    shown = recording_of(late, is_in=False)
    assert shown is not None
    assert "罗老师" not in str(shown)
    assert shown["mine"] is None and "录下这次面试" in shown["text"]
    recording.answer(recording=one, seat=late, is_given=False)
    one.refresh_from_db()
    assert one.state == RecordingState.RUNNING, "who is not in the room does not end it"
    recording.answer(recording=one, seat=late, is_given=True)
    entering.admit(seat=late, by=interview.recruiter)
    one.refresh_from_db()
    assert one.state == RecordingState.RUNNING


def test_a_link_passed_on_to_another_browser_ends_it() -> None:
    interview = talk()
    one = running(interview)
    by_link(seat(interview, WORKER))
    one.refresh_from_db()
    assert one.state == RecordingState.KEPT


def test_what_each_page_hears_of_it() -> None:
    interview = talk()
    worker, recruiter = seat(interview, WORKER), seat(interview, RECRUITER)
    assert recording_of(worker, is_in=True) is None
    one = asked(interview)
    heard = recording_of(worker, is_in=True)
    assert heard == {"id": one.pk, "state": "asked", "mine": None, "text": text_for(interview)}
    assert recording_of(worker, is_in=False) is None, "before the door nobody hears of a question to others"
    agreed(one, RECRUITER)
    said = recording_of(recruiter, is_in=True)
    assert said is not None
    assert (said["mine"], said["text"], said["missing"]) == (True, "", [worker.name])


def test_only_the_recruiter_records_and_only_where_it_is_switched_on(settings: Any) -> None:
    interview = talk()
    with pytest.raises(Refused, match="只有面试官"):
        recording.ask(interview=interview, by=interview.application.worker.user)
    one = asked(interview)
    with pytest.raises(Refused, match="只有面试官"):
        recording.start(recording=one, by=MemberFactory().user, content_type=WEBM)
    stranger = seat(talk(), WORKER)
    for act in (
        lambda: recording.answer(recording=one, seat=stranger, is_given=True),
        lambda: recording.stop(recording=one, seat=stranger),
    ):
        with pytest.raises(Refused, match="不在这间面试室"):
            act()
    settings.INTERVIEW_RECORDING = False
    with pytest.raises(Refused, match="没有开通"):
        asked(talk())
    with pytest.raises(Refused, match="没有开通"):
        recording.start(recording=one, by=interview.recruiter, content_type=WEBM)


def test_nobody_is_asked_before_the_talk_begins() -> None:
    with pytest.raises(Refused, match="进来以后"):
        asked(room())


# Keeping -------------------------------------------------------------------------------------------------------------


def test_parts_come_in_order_once_each_and_are_unreadable_on_the_disk() -> None:
    interview = talk()
    one, by = running(interview), interview.recruiter
    assert recording.add_part(recording=one, by=by, number=1, content=b"the first part") == 2
    assert recording.add_part(recording=one, by=by, number=1, content=b"the first part") == 2, "sent again"
    with pytest.raises(OutOfOrder) as early:
        recording.add_part(recording=one, by=by, number=3, content=b"the third part")
    assert early.value.wanted == 2
    assert recording.add_part(recording=one, by=by, number=2, content=b" and the second") == 3
    one.refresh_from_db()
    assert (one.bytes, len(files())) == (29, 2)
    assert b"".join(recording.pieces(recording=one, first=0, last=one.bytes - 1)) == b"the first part and the second"
    assert b"".join(recording.pieces(recording=one, first=4, last=17)) == b"first part and"
    for name in files():
        assert b"part" not in Path(private_files.path(name)).read_bytes()


@pytest.mark.parametrize("content", [b"", b"0" * (recording.PART_BYTES + 1)])
def test_a_part_that_is_too_large_or_empty_is_refused(content: bytes) -> None:
    interview = talk()
    with pytest.raises(Refused, match="最大"):
        recording.add_part(recording=running(interview), by=interview.recruiter, number=1, content=content)
    assert files() == []


def test_the_last_parts_may_come_a_little_after_the_end_and_no_others() -> None:
    interview = talk()
    one = kept(interview)
    assert recording.add_part(recording=one, by=interview.recruiter, number=3, content=b"tail") == 4
    Recording.objects.update(ended_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(Refused, match="已经停了"):
        recording.add_part(recording=one, by=interview.recruiter, number=4, content=b"late")
    with pytest.raises(Refused, match="已经停了"):
        recording.add_part(recording=asked(talk()), by=Recording.objects.latest("pk").asked_by, number=1, content=b"x")


def test_a_film_without_end_ends() -> None:
    interview = talk()
    one = running(interview)
    Recording.objects.update(started_at=timezone.now() - timedelta(hours=4))
    with pytest.raises(Refused, match="太长"):
        recording.add_part(recording=one, by=interview.recruiter, number=1, content=b"x")
    one.refresh_from_db()
    assert one.state == RecordingState.KEPT and one.ended_at  # for the others in the room, too


def test_a_piece_is_a_body_and_no_form() -> None:
    interview = talk()
    one = running(interview)
    page = recruiter_of(interview)
    at = reverse("rooms:record_part", args=[interview.pk]) + f"?recording={one.pk}&number=1"
    assert page.post(at, {"film": "x"}).status_code == 422  # multipart
    assert page.post(at, b"film", content_type="video/webm").json() == {"wanted": 2}


def test_a_rotation_of_keys_takes_films_along(settings: Any) -> None:
    interview = talk()
    one = kept(interview)
    settings.FIELD_KEYS = [f"9:{settings.FIELD_KEYS[0].partition(':')[2]}", *settings.FIELD_KEYS]
    call_command("rotate_keys", verbosity=0)
    assert {private_files.key_of(name) for name in files()} == {9}
    assert b"".join(recording.pieces(recording=one, first=0, last=10)) == b"firstsecond"


# Deleting ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Any:
    return django_capture_on_commit_callbacks


def test_a_film_is_gone_after_its_day(committed: Any) -> None:
    one = kept(talk())
    assert recording.sweep() == 0
    Recording.objects.update(retain_until=timezone.localdate() - timedelta(days=1))
    with committed(execute=True):
        recording.sweep()
    one.refresh_from_db()
    assert (one.state, one.parts.count(), files()) == (RecordingState.DELETED, 0, [])


def test_what_a_killed_process_left_is_cleared() -> None:
    one = kept(talk())
    Recording.objects.update(state=RecordingState.DELETED)
    assert len(files()) == 2
    recording.sweep()
    assert (files(), one.parts.count()) == ([], 0)


def test_files_of_nothing_go_and_others_stay(settings: Any) -> None:
    kept(talk())
    orphan = encrypted_files.save(b"nobody's", folder=recording.FOLDER)
    assert recording.clear_orphans() == 0, "it may just be written"
    recording.ORPHAN, before = timedelta(0), recording.ORPHAN
    try:
        assert recording.clear_orphans() == 1
    finally:
        recording.ORPHAN = before
    assert orphan not in files()
    assert len(files()) == 2


def test_a_page_that_is_gone_leaves_no_recording_that_runs_for_ever() -> None:
    lost, unheard, fine = running(talk()), asked(talk()), running(talk())
    old = timezone.now() - timedelta(minutes=10)
    Recording.objects.filter(pk=lost.pk).update(heard_at=old)
    Recording.objects.filter(pk=unheard.pk).update(asked_at=old)
    assert recording.sweep() == 2
    states = dict(Recording.objects.values_list("pk", "state"))
    assert states == {lost.pk: "kept", unheard.pk: "refused", fine.pk: "running"}


def test_a_worker_takes_his_word_back_and_the_film_is_gone_at_once(committed: Any) -> None:
    interview = talk()
    one = kept(interview)
    client = signed_in(interview.application.worker.user)
    address = reverse("interviews:recordings", args=[interview.pk])
    assert "马上删除" in client.get(address).content.decode()
    with committed(execute=True):
        assert client.post(address).status_code == 302
    one.refresh_from_db()
    assert (one.state, files()) == (RecordingState.DELETED, [])
    assert RecordingConsent.objects.get(seat__kind=WORKER).withdrawn_at is not None
    assert "已删除" in client.get(address).content.decode()
    other = signed_in(talk().application.worker.user)
    assert (other.get(address).status_code, other.post(address).status_code) == (404, 404)


def test_a_worker_who_is_forgotten_is_on_no_film(committed: Any) -> None:
    interview = talk()
    kept(interview)
    worker = interview.application.worker
    with committed(execute=True):
        erase(worker=worker, by=worker.user)
    assert (files(), Recording.objects.get().state) == ([], RecordingState.DELETED)


def test_who_took_the_application_back_is_on_no_film(committed: Any) -> None:
    interview = talk()
    one = kept(interview)
    type(interview.application).objects.update(consent_withdrawn_at=timezone.now())
    with pytest.raises(Refused, match="撤回授权"):
        recording.watch(recording=one, by=interview.recruiter, purpose="assess")
    with committed(execute=True):
        assert recording.sweep() == 2, "it is deleted, and its files are"
    assert files() == []


# Watching ------------------------------------------------------------------------------------------------------------


def watch(client: Client, one: Recording, **reason: str) -> Any:
    return client.post(reverse("interviewing:recording", args=[one.pk]), {"purpose": "assess", **reason})


def test_who_says_why_sees_the_film_and_the_worker_can_see_who_did() -> None:
    interview = talk()
    one = kept(interview, b"0123456789", b"abcdef")
    client = recruiter_of(interview)
    page = client.get(reverse("interviewing:recording", args=[one.pk]))
    assert "<video" not in page.content.decode()
    page = watch(client, one, reason="给主管看")
    film = page.context["film"]
    assert film and interview.recruiter.name in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    row = PersonalDataAccess.objects.get(subject_id=interview.application.worker_id)
    assert (row.fields, row.purpose, row.reason, row.by) == (["recording"], "assess", "给主管看", interview.recruiter)
    whole = client.get(film)
    assert whole.status_code == 200
    assert b"".join(whole.streaming_content) == b"0123456789abcdef"
    assert "no-store" in whole.headers["Cache-Control"]
    assert whole.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert whole.headers["Content-Type"] == "video/webm"
    some = client.get(film, headers={"Range": "bytes=8-11"})
    assert (some.status_code, b"".join(some.streaming_content)) == (206, b"89ab")
    assert some.headers["Content-Range"] == "bytes 8-11/16"
    assert client.get(film, headers={"Range": "bytes=99-"}).status_code == 416


def test_a_ticket_is_for_one_person_one_film_and_two_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    interview = talk()
    one = kept(interview)
    other = kept(talk(application__posting=interview.application.posting, starts_at=interview.ends_at))
    mine = recruiter_of(interview)
    film = watch(mine, one).context["film"]
    colleague = signed_in(MemberFactory(employer=interview.application.posting.employer).user)
    assert mine.get(film).status_code == 200
    assert colleague.get(film).status_code == 404
    assert mine.get(film.replace(f"/{one.pk}/", f"/{other.pk}/")).status_code == 404
    monkeypatch.setattr("labor.interviews.views.recordings.TICKET_SECONDS", -1)
    assert mine.get(film).status_code == 404


def test_strangers_and_workers_do_not_get_near_a_film() -> None:
    interview = talk()
    one = kept(interview)
    address = reverse("interviewing:recording", args=[one.pk])
    for user, status in (
        (MemberFactory().user, 404),
        (interview.application.worker.user, 403),
        (user_in("broker"), 403),
        (user_in("officer"), 200),
    ):
        assert signed_in(user).get(address).status_code == status
    with pytest.raises(Refused, match="不归您单位"):
        recording.watch(recording=one, by=MemberFactory().user, purpose="assess")
    assert not PersonalDataAccess.objects.exists()


def test_an_officer_says_why_in_words_when_it_is_a_complaint() -> None:
    one = kept(talk())
    client = signed_in(user_in("officer"))
    assert watch(client, one, purpose="complaint").status_code == 422
    assert watch(client, one, purpose="complaint", reason="投诉面试官").context["film"]


def test_a_running_film_and_a_deleted_one_are_not_shown(committed: Any) -> None:
    interview = talk()
    one = running(interview)
    assert "还没有录完" in watch(recruiter_of(interview), one).content.decode()
    recording.add_part(recording=one, by=interview.recruiter, number=1, content=b"x")
    recording.stop(recording=one, seat=seat(interview, WORKER))
    client = recruiter_of(interview)
    film = watch(client, one).context["film"]
    with committed(execute=True):
        client.post(reverse("interviewing:recording_discard", args=[one.pk]))
    assert client.get(film).status_code == 404
    assert "已经删除" in watch(client, one).content.decode()


# Through the room's doors --------------------------------------------------------------------------------------------


def test_the_whole_way_through_the_doors_of_the_room() -> None:
    interview = talk()
    recruiter, worker = recruiter_of(interview), by_link(seat(interview, WORKER))
    admitted(interview)

    def post(client: Client, name: str, **fields: Any) -> Any:
        return client.post(reverse(f"rooms:record_{name}", args=[interview.pk]), fields)

    pk = post(recruiter, "ask").json()["recording"]["id"]
    assert post(worker, "ask").status_code == 409
    assert post(recruiter, "answer", recording=pk, given="true").json()["recording"]["missing"]
    assert post(worker, "answer", recording=pk, given="true").json()["recording"]["mine"] is True
    assert post(recruiter, "start", recording=pk, type=WEBM).json()["recording"]["state"] == "running"
    part = reverse("rooms:record_part", args=[interview.pk])
    sent = recruiter.post(f"{part}?recording={pk}&number=1", b"\x1aE\xdf\xa3", content_type="video/webm")
    assert sent.json() == {"wanted": 2}
    gap = recruiter.post(f"{part}?recording={pk}&number=5", b"x", content_type="video/webm")
    assert gap.json() == {"wanted": 2}
    assert worker.post(f"{part}?recording={pk}&number=2", b"x", content_type="video/webm").status_code == 409
    assert post(worker, "stop", recording=pk).json()["recording"] is None
    assert post(worker, "stop", recording=999_999).status_code == 422
    assert Client().post(reverse("rooms:record_stop", args=[interview.pk])).status_code == 404
    assert Recording.objects.get().state == RecordingState.KEPT


def test_without_the_setting_no_page_speaks_of_it(settings: Any) -> None:
    interview = talk()
    address = reverse("rooms:room", args=[interview.pk])
    assert "data-record-ask" in recruiter_of(interview).get(address).content.decode()
    settings.INTERVIEW_RECORDING = False
    page = recruiter_of(interview).get(address).content.decode()
    assert "data-record" not in page
    assert "record_ask" not in page
    assert Seat.objects.valid().count() == 2
