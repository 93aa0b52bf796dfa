"""Seats: who has one, when it is another, how many there are when everybody asks at once."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from jinba.core.errors import Refused
from labor.interviews.actions import forgetting, seating
from labor.interviews.choices import Mode, SeatKind, TextWhy
from labor.interviews.models import ChatLine, Interview, Seat, SeatText
from tests.factories.accounts import phone_number, user_in
from tests.factories.interviews import BoothFactory, InterviewFactory, host_of
from tests.factories.rooms import room, room_without_account, seat

HELPER, HOST, INTERPRETER = SeatKind.HELPER, SeatKind.HOST, SeatKind.INTERPRETER
RECRUITER, WORKER = SeatKind.RECRUITER, SeatKind.WORKER


def kinds(interview: Interview) -> list[str]:
    return list(Seat.objects.valid().filter(interview=interview).order_by("number").values_list("kind", flat=True))


def invite(interview: Interview, **fields: Any) -> Seat:
    given = {"kind": INTERPRETER, "name": "何译", "phone": "13900000001", "by": interview.recruiter} | fields
    return seating.invite(interview=interview, **given)


@pytest.mark.django_db
class TestSeats:
    def test_everybody_who_takes_part_has_one_and_the_recruiter_makes_the_first_offer(self) -> None:
        booth = BoothFactory()
        broker = user_in("broker")
        interview = InterviewFactory(confirmed=True, booth=booth, helper=broker)
        seats = seating.seat_all(interview=interview)
        assert [(one.number, one.kind) for one in seats] == [(1, RECRUITER), (2, WORKER), (3, HELPER), (4, HOST)]
        assert [one.user for one in seats] == [
            interview.recruiter, interview.application.worker.user, broker, host_of(booth),
        ]  # fmt: skip
        assert len({one.key for one in seats}) == 4
        assert {one.link_ends_at for one in seats} == {interview.closes_at()}
        assert "*" in seats[1].name  # the employer reads it

    def test_asked_again_for_the_same_time_nothing_changes(self) -> None:
        interview = room()
        before = list(Seat.objects.values_list("pk", "key"))
        seating.seat_all(interview=interview)
        assert list(Seat.objects.values_list("pk", "key")) == before

    def test_another_time_makes_other_seats_and_takes_the_invited_along(self) -> None:
        interview = room()
        guest, old = invite(interview), seat(interview, WORKER)
        seating.unseat_all(interview=interview)
        assert kinds(interview) == []
        interview.ends_at += timedelta(minutes=30)
        seating.seat_all(interview=interview)
        assert kinds(interview) == [RECRUITER, WORKER, INTERPRETER]
        assert seat(interview, WORKER).pk != old.pk
        assert seat(interview, INTERPRETER).phone == guest.phone

    def test_whoever_was_sent_away_for_good_does_not_come_along(self) -> None:
        interview = room()
        seating.revoke(seat=invite(interview), by=interview.recruiter)
        seating.unseat_all(interview=interview)
        seating.seat_all(interview=interview)
        assert kinds(interview) == [RECRUITER, WORKER]

    def test_who_does_not_accompany_him_any_more_loses_his_seat(self) -> None:
        interview = room(helper=user_in("broker"))
        assert kinds(interview) == [RECRUITER, WORKER, HELPER]
        interview.helper = None
        seating.seat_all(interview=interview)
        assert kinds(interview) == [RECRUITER, WORKER]

    def test_by_telephone_nobody_sits(self) -> None:
        interview = room()
        interview.mode = Mode.PHONE
        assert seating.seat_all(interview=interview) == []
        assert kinds(interview) == []


@pytest.mark.django_db
class TestInviting:
    def test_the_invited_gets_a_seat_and_a_text(self, letters: Any) -> None:
        interview = room()
        guest = invite(interview, name=" 何  译 ", phone="139-0000-0001")
        assert (guest.number, guest.name, guest.phone, guest.user) == (3, "何 译", "13900000001", None)
        row = SeatText.objects.get()
        assert (row.seat, row.why) == (guest, TextWhy.INVITED)
        with connection.cursor() as cursor:
            cursor.execute("SELECT phone FROM interviews_seat WHERE id = %s", [guest.pk])
            assert b"13900000001" not in bytes(cursor.fetchone()[0])

    def test_the_workers_helper_may_invite(self) -> None:
        interview = room_without_account()
        assert invite(interview, by=interview.application.worker.registered_by, kind=HELPER).kind == HELPER

    def test_the_same_number_twice_is_one_seat(self, letters: Any) -> None:
        interview = room()
        assert invite(interview) == invite(interview, name="另一个名字")
        assert SeatText.objects.count() == 1

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"kind": "worker"}, "kind"),
            ({"kind": "host"}, "kind"),
            ({"name": " "}, "name"),
            ({"name": "长" * 21}, "name"),
            ({"phone": "123"}, "phone"),
        ],
    )
    def test_what_is_wrong_is_said(self, fields: dict[str, Any], field: str) -> None:
        with pytest.raises(Refused) as refused:
            invite(room(), **fields)
        assert refused.value.field == field

    def test_the_workers_own_number_needs_no_seat(self) -> None:
        interview = room()
        with pytest.raises(Refused, match="已经有座位"):
            invite(interview, phone=interview.application.worker.phone)

    def test_nobody_else_invites(self) -> None:
        interview = room()
        for by in (user_in("employer"), user_in("seeker"), user_in("broker"), user_in("officer")):
            with pytest.raises(Refused, match="只有面试官"):
                invite(interview, by=by)

    def test_four_is_all(self) -> None:
        interview = room()
        invite(interview)
        invite(interview, phone="13900000002")
        with pytest.raises(Refused, match="最多四个人"):
            invite(interview, phone="13900000003")

    def test_where_there_is_no_room_nobody_is_invited(self) -> None:
        for traits in ({"confirmed": True, "mode": Mode.PHONE}, {"rescheduling": True}, {"done": True}):
            interview = InterviewFactory(**traits)
            with pytest.raises(Refused, match="没有视频面试室"):
                invite(interview)


@pytest.mark.django_db
class TestRevoking:
    def test_the_seat_is_taken_back_with_the_number(self, nudges: list[str], letters: Any) -> None:
        interview = room()
        guest = invite(interview)
        revoked = seating.revoke(seat=guest, by=interview.recruiter)
        assert revoked.revoked_at is not None and revoked.phone is None
        assert SeatText.objects.get().next_try_at is None
        again = seating.revoke(seat=guest, by=interview.recruiter)
        assert again.revoked_at == revoked.revoked_at
        assert invite(interview).number == guest.number

    def test_who_takes_part_by_himself_is_not_taken_out(self) -> None:
        interview = room(helper=user_in("broker"))
        for kind in (WORKER, RECRUITER, HELPER):
            with pytest.raises(Refused, match="请来的人"):
                seating.revoke(seat=seat(interview, kind), by=interview.recruiter)

    def test_a_stranger_takes_nothing_back(self) -> None:
        interview = room()
        guest = invite(interview)
        with pytest.raises(Refused, match="只有面试官"):
            seating.revoke(seat=guest, by=user_in("employer"))


@pytest.mark.django_db
class TestTexts:
    def test_who_has_an_account_gets_no_text(self) -> None:
        interview = room()
        assert seating.text(seat=seat(interview, WORKER), why=TextWhy.REMINDED, words="快到了") is None

    def test_who_has_none_gets_one_of_each(self, letters: Any) -> None:
        his = seat(room_without_account(), WORKER)
        first = seating.text(seat=his, why=TextWhy.REMINDED, words="两小时后面试", once="a")
        assert first == seating.text(seat=his, why=TextWhy.REMINDED, words="其他的话", once="a")
        assert first != seating.text(seat=his, why=TextWhy.REMINDED, words="15 分钟后面试", once="b")
        seating.text(seat=his, why=TextWhy.CALLED, words="长" * 100)
        assert SeatText.objects.count() == 3
        assert max(len(row.words) for row in SeatText.objects.all()) == 80


@pytest.mark.django_db
def test_words_and_numbers_go_after_a_month() -> None:
    interview = room()
    guest = invite(interview)
    old = timezone.now() - timedelta(days=31)
    for at in (old, timezone.now()):
        ChatLine.objects.create(interview=interview, seat=guest, client_id=uuid.uuid4(), text="您好", at=at)
    assert forgetting.forget() == 1
    assert ChatLine.objects.count() == 1
    assert seat(interview, INTERPRETER).phone
    Seat.objects.update(link_ends_at=old)
    assert forgetting.forget() == 0
    assert seat(interview, INTERPRETER).phone is None
    assert SeatText.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_twenty_who_invite_at_once_fill_two_seats(letters: Any) -> None:
    interview = room()
    by = interview.recruiter
    start, refused = threading.Barrier(20), []

    def ask(number: int) -> None:
        start.wait(10)
        try:
            invite(interview, phone=phone_number(80_000_000 + number), by=by)
        except Refused as refusal:
            refused.append(refusal.message)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert kinds(interview) == [RECRUITER, WORKER, INTERPRETER, INTERPRETER]
    assert len(refused) == 18
