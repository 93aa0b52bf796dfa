"""The officers' desk for interviews: booths are arranged, the rest is looked at, numbers stay masked."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jinba.accounts.models import User
from labor.interviews.actions.seating import seat_all
from labor.interviews.choices import SeatKind, State, TextWhy
from labor.interviews.models import Booth, BoothDay, OpeningHours, Recording, RecordingConsent, Seat, SeatText
from labor.interviews.queues import strays, texts
from tests.admin.conftest import client_for
from tests.factories.accounts import UserFactory, user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, days_ahead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]


@pytest.fixture
def officer() -> User:
    return UserFactory(officer=True, groups=["面试管理"])


@pytest.fixture
def client(officer: User) -> Client:
    return client_for(officer)


def change(model: str, pk: int) -> str:
    return reverse(f"admin:interviews_{model}_change", args=[pk])


def told(booth: Booth | None = None, hours: tuple[Any, ...] = (), days: tuple[Any, ...] = ()) -> dict[str, Any]:
    """What the booth's form posts with these new rows."""
    fields: dict[str, Any] = {"name": booth.name if booth else "云窗一号", "place": "二楼", "is_active": "on"}
    for prefix, rows in (("hours", hours), ("days", days)):
        known = [row for row in rows if "id" in row]
        fields |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": len(known)}
        for number, row in enumerate([*known, *(row for row in rows if "id" not in row)]):
            fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
            fields[f"{prefix}-{number}-booth"] = booth.pk if booth else ""
    return fields


def text_of(response: Any) -> str:
    return response.content.decode()


# Booths


def test_a_booth_is_made_with_its_hours(client: Client) -> None:
    host = user_in("park", name="何值班")
    hours = ({"weekday": 0, "opens": "09:00", "closes": "17:00", "host": host.pk},)
    answer = client.post(reverse("admin:interviews_booth_add"), told(hours=hours))
    assert answer.status_code == 302
    row = OpeningHours.objects.get()
    assert (row.booth.name, row.opens, row.closes, row.host) == ("云窗一号", time(9), time(17), host)
    backwards = ({"weekday": 1, "opens": "17:00", "closes": "09:00", "host": host.pk},)
    refused = client.post(reverse("admin:interviews_booth_add"), told(hours=backwards))
    assert refused.status_code == 200 and Booth.objects.count() == 1


def test_hours_are_of_park_staff(client: Client) -> None:
    hours = ({"weekday": 0, "opens": "09:00", "closes": "17:00", "host": user_in("broker").pk},)
    assert client.post(reverse("admin:interviews_booth_add"), told(hours=hours)).status_code == 200
    assert not Booth.objects.exists()


def test_a_day_closed_by_an_officer_moves_who_was_booked(client: Client, officer: User) -> None:
    booth, other = BoothFactory(), BoothFactory()
    interview = InterviewFactory(confirmed=True, booth=booth, starts_at=days_ahead(3))
    on = timezone.localdate(interview.starts_at).isoformat()
    url = change("booth", booth.pk)
    hours = tuple(
        {"id": row.pk, "weekday": row.weekday, "opens": "00:00", "closes": "23:59", "host": row.host_id}
        for row in booth.hours.all()
    )
    nothing_said = client.post(url, told(booth, hours, ({"on": on, "host": "", "reason": ""},)))
    assert nothing_said.status_code == 200 and "请写一句原因" in text_of(nothing_said)
    assert client.post(url, told(booth, hours, ({"on": on, "host": "", "reason": "停电"},))).status_code == 302
    day = BoothDay.objects.get()
    assert (day.host, day.reason, day.by) == (None, "停电", officer)
    interview.refresh_from_db()
    assert (interview.booth, interview.state) == (other, State.CONFIRMED)
    host = user_in("park")
    stands_in = {"id": day.pk, "on": on, "host": host.pk, "reason": ""}
    assert client.post(url, told(booth, hours, (stands_in,))).status_code == 302
    assert BoothDay.objects.get().host == host
    assert client.post(url, told(booth, hours, (stands_in | {"DELETE": "on"},))).status_code == 302
    assert not BoothDay.objects.exists()


def test_hours_that_leave_somebody_out_are_told(client: Client) -> None:
    booth = BoothFactory()
    InterviewFactory(confirmed=True, booth=booth, starts_at=days_ahead(3))
    assert strays().count == 0
    gone = tuple(
        {"id": row.pk, "weekday": row.weekday, "opens": "00:00", "closes": "23:59", "host": row.host_id, "DELETE": "on"}
        for row in booth.hours.all()
    )
    answer = client.post(change("booth", booth.pk), told(booth, gone), follow=True)
    assert "有 1 场面试约在这里没人值班的时间" in text_of(answer)
    assert strays().count == 1 and "没人值班的面试" in text_of(client.get(reverse("admin:index")))


def test_booths_are_not_deleted_and_not_changed_by_who_only_looks(client: Client) -> None:
    booth = BoothFactory()
    assert client.get(reverse("admin:interviews_booth_delete", args=[booth.pk])).status_code == 403
    looker = client_for(UserFactory(officer=True, groups=["只读统计"]))
    assert looker.get(change("booth", booth.pk)).status_code == 200
    assert looker.post(change("booth", booth.pk), told(booth)).status_code == 403
    assert client_for(UserFactory(officer=True, groups=["岗位审核"])).get(change("booth", booth.pk)).status_code == 403


# Looking


def test_an_interview_is_seen_with_masked_people(client: Client) -> None:
    interview = InterviewFactory(
        confirmed=True, application__worker__name="欧阳明华", wish="请打 13912345678", booth=BoothFactory()
    )
    seat_all(interview=interview)
    Seat.objects.create(
        interview=interview, number=4, kind=SeatKind.INTERPRETER, name="诸葛小花", phone="13987654321",
        key="a-secret-key", link_ends_at=timezone.now(),
    )  # fmt: skip
    seen = text_of(client.get(change("interview", interview.pk)))
    assert "欧阳**" in seen and "诸葛**" in seen and "139****4321" in seen and "139****5678" in seen
    key = Seat.objects.filter(interview=interview).first().key  # type: ignore[union-attr]
    for secret in ("欧阳明华", "诸葛小花", "13987654321", "13912345678", "a-secret-key", key):
        assert secret not in seen
    of_application = text_of(
        client.get(reverse("admin:applications_application_change", args=[interview.application_id]))
    )
    assert change("interview", interview.pk) in of_application
    assert client.post(change("interview", interview.pk), {"state": "done"}).status_code == 403


def test_interviews_are_found_by_number_and_state(client: Client) -> None:
    live, done = InterviewFactory(live=True), InterviewFactory(done=True)
    url = reverse("admin:interviews_interview_changelist")
    for query, found in (({"q": live.pk}, [live]), ({"q": done.application_id}, [done]), ({"state": "done"}, [done])):
        assert list(client.get(url, query).context["cl"].result_list) == found
    assert client.get(url, {"q": "13912345678"}).status_code == 200


def test_a_recordings_consents_name_nobody_in_full(client: Client) -> None:
    interview = InterviewFactory(live=True, application__worker__name="欧阳明华")
    seat_all(interview=interview)
    row = Recording.objects.create(interview=interview, asked_by=interview.recruiter)
    seat = Seat.objects.valid().get(interview=interview, kind=SeatKind.WORKER)
    RecordingConsent.objects.create(recording=row, seat=seat, is_given=True, text="同意录像")
    seen = text_of(client.get(change("recording", row.pk)))
    assert "求职者 欧阳**" in seen and "欧阳明华" not in seen
    assert (
        client_for(UserFactory(officer=True, groups=["只读统计"])).get(change("recording", row.pk)).status_code == 403
    )


def test_texts_that_do_not_go_out_wait_in_a_queue(client: Client) -> None:
    interview = InterviewFactory(confirmed=True)
    seat = seat_all(interview=interview)[0]
    then = timezone.now() - timedelta(hours=1)
    for number, tries in enumerate((0, 3)):
        SeatText.objects.create(
            seat=seat, why=TextWhy.INVITED, dedupe_key=str(number), words="请来", tries=tries, next_try_at=then
        )
    assert texts().count == 1
    assert client.get(reverse("admin:interviews_seattext_changelist"), {"sending": "yes"}).status_code == 200
