"""The pages on which a session is planned, as those who plan and those who approve use them."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from jinba.accounts.models import User
from jinba.links.models import ShortLink
from labor.live.models import LiveSession
from tests.core.hostile_files import picture
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory, StudioFactory

pytestmark = pytest.mark.django_db
SLIP = "a-slip-of-more-than-twenty-letters"


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def to(name: str, *args: Any) -> str:
    return reverse(f"studio:{name}", args=args)


def typed(**fields: Any) -> dict[str, Any]:
    starts = timezone.localtime(in_minutes(24 * 60)).replace(hour=19, minute=30)
    return {
        "title": "进厂看车间", "day": starts.date().isoformat(), "starts": "19:30", "ends": "20点半",
        "slow_seconds": "3", "emergency_plan": "断线先放公告。", "slip": SLIP, **fields,
    }  # fmt: skip


def test_a_session_goes_from_the_form_to_the_officers_desk() -> None:
    posting, officer = JobPostingFactory(title="缝纫工"), UserFactory(officer=True)
    owner = owner_of(posting.employer)
    desk = page_of(owner)
    assert desk.post(to("new"), typed()).status_code == 302
    desk.post(to("new"), typed())  # a double tap
    session = LiveSession.objects.get()
    assert session.host == posting.employer
    assert "还差 2 项" in desk.get(to("plan", session.pk)).content.decode()
    assert "缝纫工" in desk.get(to("cards", session.pk), {"q": "缝纫"}).content.decode()
    desk.post(to("card_add", session.pk), {"posting": posting.pk, "q": "缝纫"})
    desk.post(to("crew", session.pk), {"user": owner.pk, "part": "anchor", "shown_name": "李姐"})
    assert "可以提交审核了" in desk.get(to("plan", session.pk)).content.decode()
    desk.post(to("submit", session.pk))
    admin = page_of(officer)
    change = reverse("admin:live_livesession_change", args=[session.pk])
    shown = admin.get(change).content.decode()
    assert all(words in shown for words in ("通过并预告", "退回修改", "取消这场直播", "缝纫工"))
    listed = reverse("admin:live_livesession_changelist") + "?queue=all"
    admin.post(listed, {"action": "return_", "_selected_action": session.pk, "sure": "1", "reason": "写清谁负责"})
    session.refresh_from_db()
    assert (session.state, session.state_reason) == ("planned", "写清谁负责")
    assert "审核人员说：“写清谁负责”" in desk.get(to("plan", session.pk)).content.decode()
    desk.post(to("submit", session.pk))
    admin.post(listed, {"action": "approve", "_selected_action": session.pk})
    session.refresh_from_db()
    assert (session.state, session.approved_by) == ("announced", officer)
    admin.post(listed, {"action": "cancel", "_selected_action": session.pk, "sure": "1", "reason": "停电"})
    session.refresh_from_db()
    assert session.state == "cancelled"


def test_a_form_keeps_what_was_typed() -> None:
    studio, park = StudioFactory(), UserFactory(park=True)
    page_of(park).post(to("new"), typed(studio=studio.pk))
    answer = page_of(park).post(to("new"), typed(studio=studio.pk, slip="", title="第二场", intro="讲工价"))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "这个时间有人用了" in said
    assert all(words in said for words in ("第二场", "讲工价", "断线先放公告。", 'value="19:30"'))


def test_all_that_is_wrong_with_a_form_is_told_at_once_and_all_that_was_typed_stays() -> None:
    studio, park = StudioFactory(), UserFactory(park=True)
    desk = page_of(park)
    desk.post(to("new"), typed(studio=studio.pk))
    wrong = typed(
        slip="", studio=studio.pk, title="", ends="很晚", slow_seconds="301", platform="douyin",
        platform_url="https://example.com/1", intro="讲工价",
    )  # fmt: skip
    session = LiveSession.objects.get()
    for address, own in ((to("new"), False), (to("edit", session.pk), True)):
        said = desk.post(address, wrong).content.decode()
        for words in ("请写成 9:30", "请写 0 到 300 秒", "这不是抖音的链接"):
            assert words in said, words
        for kept in ("讲工价", 'value="很晚"', 'value="301"', 'value="https://example.com/1"', 'value="19:30"'):
            assert kept in said, kept
        # The whole time is known only when both ends are.
        assert "这个时间有人用了" not in said and "请写几点到几点" not in said
        said = desk.post(address, wrong | {"ends": "20:30"}).content.decode()
        assert ("这个时间有人用了" in said) is not own and "请写 0 到 300 秒" in said
        past = desk.post(address, wrong | {"day": "2026-01-01"}).content.decode()
        assert "开播时间已经过了" in past and "请写成 9:30" in past
    session.refresh_from_db()
    assert (LiveSession.objects.count(), session.title, session.slow_seconds) == (1, "进厂看车间", 3)


def test_a_link_left_in_its_hidden_field_is_in_nobodys_way() -> None:
    answer = page_of(UserFactory(park=True)).post(to("new"), typed(platform="", platform_url="https://v.douyin.com/a/"))
    assert answer.status_code == 302
    assert LiveSession.objects.get().platform_url == ""


def test_who_changes_what_is_announced_is_told_before_and_after() -> None:
    session = LiveSessionFactory(announced=True)
    desk = page_of(session.made_by)
    assert "要重新提交审核" in desk.get(to("edit", session.pk)).content.decode()
    desk.post(to("edit", session.pk), typed(title="换个标题"))
    session.refresh_from_db()
    assert (session.state, session.title) == ("planned", "换个标题")


def test_what_is_missing_is_said_when_it_is_handed_in_all_the_same() -> None:
    session = LiveSessionFactory()
    answer = page_of(session.made_by).post(to("submit", session.pk))
    assert answer.status_code == 409
    assert "还没有选岗位" in answer.content.decode()


def test_the_rundown_is_ordered_by_buttons_alone() -> None:
    session = LiveSessionFactory(cards=[JobPostingFactory(), JobPostingFactory()])
    first, second = session.cards.order_by("order")
    desk = page_of(session.made_by)
    desk.post(to("card_move", session.pk, second.pk), {"to": "up"})
    assert list(session.cards.order_by("order")) == [second, first]
    desk.post(to("card_note", session.pk, first.pk), {"note": "先讲夫妻房"})
    desk.post(to("card_remove", session.pk, second.pk))
    assert [card.note for card in session.cards.all()] == ["先讲夫妻房"]


def test_a_card_of_another_session_is_not_there() -> None:
    session, other = LiveSessionFactory(), LiveSessionFactory(cards=[JobPostingFactory()])
    answer = page_of(session.made_by).post(to("card_remove", session.pk, other.cards.get().pk))
    assert answer.status_code == 404
    assert other.cards.exists()


def test_a_cover_is_shown_to_everybody_once_it_is_announced() -> None:
    session = LiveSessionFactory()
    desk, address = page_of(session.made_by), reverse("live:cover", args=[session.pk])
    file = SimpleUploadedFile("a.jpg", picture(size=(1600, 900)), content_type="image/jpeg")
    assert desk.post(to("cover", session.pk), {"cover": file}).status_code == 302
    assert Client().get(address).status_code == 404
    shown = desk.get(address)
    assert Image.open(io.BytesIO(shown.content)).size == (1280, 720)
    session.refresh_from_db()
    announced = LiveSessionFactory(announced=True, cover=session.cover)
    shown = Client().get(reverse("live:cover", args=[announced.pk]))
    assert shown["Content-Type"] == "image/jpeg"
    assert "public" in shown["Cache-Control"]


def test_a_poster_bears_a_code_of_its_own_that_leads_to_the_session() -> None:
    session = LiveSessionFactory(announced=True, cards=[JobPostingFactory(title="缝纫工")])
    broker = UserFactory(broker=True)
    answer = page_of(broker).post(to("poster", session.pk), {"channel": "village", "label": "王家村村口"})
    link = ShortLink.objects.get()
    assert (link.path, link.label, link.made_by) == (f"/live/{session.pk}/", "王家村村口", broker)
    sheet = Client().get(answer["Location"])
    assert all(words in sheet.content.decode() for words in ("缝纫工", f"/s/{link.code}", "<svg"))
    assert Client().get(reverse("posters:poster", args=[link.code]))["Location"] == answer["Location"]
    assert Client().get(f"/s/{link.code}")["Location"].startswith(link.path)


def test_nobody_prints_a_poster_of_what_is_not_announced_but_its_planners() -> None:
    session = LiveSessionFactory()
    assert page_of(UserFactory(broker=True)).get(to("poster", session.pk)).status_code == 404
    answer = page_of(session.made_by).post(to("poster", session.pk), {"channel": "poster"})
    assert page_of(session.made_by).get(answer["Location"]).status_code == 200
    assert Client().get(answer["Location"]).status_code == 404


def test_a_rehearsal_is_written_down_by_its_page() -> None:
    session = LiveSessionFactory(rehearsed_at=None, cards=[JobPostingFactory()])
    desk = page_of(session.made_by)
    good = {"way": "browser", "camera": "on", "microphone": "on", "upload_kbps": "2400", "plan_read": "on"}
    desk.post(to("rehearsal", session.pk), good)
    assert "每个岗位的工资、住宿都核对过" in desk.get(to("rehearsal", session.pk)).content.decode()
    desk.post(to("rehearsal", session.pk), {**good, "links_tried": "on"})
    session.refresh_from_db()
    assert session.rehearsed_at is not None
    assert session.rehearsal["upload_kbps"] == 2400


def test_the_way_up_is_measured_by_bytes_that_arrive() -> None:
    session = LiveSessionFactory()
    desk, address = page_of(session.made_by), to("rehearsal_upload", session.pk)
    send = {"content_type": "application/octet-stream"}
    assert desk.post(address, b"x" * 1000, **send).json() == {"bytes": 1000}
    assert desk.post(address, b"x" * (2 * 1024 * 1024), **send).status_code == 422


def test_a_list_of_many_sessions_costs_no_more_queries(django_assert_max_num_queries: Any) -> None:
    member = MemberFactory()
    for _ in range(8):
        LiveSessionFactory(host=member.employer, cards=[JobPostingFactory(employer=member.employer)])
    desk = page_of(member.user)
    with django_assert_max_num_queries(9):
        assert desk.get(to("list")).content.decode().count("session-line") == 8


def test_a_plan_costs_no_more_with_many_cards(django_assert_max_num_queries: Any) -> None:
    session = LiveSessionFactory(anchor=True, cards=[JobPostingFactory() for _ in range(8)])
    desk = page_of(session.made_by)
    with django_assert_max_num_queries(22):
        desk.get(to("plan", session.pk))
    with django_assert_max_num_queries(18):
        desk.get(to("cards", session.pk))
