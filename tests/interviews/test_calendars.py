"""Calendar files and feeds, read back by a library that knows the standard."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from jinba.accounts.models import User
from jinba.core.masking import MaskingFormatter
from labor.interviews.actions import answering, changing, feeds
from labor.interviews.calendars import calendar_of
from labor.interviews.choices import Mode, Side, State
from labor.interviews.models import CalendarFeed, Interview, InterviewEvent
from tests.factories.accounts import user_in
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import BoothFactory, InterviewFactory, SlotFactory, days_ahead, in_minutes
from tests.factories.workers import WorkerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.SITE_URL = "https://jinba.example"


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def file_of(interview: Interview, reader: User | None = None) -> Any:
    reader = reader or interview.application.worker.user
    return signed_in(reader).get(reverse("interviews:calendar_file", args=[interview.pk]))


def entry_in(body: bytes) -> Event:
    (entry,) = Calendar.from_ical(body).walk("VEVENT")
    return entry


def entries_at(url: str) -> dict[str, Event]:
    """What a calendar program has after it read the address, by UID."""
    answer = Client().get(url)
    assert answer.status_code == 200
    return {str(entry["uid"]): entry for entry in Calendar.from_ical(answer.content).walk("VEVENT")}


def feed_of(user: User) -> str:
    return reverse("interviews:feed", args=[feeds.renew(by=user)])


def moved(interview: Interview, state: State, side: Side = Side.WORKER, **fields: Any) -> Interview:
    """Another state, with the event that the database asks for."""
    with transaction.atomic():
        InterviewEvent.objects.create(
            interview=interview, from_state=interview.state, to_state=state, side=side, starts_at=interview.starts_at
        )
        for name, value in {"state": state, "changes": interview.changes + 1, **fields}.items():
            setattr(interview, name, value)
        interview.save()
    return interview


def test_a_file_says_when_where_and_how() -> None:
    starts_at = days_ahead(2, 10)
    interview = InterviewFactory(confirmed=True, at=starts_at, application__posting__title="冲压工")
    answer = file_of(interview)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    assert (calendar["method"], calendar["version"]) == ("PUBLISH", "2.0")
    entry = entry_in(answer.content)
    assert entry["uid"] == f"interview-{interview.pk}@jinba.example"
    assert entry["summary"] == f"面试：冲压工（{interview.application.posting.employer.name}）"
    assert entry.decoded("dtstart") == starts_at and entry.decoded("dtend") == starts_at + timedelta(minutes=20)
    assert f"DTSTART:{starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n".encode() in answer.content
    assert entry["status"] == "CONFIRMED" and entry["sequence"] == 0
    assert entry["url"] == f"https://jinba.example/interviews/{interview.pk}/"
    assert "视频" in entry["location"]
    (alarm,) = entry.walk("VALARM")
    assert alarm["action"] == "DISPLAY" and alarm.decoded("trigger") == timedelta(minutes=-15)


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"mode": Mode.ONSITE, "sitting__place": "五金大道 9 号门卫"}, "五金大道 9 号门卫"),
        ({"mode": Mode.ONSITE}, "五金大道 8 号"),
        ({"mode": Mode.PHONE}, "打电话，请留意来电"),
    ],
)
def test_the_place_is_where_one_has_to_be(fields: dict[str, Any], place: str) -> None:
    sitting_place = fields.pop("sitting__place", "")
    interview = InterviewFactory(confirmed=True, **fields)
    interview.sitting.place = sitting_place
    interview.sitting.save(update_fields=["place"])
    assert entry_in(file_of(interview).content)["location"] == place


def test_the_place_of_a_booth_is_the_booth() -> None:
    interview = InterviewFactory(confirmed=True, booth=BoothFactory(name="云窗一号", place="园区二楼，东侧"))
    assert entry_in(file_of(interview).content)["location"] == "云窗一号，园区二楼，东侧"


def test_everybody_reads_of_others_only_what_he_may() -> None:
    broker = user_in("broker")
    worker = WorkerFactory(name="苟大勇", helper=broker)
    interview = InterviewFactory(confirmed=True, application__worker=worker, helper=broker)
    own, employers, brokers = (
        str(entry_in(file_of(interview, reader).content)["summary"])
        for reader in (worker.user, interview.recruiter, broker)
    )
    assert "苟" not in own
    assert employers.startswith(f"面试：{worker.masked_name}，") and brokers.startswith("陪同面试：")
    for reader in (worker.user, interview.recruiter, broker):
        body = file_of(interview, reader).content.decode().replace("\r\n ", "")
        assert worker.name not in body and worker.phone not in body and interview.recruiter.name not in body


def test_who_does_not_come_along_is_not_said_to() -> None:
    broker = user_in("broker")
    worker = WorkerFactory(helper=broker)
    interview = InterviewFactory(confirmed=True, application__worker=worker)
    assert str(entry_in(file_of(interview, broker).content)["summary"]).startswith(f"面试：{worker.masked_name}，")


def test_lines_are_short_and_end_as_the_standard_says() -> None:
    """Long Chinese words are folded between characters, commas, semicolons and new lines are kept."""
    title = "数控车床操作工,冲压工;两班倒\\包吃住" + "（可带徒弟，夫妻优先安排）" * 8
    interview = InterviewFactory(confirmed=True, application__posting__title=title[:80])
    interview.sitting.note = "带身份证,\n早到十分钟;走东门"
    interview.sitting.save(update_fields=["note"])
    body = file_of(interview).content
    lines = body.split(b"\r\n")
    assert lines[-1] == b"" and b"\n" not in b"".join(lines) and b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 75 and any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()  # no character is torn apart
    entry = entry_in(body)
    assert title[:80] in entry["summary"]
    assert "带身份证,\n早到十分钟;走东门" in entry["description"]


def test_a_new_time_replaces_the_old_entry() -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    before = entry_in(file_of(interview).content)
    moved(interview, State.RESCHEDULING, starts_at=None, ends_at=None, slot=None)
    between = entry_in(file_of(interview).content)
    new = days_ahead(3, 15)
    moved(interview, State.CONFIRMED, starts_at=new, ends_at=new + timedelta(minutes=20))
    after = entry_in(file_of(interview).content)
    assert before["uid"] == between["uid"] == after["uid"]
    assert before["sequence"] < between["sequence"] < after["sequence"]
    assert between["status"] == "CANCELLED" and between.decoded("dtstart") == days_ahead(1, 9)
    assert "（改期中）" in between["summary"] and between.walk("VALARM") == []
    assert after["status"] == "CONFIRMED" and after.decoded("dtstart") == new


def test_a_cancelled_one_takes_the_entry_out() -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    user = interview.application.worker.user
    url = feed_of(user)
    (before,) = entries_at(url).values()
    moved(interview, State.CANCELLED, cancelled_by=Side.WORKER, cancel_reason="no_time")
    (after,) = entries_at(url).values()
    assert before["uid"] == after["uid"] and before["status"] == "CONFIRMED"
    assert after["status"] == "CANCELLED" and after["transp"] == "TRANSPARENT"
    assert after["sequence"] > before["sequence"] and after.walk("VALARM") == []


def test_what_people_do_to_an_interview_arrives_in_file_and_feed() -> None:
    """Picked, moved, given back, picked again and cancelled, by the actions themselves."""
    interview = InterviewFactory(slots=0, application__posting__title="冲压工")
    times = [days_ahead(days, 9) for days in (1, 2, 3)]
    slots = [SlotFactory(sitting=interview.sitting, starts_at=at) for at in times]
    user, seen = interview.application.worker.user, []
    url = feed_of(user)

    def look() -> Event:
        (in_feed,) = entries_at(url).values()
        in_file = entry_in(file_of(interview).content)
        assert in_feed.to_ical() == in_file.to_ical()
        seen.append(in_feed)
        return in_feed

    answering.pick(interview=interview, slot=slots[0], by=user)
    assert (look()["status"], seen[-1].decoded("dtstart")) == ("CONFIRMED", times[0])
    answering.pick(interview=interview, slot=slots[1], by=user)
    assert (look()["status"], seen[-1].decoded("dtstart")) == ("CONFIRMED", times[1])
    changing.ask_other_time(interview=interview, by=interview.recruiter)
    assert (look()["status"], seen[-1].decoded("dtstart")) == ("CANCELLED", times[1])
    answering.pick(interview=interview, slot=slots[2], by=user)
    assert (look()["status"], seen[-1].decoded("dtstart")) == ("CONFIRMED", times[2])
    changing.cancel(interview=interview, by=interview.recruiter, reason="full")
    assert (look()["status"], seen[-1].decoded("dtstart")) == ("CANCELLED", times[2])
    assert seen[-1]["summary"] == f"面试（已取消）：冲压工（{interview.application.posting.employer.name}）"
    numbers = [entry["sequence"] for entry in seen]
    assert numbers == sorted(set(numbers)) and len({str(entry["uid"]) for entry in seen}) == 1
    assert all(entry["dtstart"].dt.utcoffset() == timedelta() == entry["dtend"].dt.utcoffset() for entry in seen)


def test_cancelled_while_it_had_no_time_it_is_still_taken_out() -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1, 9))
    user = interview.application.worker.user
    changing.ask_other_time(interview=interview, by=user)
    changing.cancel(interview=interview, by=user, reason="ill")
    (entry,) = entries_at(feed_of(user)).values()
    assert (entry["status"], entry.decoded("dtstart")) == ("CANCELLED", days_ahead(1, 9))


def test_what_has_no_time_yet_has_no_file() -> None:
    assert file_of(InterviewFactory()).status_code == 404


def test_a_file_is_not_for_strangers() -> None:
    interview = InterviewFactory(confirmed=True)
    for stranger in (WorkerFactory().user, user_in("broker"), MemberFactory().user):
        assert file_of(interview, stranger).status_code == 404
    assert file_of(interview, user_in("officer")).status_code == 403
    assert signed_in(interview.recruiter).post(file_of(interview).request["PATH_INFO"]).status_code == 405


def test_a_feed_needs_no_sign_in_and_holds_what_is_near() -> None:
    worker = WorkerFactory()
    wanted = [
        InterviewFactory(confirmed=True, application__worker=worker, at=at)
        for at in (days_ahead(1), days_ahead(179))
    ]  # fmt: skip
    wanted.append(InterviewFactory(done=True, application__worker=worker, at=days_ahead(-59)))
    for at in (days_ahead(-61), days_ahead(182)):
        InterviewFactory(done=True, application__worker=worker, at=at)
    InterviewFactory(application__worker=worker)
    InterviewFactory(confirmed=True)
    found = entries_at(feed_of(worker.user))
    assert set(found) == {f"interview-{one.pk}@jinba.example" for one in wanted}


def test_an_interviewer_reads_his_own_and_not_his_colleagues() -> None:
    posting = JobPostingFactory()
    colleague = MemberFactory(employer=posting.employer, recruiter=True).user
    his = InterviewFactory(confirmed=True, application__posting=posting)
    assert his.recruiter == owner_of(posting.employer)
    assert len(entries_at(feed_of(his.recruiter))) == 1
    assert entries_at(feed_of(colleague)) == {}


def test_a_helper_reads_his_peoples_until_they_take_it_back() -> None:
    broker = user_in("broker")
    worker = WorkerFactory(helper=broker)
    InterviewFactory(confirmed=True, application__worker=worker)
    url = feed_of(broker)
    assert len(entries_at(url)) == 1
    worker.delegations.update(ended_at=timezone.now())
    assert entries_at(url) == {}


def test_the_park_does_not_carry_every_booth_in_its_calendar() -> None:
    park = user_in("park")
    InterviewFactory(confirmed=True, booth=BoothFactory())
    own = InterviewFactory(confirmed=True, application__worker=WorkerFactory(helper=park))
    assert Interview.objects.seen_by(park).count() == 2
    assert set(entries_at(feed_of(park))) == {f"interview-{own.pk}@jinba.example"}


def test_a_wrong_key_opens_nothing() -> None:
    user = WorkerFactory().user
    good = feed_of(user)
    assert Client().get(good).status_code == 200
    assert Client().get(good.replace(".ics", "x.ics")).status_code == 404
    assert Client().post(good).status_code == 405
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert Client().get(good).status_code == 404


def test_a_new_address_ends_the_old_one_at_once() -> None:
    user = WorkerFactory().user
    client = signed_in(user)
    page = reverse("interviews:calendar")
    first = client.post(page).context["url"]
    assert first.startswith("https://jinba.example/interviews/calendar/")
    second = client.post(page).context["url"]
    path = len("https://jinba.example")
    assert Client().get(first[path:]).status_code == 404
    assert Client().get(second[path:]).status_code == 200
    assert second not in client.get(page).content.decode()  # shown once
    assert client.post(reverse("interviews:calendar_end")).status_code == 302
    assert Client().get(second[path:]).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_the_database_does_not_know_the_address() -> None:
    secret = feeds.renew(by=WorkerFactory().user)
    row = CalendarFeed.objects.values().get()
    assert secret not in str(row) and len(secret) >= 43


def test_no_log_line_bears_the_address() -> None:
    path = feed_of(WorkerFactory().user)
    record = logging.LogRecord("django", logging.WARNING, "", 0, "Not Found: %s", (path,), None)
    line = MaskingFormatter().format(record)
    assert path[len("/interviews/calendar/") :][:20] not in line and "/interviews/calendar/" in line


def test_an_unchanged_feed_is_not_sent_again() -> None:
    interview = InterviewFactory(confirmed=True, at=days_ahead(1))
    url = feed_of(interview.application.worker.user)
    first = Client().get(url)
    etag, changed = first.headers["ETag"], first.headers["Last-Modified"]
    assert Client().get(url, headers={"If-None-Match": etag}).status_code == 304
    assert Client().get(url, headers={"If-Modified-Since": changed}).status_code == 304
    moved(interview, State.RESCHEDULING, starts_at=None, ends_at=None, slot=None)
    # A second later: times of HTTP have no parts of seconds.
    Interview.objects.update(updated_at=timezone.now() + timedelta(seconds=2))
    assert Client().get(url, headers={"If-None-Match": etag}).status_code == 200
    assert Client().get(url, headers={"If-Modified-Since": changed}).status_code == 200


def test_a_feed_costs_as_many_queries_for_one_as_for_many(django_assert_num_queries: Any) -> None:
    worker = WorkerFactory()
    for days in range(1, 7):
        row = InterviewFactory(confirmed=True, application__worker=worker, at=days_ahead(days))
        if days % 2:
            moved(row, State.RESCHEDULING, starts_at=None, ends_at=None, slot=None)
    url = feed_of(worker.user)
    with django_assert_num_queries(3):
        assert len(entries_at(url)) == 6


def test_the_same_interviews_give_the_same_bytes() -> None:
    interview = InterviewFactory(confirmed=True, at=in_minutes(60))
    reader = interview.application.worker.user
    assert calendar_of([interview], reader=reader) == calendar_of([interview], reader=reader)
    assert datetime.now(UTC) - entry_in(calendar_of([interview], reader=reader)).decoded("dtstamp") < timedelta(hours=1)


def test_officers_have_no_calendar() -> None:
    assert signed_in(user_in("officer")).get(reverse("interviews:calendar")).status_code == 403
    assert signed_in(None).get(reverse("interviews:calendar")).status_code == 302


@pytest.mark.parametrize("role", ["seeker", "employer", "broker", "park"])
def test_the_page_tells_how_to_subscribe(role: str) -> None:
    user = WorkerFactory().user if role == "seeker" else MemberFactory().user if role == "employer" else user_in(role)
    client, page = signed_in(user), reverse("interviews:calendar")
    assert "做一个地址" in client.get(page).content.decode()
    answer = client.post(page)
    text = answer.content.decode()
    assert "苹果手机" in text and "安卓手机" in text and 'href="webcal://jinba.example/' in text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "换一个新地址" in client.get(page).content.decode()
