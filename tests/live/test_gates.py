"""C1 and C17: what keeps a session from being announced and from going live. Whatever is not in order stops it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from employers.choices import PostingState
from employers.models import Employer, JobPosting, Licence, today
from jinba.accounts.models import User
from jinba.core.errors import Refused
from labor.live import gates
from labor.live.actions import reviewing, rundown
from labor.live.models import LiveSession
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, LicenceFactory, MemberFactory, owner_of
from tests.factories.live import LiveSessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def session() -> LiveSession:
    """The zone's, complete: an agency's posting and a firm's, an anchor, a plan, rehearsed, approved."""
    agency = EmployerFactory(agency=True)
    LicenceFactory(employer=agency)
    cards = [JobPostingFactory(), JobPostingFactory(employer=agency)]
    made: LiveSession = LiveSessionFactory(announced=True, anchor=True, cards=cards)
    return made


def _of(session: LiveSession, number: int = 0) -> JobPosting:
    return session.cards.order_by("order")[number].posting


def _unverified(session: LiveSession) -> None:
    Employer.objects.filter(pk=_of(session).employer_id).update(state="suspended")


def _verified_long_ago(session: LiveSession) -> None:
    Employer.objects.filter(pk=_of(session).employer_id).update(verified_at=timezone.now() - timedelta(days=181))


def _unapproved(session: LiveSession) -> None:
    JobPosting.objects.filter(pk=_of(session).pk).update(state=PostingState.REVIEW)


def _expired(session: LiveSession) -> None:
    JobPosting.objects.filter(pk=_of(session).pk).update(valid_until=today() - timedelta(days=1))


def _expires_before(session: LiveSession) -> None:
    starts_at = timezone.now() + timedelta(days=40)
    LiveSession.objects.filter(pk=session.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))


def _full(session: LiveSession) -> None:
    JobPosting.objects.filter(pk=_of(session).pk).update(filled=5)


def _our_licence_expired(session: LiveSession) -> None:
    Licence.objects.of_platform().update(valid_from=today() - timedelta(9), valid_to=today() - timedelta(days=1))


def _no_licence_of_ours(session: LiveSession) -> None:
    Licence.objects.of_platform().delete()


def _agency_licence_expired(session: LiveSession) -> None:
    rows = Licence.objects.filter(employer__isnull=False)
    rows.update(valid_from=today() - timedelta(9), valid_to=today() - timedelta(days=1))


def _no_cards(session: LiveSession) -> None:
    session.cards.update(removed_at=timezone.now())


def _no_anchor(session: LiveSession) -> None:
    session.crew.update(part="moderator")


def _anchor_is_gone(session: LiveSession) -> None:
    User.objects.filter(live_crew__session=session).update(is_active=False)


def _no_plan(session: LiveSession) -> None:
    LiveSession.objects.filter(pk=session.pk).update(emergency_plan="  ")


def _time_is_over(session: LiveSession) -> None:
    now = timezone.now()
    LiveSession.objects.filter(pk=session.pk).update(starts_at=now - timedelta(hours=2), ends_at=now)


TO_REVIEW: list[tuple[Callable[[LiveSession], None], str]] = [
    (_unverified, "没有通过认证的单位不能上直播"),
    (_verified_long_ago, "认证已经到期"),
    (_unapproved, "现在是“待审核”，不能报名"),
    (_expired, "到期，开播那天已经不招了"),
    (_expires_before, "到期，开播那天已经不招了"),
    (_full, "现在是“已招满”，不能报名"),
    (_our_licence_expired, "本站的人力资源服务许可证不在有效期内"),
    (_no_licence_of_ours, "本站的人力资源服务许可证不在有效期内"),
    (_agency_licence_expired, "没有在有效期内的人力资源服务许可证"),
    (_no_cards, gates.NO_CARDS),
    (_no_anchor, gates.NO_ANCHOR),
    (_anchor_is_gone, "请换人"),
    (_no_plan, gates.NO_PLAN),
    (_time_is_over, gates.TIME_IS_OVER),
]
names = [breaks.__name__.strip("_") for breaks, _ in TO_REVIEW]


def test_a_complete_session_lacks_nothing(session: LiveSession) -> None:
    assert gates.problems(session) == []


@pytest.mark.parametrize(("breaks", "words"), TO_REVIEW, ids=names)
def test_what_is_not_in_order_stops_going_live(session: LiveSession, breaks: Any, words: str) -> None:
    breaks(session)
    session.refresh_from_db()
    assert words in "".join(gates.problems(session))
    assert words in "".join(gates.problems_to_review(session))


@pytest.mark.parametrize(("breaks", "words"), TO_REVIEW, ids=names)
def test_what_is_not_in_order_stops_the_approval(session: LiveSession, breaks: Any, words: str) -> None:
    waiting = LiveSessionFactory(review=True, anchor=True, cards=[_of(session), _of(session, 1)])
    officer = UserFactory(officer=True)
    breaks(waiting)
    with pytest.raises(Refused) as refused:
        reviewing.approve(session=waiting, by=officer)
    problems = refused.value.problems if isinstance(refused.value, reviewing.NotReady) else [refused.value.message]
    assert words in "".join(problems)
    waiting.refresh_from_db()
    assert waiting.state == "review"


def test_without_rehearsal_it_is_announced_and_does_not_go_live(session: LiveSession) -> None:
    LiveSession.objects.filter(pk=session.pk).update(rehearsed_at=None)
    session.refresh_from_db()
    assert gates.problems(session) == [gates.NO_REHEARSAL]
    assert gates.problems_to_review(session) == []


def test_without_approval_it_does_not_go_live(session: LiveSession) -> None:
    LiveSession.objects.filter(pk=session.pk).update(approved_at=None)
    session.refresh_from_db()
    assert gates.problems(session) == [gates.NO_APPROVAL]


def test_the_host_itself_has_to_be_verified(session: LiveSession) -> None:
    host = EmployerFactory()
    hosted = LiveSessionFactory(
        announced=True, host=host, anchor=owner_of(host), cards=[JobPostingFactory(employer=host)]
    )
    assert gates.problems(hosted) == []
    Employer.objects.filter(pk=host.pk).update(state="due")  # it goes on recruiting while it is looked at again
    assert gates.problems(hosted) == []
    Employer.objects.filter(pk=host.pk).update(state="banned")
    assert "没有通过认证的单位不能上直播" in "".join(gates.problems(hosted))


def test_an_employer_speaks_of_its_own_postings_only(session: LiveSession) -> None:
    host = EmployerFactory()
    hosted = LiveSessionFactory(announced=True, host=host, anchor=owner_of(host), cards=[JobPostingFactory()])
    assert "不是主办单位自己的岗位" in "".join(gates.problems(hosted))


def test_an_anchor_who_left_his_employer_counts_no_more(session: LiveSession) -> None:
    member = MemberFactory(employer=_of(session).employer)
    session.crew.all().delete()
    session.crew.create(user=member.user, part="anchor", shown_name="李姐")
    assert gates.problems(session) == []
    member.delete()
    assert "李姐已经不是" in "".join(gates.problems(session))
    assert gates.NO_ANCHOR in gates.problems(session)


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (_unverified, "没有通过认证的单位不能上直播"),
        (_unapproved, "不能报名"),
        (_expired, "已经不招了"),
        (_full, "已招满"),
        (_our_licence_expired, "本站的人力资源服务许可证"),
    ],
    ids=["unverified", "unapproved", "expired", "full", "licence"],
)
def test_a_card_that_comes_in_on_air_passes_the_same_gate(session: LiveSession, breaks: Any, words: str) -> None:
    live = LiveSessionFactory(live=True, anchor=True)
    breaks(session)  # the posting of its first card
    with pytest.raises(Refused, match=words):
        rundown.add(session=live, posting=_of(session), by=live.made_by)
    assert not live.cards.exists()


def test_a_good_card_comes_in_on_air_and_the_room_hears_of_it() -> None:
    live = LiveSessionFactory(live=True, anchor=True)
    card = rundown.add(session=live, posting=JobPostingFactory(), by=live.made_by)
    assert live.cards.get() == card
    assert [entry.kind for entry in live.entries.all()] == ["cards"]
