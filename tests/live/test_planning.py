"""A session is made, changed, handed in, approved, given back, called off: what each allows, refuses and tells."""

from datetime import timedelta
from typing import Any

import pytest

from employers.problems import Incomplete
from jinba.core.errors import Refused
from jinba.notices.models import Delivery, Notice
from labor.live import platforms
from labor.live.actions import planning, reserving, reviewing
from labor.live.models import LiveSession, StudioTime
from tests.factories.accounts import UserFactory, user_in
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory, owner_of
from tests.factories.interviews import in_minutes
from tests.factories.live import LiveSessionFactory, StudioFactory

pytestmark = pytest.mark.django_db


def told(**fields: Any) -> dict[str, Any]:
    starts_at = fields.pop("starts_at", in_minutes(600))
    return {"title": "进厂看车间", "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), **fields}


def complete(**fields: Any) -> LiveSession:
    made: LiveSession = LiveSessionFactory(anchor=True, cards=[JobPostingFactory()], **fields)
    return made


# Made ----------------------------------------------------------------------------------------------------------------


def test_a_member_plans_for_his_employer_and_the_zone_for_itself() -> None:
    member = MemberFactory(recruiter=True)
    assert planning.create(by=member.user, **told()).host == member.employer
    assert planning.create(by=UserFactory(park=True), **told()).host is None


@pytest.mark.parametrize("role", ["employer", "seeker", "broker"])
def test_who_belongs_to_no_host_plans_nothing(role: str) -> None:
    with pytest.raises(Refused, match="不是任何单位的成员"):
        planning.create(by=user_in(role), **told())


def test_a_form_that_is_sent_twice_makes_one_session() -> None:
    by, slip = UserFactory(park=True), "a-slip-of-more-than-twenty-letters"
    first = planning.create(by=by, slip=slip, **told())
    assert planning.create(by=by, slip=slip, **told(title="别的")) == first
    assert LiveSession.objects.count() == 1
    assert first.room.last_seq == 0
    assert [event.to_state for event in first.events.all()] == ["planned"]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 61}, "title"),
        ({"intro": "长" * 501}, "intro"),
        ({"slow_seconds": 301}, "slow_seconds"),
        ({"starts_at": in_minutes(-1)}, "starts_at"),
        ({"starts_at": in_minutes(91 * 24 * 60)}, "starts_at"),
        ({"starts_at": in_minutes(600) + timedelta(seconds=1)}, "starts_at"),
        ({"ends_at": in_minutes(601)}, "ends_at"),
        ({"ends_at": in_minutes(600 + 480)}, "ends_at"),
        ({"platform": "douyin"}, "platform_url"),
    ],
    ids=["no title", "title", "intro", "slow", "past", "far", "seconds", "short", "long", "no link"],
)
def test_what_does_not_hold_is_refused_beside_its_field(fields: dict[str, Any], field: str) -> None:
    by = UserFactory(park=True)
    with pytest.raises(Refused) as refused:
        planning.create(by=by, **told(**fields))
    assert refused.value.field == field
    assert not LiveSession.objects.exists()
    planning.create(by=by, **told())


def test_several_rules_that_do_not_hold_are_told_together() -> None:
    studio, by = StudioFactory(), UserFactory(park=True)
    planning.create(by=by, **told(studio=studio))
    with pytest.raises(Incomplete) as refused:
        planning.create(by=by, **told(studio=studio, title="", slow_seconds=-1, platform="douyin"))
    assert set(refused.value.problems) == {"title", "slow_seconds", "platform_url", "studio"}
    assert LiveSession.objects.count() == 1


def test_numbers_of_people_do_not_go_out() -> None:
    session = planning.create(by=UserFactory(park=True), **told(title="打 13812345678 报名", intro="13812345678"))
    assert "12345678" not in session.title + session.intro


# The studio ----------------------------------------------------------------------------------------------------------


def test_a_studio_is_one_sessions_at_a_time_and_the_sentence_says_which_is_free() -> None:
    by, studio, other = UserFactory(park=True), StudioFactory(), StudioFactory()
    first = planning.create(by=by, **told(studio=studio))
    with pytest.raises(Refused, match=f"{studio.name}这个时间有人用了.*空着的：{other.name}") as refused:
        planning.create(by=by, **told(studio=studio, starts_at=in_minutes(630)))
    assert refused.value.field == "studio"
    assert LiveSession.objects.get() == first
    after = planning.create(by=by, **told(studio=studio, starts_at=first.ends_at))
    assert StudioTime.objects.count() == 2
    planning.cancel(session=first, by=by, reason="停电")
    planning.change(session=after, by=by, starts_at=in_minutes(630), ends_at=in_minutes(690))
    assert StudioTime.objects.get().starts_at == in_minutes(630)


def test_a_studio_that_is_switched_off_cannot_be_had() -> None:
    with pytest.raises(Refused, match="现在不能用"):
        planning.create(by=UserFactory(park=True), **told(studio=StudioFactory(is_active=False)))


# Elsewhere -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "url"),
    [
        ("douyin", "https://v.douyin.com/abc/"),
        ("douyin", "0.53 复制打开抖音 https://v.douyin.com/abc/ 看直播"),
        ("channels", "https://weixin.qq.com/sph/abc"),
        ("kuaishou", "https://live.kuaishou.com/u/abc"),
        ("other", "https://example.com/live"),
    ],
)
def test_a_link_of_the_platform_is_taken(platform: str, url: str) -> None:
    assert platforms.checked(platform, url)[1] in url


@pytest.mark.parametrize(
    ("platform", "url"),
    [
        ("douyin", "https://douyin.com.evil.example/abc"),
        ("douyin", "https://evildouyin.com/"),
        ("douyin", "https://www.kuaishou.com/"),
        ("douyin", "javascript:alert(1)"),
        ("douyin", "https://douyin.com@evil.example/"),
        ("other", "http://127.0.0.1/"),
        ("other", "http://localhost/"),
        ("other", "https://example.com:8080/"),
        ("other", "ftp://example.com/"),
        ("other", "http://[::1"),
        ("other", "example.com"),
        ("", "https://v.douyin.com/abc/"),
        ("weibo", "https://weibo.com/"),
        ("douyin", ""),
    ],
)
def test_any_other_link_is_refused(platform: str, url: str) -> None:
    with pytest.raises(Refused):
        platforms.checked(platform, url)


# Changed -------------------------------------------------------------------------------------------------------------


def test_what_was_approved_and_is_changed_is_approved_again() -> None:
    session = complete(announced=True)
    planning.change(session=session, by=session.made_by, slow_seconds=10, studio=StudioFactory())
    session.refresh_from_db()
    assert session.state == "announced"
    planning.change(session=session, by=session.made_by, intro="多讲一个岗位")
    session.refresh_from_db()
    assert (session.state, session.approved_at, session.approved_by) == ("planned", None, None)


def test_saving_what_is_there_already_changes_nothing() -> None:
    session = complete(announced=True)
    planning.change(session=session, by=session.made_by, title=session.title, starts_at=session.starts_at)
    session.refresh_from_db()
    assert session.state == "announced"


def test_another_platform_wants_another_rehearsal() -> None:
    session = complete()
    planning.change(session=session, by=session.made_by, platform="douyin", platform_url="https://v.douyin.com/a/")
    session.refresh_from_db()
    assert session.rehearsed_at is None


@pytest.mark.parametrize("state", ["live", "ended", "replay"])
def test_what_is_on_or_over_is_not_changed(state: str) -> None:
    session = complete(**{state: True})
    with pytest.raises(Refused, match="不能再改"):
        planning.change(session=session, by=session.made_by, title="另一个")


def test_only_the_hosts_people_plan() -> None:
    posting = JobPostingFactory()
    guest = owner_of(posting.employer)
    session = LiveSessionFactory(cards=[posting], anchor=guest)  # the zone's; he speaks for his firm
    for act in (planning.change, planning.cancel, reviewing.submit, reviewing.take_back):
        more = {"title": "我的"} if act is planning.change else {"reason": "不办"} if act is planning.cancel else {}
        with pytest.raises(Refused, match=planning.NOT_YOURS):
            act(session=session, by=guest, **more)  # type: ignore[operator]
    assert LiveSession.objects.seen_by(guest).get() == session


# Reviewed ------------------------------------------------------------------------------------------------------------


def test_from_planned_to_announced_with_everybody_told() -> None:
    officer, session = UserFactory(officer=True), complete()
    anchor = session.crew.get().user
    reviewing.submit(session=session, by=session.made_by)
    reviewing.submit(session=session, by=session.made_by)  # a second tap
    assert Notice.objects.get(recipient=officer).kind == "live.submitted"
    reviewing.approve(session=session, by=officer)
    session.refresh_from_db()
    assert (session.state, session.approved_by, session.announced_for) == ("announced", officer, session.starts_at)
    assert {notice.recipient for notice in Notice.objects.filter(kind="live.approved")} == {session.made_by, anchor}
    assert [event.to_state for event in session.events.all()] == ["planned", "review", "announced"]


def test_an_officer_gives_it_back_with_a_reason() -> None:
    officer, session = UserFactory(officer=True), complete(review=True)
    with pytest.raises(Refused, match="原因"):
        reviewing.return_(session=session, by=officer, reason=" ")
    reviewing.return_(session=session, by=officer, reason="请写清谁负责。")
    session.refresh_from_db()
    assert (session.state, session.state_reason) == ("planned", "请写清谁负责。")
    assert "请写清谁负责" in Notice.objects.filter(kind="live.returned")[0].body


def test_only_officers_decide() -> None:
    session = complete(review=True)
    with pytest.raises(Refused, match=reviewing.NOT_AN_OFFICER):
        reviewing.approve(session=session, by=session.made_by)
    with pytest.raises(Refused, match=reviewing.NOT_AN_OFFICER):
        reviewing.return_(session=session, by=session.made_by, reason="不行")


def test_an_incomplete_session_is_not_handed_in() -> None:
    session = LiveSessionFactory(emergency_plan="")
    with pytest.raises(reviewing.NotReady) as refused:
        reviewing.submit(session=session, by=session.made_by)
    assert len(refused.value.problems) == 3
    assert "还有 2 处" in refused.value.message


def test_what_waits_is_taken_back_and_nothing_else() -> None:
    session = complete(review=True)
    reviewing.take_back(session=session, by=session.made_by)
    reviewing.take_back(session=session, by=session.made_by)
    session.refresh_from_db()
    assert session.state == "planned"
    with pytest.raises(Refused, match="不用撤回"):
        reviewing.take_back(session=complete(announced=True), by=session.made_by)


def test_who_reserved_hears_of_another_time_once_it_is_approved() -> None:
    officer, reader, session = UserFactory(officer=True), UserFactory(), complete(announced=True)
    session.reservations.create(user=reader)
    later = session.starts_at + timedelta(hours=2)
    planning.change(session=session, by=session.made_by, starts_at=later, ends_at=later + timedelta(hours=1))
    assert not Notice.objects.filter(recipient=reader).exists()
    reviewing.submit(session=session, by=session.made_by)
    reviewing.approve(session=session, by=officer)
    assert Notice.objects.get(recipient=reader).kind == "live.moved"


def test_each_move_is_told_also_back_to_where_it_was_and_reminded_of_anew() -> None:
    officer, reader = UserFactory(officer=True), UserFactory()
    session = complete(announced=True, starts_at=in_minutes(12))
    reserving.reserve(session=session, by=reader)
    assert reserving.remind() == 1
    first, later = session.starts_at, session.starts_at + timedelta(hours=2)
    texts = Delivery.objects.filter(recipient=reader, channel="sms", state="waiting")
    assert list(texts.values_list("notice__kind", flat=True)) == ["live.soon"]
    for at in (later, first, later):
        session.refresh_from_db()
        session = planning.change(session=session, by=session.made_by, starts_at=at, ends_at=at + timedelta(hours=1))
        assert not texts.filter(notice__kind="live.soon").exists()  # what still waited says a time that is over
        reviewing.submit(session=session, by=session.made_by)
        session = reviewing.approve(session=session, by=officer)
        # Of several moves that wait for the morning the last one leaves the house.
        assert texts.get().notice.dedupe_key.endswith(f":{session.events.last().pk}")  # type: ignore[union-attr]
    assert Notice.objects.filter(recipient=reader, kind="live.moved").count() == 3
    LiveSession.objects.filter(pk=session.pk).update(starts_at=first)
    assert reserving.remind() == 1
    assert Notice.objects.filter(recipient=reader, kind="live.soon").count() == 2
    session.refresh_from_db()
    planning.cancel(session=session, by=session.made_by, reason="车间停电")
    assert texts.get().notice.kind == "live.cancelled"


# Called off ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by_officer", [False, True])
def test_who_reserved_and_who_works_for_it_read_why_it_is_called_off(by_officer: bool) -> None:
    reader, session = UserFactory(), complete(announced=True)
    session.reservations.create(user=reader)
    by = UserFactory(officer=True) if by_officer else session.made_by
    planning.cancel(session=session, by=by, reason="车间停电")
    planning.cancel(session=session, by=by, reason="再点一下")
    session.refresh_from_db()
    assert (session.state, session.state_reason) == ("cancelled", "车间停电")
    assert "车间停电" in Notice.objects.get(recipient=reader).body
    assert Notice.objects.filter(recipient=session.crew.get().user, kind="live.called_off").count() == 1


def test_calling_off_wants_a_reason_and_a_session_that_is_to_come() -> None:
    session = complete(announced=True)
    with pytest.raises(Refused, match="请写一句原因"):
        planning.cancel(session=session, by=session.made_by, reason=" ")
    on_air = complete(live=True)
    with pytest.raises(Refused, match="直播中"):
        planning.cancel(session=on_air, by=on_air.made_by, reason="停电")


def test_an_employers_people_do_not_see_anothers_session() -> None:
    session = complete(host=EmployerFactory())
    assert not LiveSession.objects.seen_by(owner_of(EmployerFactory())).exists()
    assert LiveSession.objects.seen_by(owner_of(session.host)).exists()  # type: ignore[arg-type]
