"""Texts with a seat's link: to whom, when, and once each whatever befalls who sends them; and notices that bear one."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from jinba.core.sms import AllResting, Receipt, SmsFailed, SmsUnheard, WrongNumber, locmem
from jinba.notices import actions as notices
from jinba.notices import letters as texts
from jinba.notices import quiet
from jinba.notices.actions.sending import MOST_TRIES, send_one
from jinba.notices.letters import ONE_PART, parts_of
from labor.interviews.actions import seating, texting
from labor.interviews.choices import SeatKind, TextWhy
from labor.interviews.links import link_path, token_of
from labor.interviews.models import Interview, Seat, SeatText
from labor.interviews.tasks import text as task
from tests.factories.accounts import UserFactory
from tests.factories.rooms import room, room_without_account, seat

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.SITE_URL = "https://jobs.example.cn"


@pytest.fixture
def his() -> Seat:
    return seat(room_without_account(), SeatKind.WORKER)


def waiting(his: Seat, why: str = TextWhy.REMINDED, words: str = "面试 15 分钟后开始，点开就能进") -> SeatText:
    row = seating.text(seat=his, why=why, words=words)
    assert row is not None
    return row


def due_again() -> None:
    SeatText.objects.filter(next_try_at__isnull=False).update(next_try_at=timezone.now() - timedelta(seconds=1))


class Vendor:
    """Answers each text with the next of `answers`; `knows` is what it says of one that nobody heard of."""

    def __init__(self, *answers: Exception | None, knows: bool | None = None) -> None:
        self.answers, self.knows, self.out_ids = list(answers), knows, list[str]()

    def send_sms(self, phone: str, text: str, *, out_id: str, **about: Any) -> Receipt:
        self.out_ids.append(out_id)
        answer = self.answers.pop(0) if self.answers else None
        if answer is not None:
            raise answer
        return Receipt("vendor")

    def was_sent(self, phone: str, **about: Any) -> bool | None:
        return self.knows


def through(monkeypatch: pytest.MonkeyPatch, *answers: Exception | None, knows: bool | None = None) -> Vendor:
    vendor = Vendor(*answers, knows=knows)
    monkeypatch.setattr(texting.sms, "send_sms", vendor.send_sms)
    monkeypatch.setattr(texting.sms, "was_sent", vendor.was_sent)
    return vendor


def test_the_link_itself_is_in_the_text_which_goes_out_once(his: Seat) -> None:
    row = waiting(his)
    task()
    task()
    (text,) = locmem.outbox
    phone = his.interview.application.worker.phone
    assert (text["phone"], text["kind"]) == (phone, "room")
    assert text["text"].endswith(f" https://jobs.example.cn{link_path(his)}")
    assert "15 分钟后" in text["text"] and parts_of(text["text"]) <= 2
    assert (text["number"], text["link"]) == (token_of(his), f"https://jobs.example.cn{link_path(his)}")
    row.refresh_from_db()
    assert row.sent_at and row.next_try_at is None and row.asked_at is None and row.tries == 1


def test_long_words_are_cut_and_the_link_never_is(his: Seat) -> None:
    words, values = texting.text_of(row=waiting(his, words="长" * 80))
    assert parts_of(words) == 2 and words.endswith(link_path(his)) and len(values["title"]) <= 20


def test_a_cancelled_interview_has_no_link(his: Seat) -> None:
    row = waiting(his, TextWhy.CANCELLED, "明天的面试取消了")
    seating.unseat_all(interview=his.interview)
    task()
    assert "/rooms/" not in locmem.outbox[0]["text"]
    row.refresh_from_db()
    assert row.sent_at


def test_what_leads_nowhere_any_more_is_not_sent(his: Seat) -> None:
    row = waiting(his)
    seating.unseat_all(interview=his.interview)
    task()
    row.refresh_from_db()
    assert not locmem.outbox and row.next_try_at is None and "收回" in row.error


def test_who_has_an_account_by_now_reads_it_there(his: Seat) -> None:
    waiting(his)
    worker = his.interview.application.worker
    worker.user = UserFactory()
    worker.save(update_fields=["user"])
    task()
    assert not locmem.outbox and SeatText.objects.get().next_try_at is None


# When ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("why", "starts_in_hours", "is_held"),
    [
        (TextWhy.INVITED, 48, True),
        (TextWhy.REMINDED, 24, True),
        (TextWhy.CANCELLED, 3, True),
        (TextWhy.REMINDED, 2, False),
        (TextWhy.CHANGED, 3, False),
        (TextWhy.CALLED, 48, False),
    ],
)
def test_at_night_only_what_cannot_wait_goes_out(
    his: Seat, settings: Any, monkeypatch: pytest.MonkeyPatch, why: str, starts_in_hours: int, is_held: bool
) -> None:
    settings.QUIET_HOURS = "21-8"
    night = datetime(2026, 11, 24, 6, tzinfo=BEIJING)
    ends_at = quiet.ends_at
    monkeypatch.setattr(quiet, "ends_at", lambda now: ends_at(night))
    Interview.objects.update(
        starts_at=night + timedelta(hours=starts_in_hours), ends_at=night + timedelta(hours=starts_in_hours + 1)
    )
    row = waiting(his, why)
    assert texting.send() == (0 if is_held else 1)
    row.refresh_from_db()
    morning = datetime(2026, 11, 24, 8, tzinfo=BEIJING)
    assert bool(row.sent_at) is not is_held
    assert row.next_try_at is None or morning <= row.next_try_at < morning + timedelta(minutes=10)


# What is tried again -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [SmsFailed("no"), AllResting("all"), ZeroDivisionError()])
def test_what_failed_is_tried_again_under_the_same_number(
    his: Seat, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    row = waiting(his)
    vendor = through(monkeypatch, trouble)
    task()
    task()  # not yet
    assert len(vendor.out_ids) == 1
    due_again()
    task()
    row.refresh_from_db()
    assert row.sent_at and len(vendor.out_ids) == 2 and len(set(vendor.out_ids)) == 1


def test_a_wrong_number_is_tried_once_and_trouble_ten_times(his: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = waiting(his)
    vendor = through(monkeypatch, WrongNumber("no"))
    task()
    wrong.refresh_from_db()
    assert wrong.next_try_at is None and wrong.sent_at is None and wrong.error == "号码不对"
    other = waiting(his, TextWhy.CALLED)
    vendor.answers += [SmsFailed("no")] * (MOST_TRIES + 5)
    for _ in range(MOST_TRIES + 3):
        due_again()
        task()
    other.refresh_from_db()
    assert len(vendor.out_ids) == 1 + MOST_TRIES and other.next_try_at is None and other.sent_at is None


@pytest.mark.parametrize(("knows", "sent", "is_sent"), [(True, 1, True), (False, 2, True), (None, 2, False)])
def test_what_nobody_heard_of_is_asked_about_first(
    his: Seat, monkeypatch: pytest.MonkeyPatch, knows: bool | None, sent: int, is_sent: bool
) -> None:
    """A vendor who cannot tell is asked to send once more at most."""
    row = waiting(his)
    vendor = through(monkeypatch, SmsUnheard("?"), None if knows is False else SmsUnheard("?"), knows=knows)
    for _ in range(4):
        due_again()
        task()
    row.refresh_from_db()
    assert (len(vendor.out_ids), bool(row.sent_at), row.next_try_at) == (sent, is_sent, None)


def test_who_is_killed_while_he_sends_leaves_it_to_the_next(his: Seat, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text went out and nobody wrote it down: the vendor says so, and it is not sent again."""
    row = waiting(his)
    assert texting._claim() == row
    assert texting._claim() is None  # while it is in hand
    vendor = through(monkeypatch, knows=True)
    due_again()
    task()
    row.refresh_from_db()
    assert row.sent_at and not vendor.out_ids


def test_a_turn_has_an_end(his: Seat) -> None:
    for why in (TextWhy.REMINDED, TextWhy.CALLED, TextWhy.INVITED):
        waiting(his, why)
    ticks = iter([0.0, 0.0, 99.0])
    assert texting.send(seconds=10, clock=lambda: next(ticks)) == 1


# Notices of those who have an account --------------------------------------------------------------------------------


def told(his: Seat, key: str, kind: str = "interview.reminder", url: str = "") -> Any:
    worker = his.interview.application.worker
    notice = notices.tell(
        recipient=worker.user, kind=kind, dedupe_key=key, title="面试快开始了", url=url or link_path(his)
    )
    assert notice is not None
    return notice


def test_the_text_of_a_notice_bears_the_link_of_the_seat() -> None:
    his = seat(room(), SeatKind.WORKER)
    text = texts.text_of([told(his, "one")], "interviews")
    assert text.words == f"【金巴就业】面试快开始了 https://jobs.example.cn{link_path(his)}"
    assert text.values["number"] == token_of(his) and text.parts <= 2 and text.kind == "room"


@pytest.mark.parametrize(
    ("kind", "url"),
    [("interview.offered", ""), ("interview.reminder", "/interviews/1/"), ("interview.reminder", "//x")],
)
def test_no_other_notice_bears_its_address(kind: str, url: str) -> None:
    text = texts.text_of([told(seat(room(), SeatKind.WORKER), "one", kind, url)], "interviews")
    assert "/n/" in text.words and "/rooms/" not in text.words and len(text.words) <= ONE_PART


def test_each_link_goes_out_by_itself_and_other_notices_together() -> None:
    his = seat(room(), SeatKind.WORKER)
    told(his, "one", "interview.offered")
    told(his, "two")
    told(his, "three", "interview.cancelled", "/interviews/1/")
    told(his, "four", "interview.called")
    while send_one():
        pass
    said = sorted(text["text"] for text in locmem.outbox)
    assert len(said) == 3
    assert sum(link_path(his) in text for text in said) == 2
    assert sum("2 条" in text for text in said) == 1
