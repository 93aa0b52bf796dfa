"""Postings: what works, and every refusal beside it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from employers.actions import postings
from employers.choices import EmployerState, Engagement, PayUnit, PostingState
from employers.models import Employer, JobPosting, PostingEvent, today
from employers.posting_moves import MEMBER, MOVES, OFFICER, SYSTEM
from employers.problems import Incomplete
from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.models import Notice
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory
from tests.factories.reference import OccupationFactory, SkillFactory, TradeFactory, ZoneFactory, region

pytestmark = pytest.mark.django_db
S = PostingState
Letters = list[tuple[str, dict[str, Any]]]
MATCH, CLOSED = "labor.matching.tasks.match_posting", "labor.applications.tasks.posting_closed"


def complete(**changes: Any) -> dict[str, Any]:
    return {
        "title": "冲压工",
        "trade": TradeFactory(code=203),
        "headcount": 5,
        "duties": "操作冲床",
        "requirements": "不限",
        "region": region("330784"),
        "address": "五金大道 8 号",
        "base_pay_min": 6000,
        "valid_until": today() + timedelta(days=30),
        **changes,
    }


# Writing -------------------------------------------------------------------------------------------------------------


def test_a_draft_may_hold_nothing_at_all(employer: Employer, owner: User) -> None:
    posting = postings.draft(by=owner, employer=employer)
    assert (posting.state, posting.title, posting.headcount, posting.created_by) == (S.DRAFT, "", 1, owner)
    assert posting.events.get().reason == "新建"


def test_what_was_emptied_in_the_form_falls_back_to_its_default(employer: Employer, owner: User) -> None:
    posting = postings.draft(by=owner, employer=employer, headcount=None, hours_per_day=None, base_pay_min=None)
    assert (posting.headcount, posting.hours_per_day, posting.base_pay_min) == (1, 8, None)


def test_a_draft_carries_what_follows_and_is_findable(employer: Employer, owner: User) -> None:
    trade, skill = TradeFactory(code=203, occupation=OccupationFactory(code="60402")), SkillFactory()
    posting = postings.draft(
        by=owner, employer=employer, skills=[(skill.code, 2)],
        **complete(trade=trade, base_pay_min=200, pay_unit=PayUnit.DAY, shift="two"),
    )  # fmt: skip
    posting.refresh_from_db()
    assert (posting.monthly_min, posting.has_nights, posting.occupation_id) == (4350, True, "60402")
    assert list(posting.skills.values_list("skill_id", "level")) == [(skill.code, 2)]
    assert "'冲压'" in posting.search


def test_a_zone_tells_where_the_work_is(employer: Employer, owner: User) -> None:
    posting = postings.draft(by=owner, employer=employer, zone=ZoneFactory(park=True))
    assert posting.region_id == "511921"


def test_an_unverified_employer_may_write_drafts_a_banned_one_not() -> None:
    draft, banned = MemberFactory(employer__draft=True), MemberFactory(employer__banned=True)
    assert postings.draft(by=draft.user, employer=draft.employer)
    with pytest.raises(Refused, match="黑名单"):
        postings.draft(by=banned.user, employer=banned.employer)
    with pytest.raises(Refused, match="黑名单"):
        postings.change(posting=JobPostingFactory(employer=banned.employer, draft=True), by=banned.user, title="新")


def test_only_members_write(employer: Employer, stranger: User, officer: User, posting: JobPosting) -> None:
    for by in (stranger, officer, None):
        with pytest.raises(Refused, match="不是这家单位的成员"):
            postings.draft(by=by, employer=employer)
        with pytest.raises(Refused, match="不是这家单位的成员"):
            postings.change(posting=posting, by=by, title="新")
        with pytest.raises(Refused, match="不是这家单位的成员"):
            postings.copy(posting=posting, by=by)


def test_drafts_are_limited(employer: Employer, owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "MOST_DRAFTS", 1)
    postings.draft(by=owner, employer=employer)
    with pytest.raises(Refused, match="草稿已经有 1 个"):
        postings.draft(by=owner, employer=employer)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("headcount", {"headcount": 0}),
        ("base_pay_max", {"base_pay_min": 6000, "base_pay_max": 5000}),
        ("zone", {"region": "330784", "zone": "park"}),
    ],
)
def test_even_a_draft_makes_sense(employer: Employer, owner: User, field: str, changes: dict[str, Any]) -> None:
    if "zone" in changes:
        changes = {"region": region("330784"), "zone": ZoneFactory(park=True)}
    with pytest.raises(Incomplete) as refusal:
        postings.draft(by=owner, employer=employer, **changes)
    assert list(refusal.value.problems) == [field]


def test_what_only_moves_may_set_is_no_field(employer: Employer, owner: User) -> None:
    for name in ("state", "filled", "published_at", "employer", "search"):
        with pytest.raises(TypeError):
            postings.draft(**{"by": owner, "employer": employer} | {name: 1} if name != "employer" else {"by": owner})


def test_a_copy_is_a_draft_that_says_the_same(owner: User, posting: JobPosting) -> None:
    skill = SkillFactory()
    posting.skills.create(skill=skill, level=2)
    copied = postings.copy(posting=posting, by=owner)
    assert copied.pk != posting.pk and copied.state == S.DRAFT and copied.filled == 0
    assert (copied.title, copied.base_pay_min, copied.region_id) == (posting.title, 6000, "330784")
    assert copied.valid_until is None and copied.published_at is None
    assert copied.skills.get().skill == skill


# Changing what is out ------------------------------------------------------------------------------------------------


def test_free_fields_change_without_another_review(owner: User, posting: JobPosting) -> None:
    changed = postings.change(posting=posting, by=owner, headcount=8, interview_mode="phone", has_air_con=True)
    assert changed.state == S.PUBLISHED and changed.headcount == 8
    assert "招聘人数" in posting.events.get().reason


@pytest.mark.parametrize(
    "changes", [{"base_pay_min": 5000}, {"duties": "搬货"}, {"benefits": ["加微信"]}, {"skills": "one"}]
)
@pytest.mark.parametrize("state", ["", "paused", "filled_up"])
def test_anything_else_goes_back_to_review(
    employer: Employer, owner: User, state: str, changes: dict[str, Any]
) -> None:
    posting = JobPostingFactory(employer=employer, **({state: True} if state else {}))
    before = posting.state
    if "skills" in changes:
        changes = {"skills": [(SkillFactory().code, 1)]}
    changed = postings.change(posting=posting, by=owner, **changes)
    assert changed.state == S.REVIEW
    assert (posting.events.get().from_state, posting.events.get().to_state) == (before, S.REVIEW)
    assert not JobPosting.objects.visible().exists()


def test_nothing_changed_is_nothing_logged(owner: User, posting: JobPosting) -> None:
    postings.change(posting=posting, by=owner, title=posting.title, headcount=5, skills=[])
    assert not posting.events.exists()


def test_what_is_out_stays_complete(owner: User, posting: JobPosting) -> None:
    with pytest.raises(Incomplete) as refusal:
        postings.change(posting=posting, by=owner, base_pay_min=None, base_pay_max=None)
    assert list(refusal.value.problems) == ["base_pay_min"]
    posting.refresh_from_db()
    assert posting.base_pay_min == 6000


def test_headcount_never_falls_below_the_hires(employer: Employer, owner: User) -> None:
    posting = JobPostingFactory(employer=employer, headcount=5, filled=3)
    with pytest.raises(Refused, match="已经录用了 3 人"):
        postings.change(posting=posting, by=owner, headcount=2)
    assert postings.change(posting=posting, by=owner, headcount=3).state == S.FILLED
    assert postings.change(posting=posting, by=owner, headcount=4).state == S.PUBLISHED


def test_the_database_holds_the_headcount_too(posting: JobPosting) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        JobPosting.objects.filter(pk=posting.pk).update(filled=6)


@pytest.mark.parametrize("state", ["review", "removed", "archived"])
def test_what_is_in_review_or_ended_is_not_changed(employer: Employer, owner: User, state: str) -> None:
    posting = JobPostingFactory(employer=employer, **{state: True})
    with pytest.raises(Refused, match="撤回修改" if state == "review" else "不能再改"):
        postings.change(posting=posting, by=owner, title="新名字")


def test_two_colleagues_do_not_overwrite_each_other(employer: Employer, owner: User, recruiter: User) -> None:
    posting = JobPostingFactory(employer=employer, draft=True)
    seen = posting.updated_at
    postings.change(posting=posting, by=recruiter, seen=seen, title="钳工")
    with pytest.raises(Refused, match="同事刚刚改过"):
        postings.change(posting=posting, by=owner, seen=seen, title="焊工")


# Renewal -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, 60])
def test_an_expired_posting_is_renewed_without_review(employer: Employer, owner: User, days: int) -> None:
    posting = JobPostingFactory(employer=employer, expired=True)
    assert not JobPosting.objects.visible().exists()
    postings.renew(posting=posting, by=owner, valid_until=today() + timedelta(days=days))
    assert JobPosting.objects.visible().get() == posting
    assert "续期" in posting.events.get().reason


@pytest.mark.parametrize(("days", "said"), [(0, "今天之后"), (61, "最长 60 天")])
def test_a_renewal_has_its_limits(owner: User, posting: JobPosting, days: int, said: str) -> None:
    with pytest.raises(Refused, match=said) as refusal:
        postings.renew(posting=posting, by=owner, valid_until=today() + timedelta(days=days))
    assert refusal.value.field == "valid_until"


@pytest.mark.parametrize("state", ["draft", "review", "rejected", "removed", "archived"])
def test_only_what_is_out_is_renewed(employer: Employer, owner: User, state: str) -> None:
    with pytest.raises(Refused, match="发布过"):
        postings.renew(
            posting=JobPostingFactory(employer=employer, **{state: True}), by=owner, valid_until=today() + timedelta(9)
        )


def test_strangers_do_not_renew(stranger: User, posting: JobPosting) -> None:
    with pytest.raises(Refused, match="不是这家单位的成员"):
        postings.renew(posting=posting, by=stranger, valid_until=today() + timedelta(days=9))


# Moves ---------------------------------------------------------------------------------------------------------------

ACTS: dict[str, tuple[PostingState, Callable[..., Any]]] = {
    "submit": (S.REVIEW, postings.submit),
    "take_back": (S.DRAFT, postings.take_back),
    "publish": (S.PUBLISHED, postings.publish),
    "reject": (S.REJECTED, postings.reject),
    "pause": (S.PAUSED, postings.pause),
    "resume": (S.PUBLISHED, postings.resume),
    "mark_filled": (S.FILLED, postings.mark_filled),
    "remove": (S.REMOVED, postings.remove),
    "archive": (S.ARCHIVED, postings.archive),
}
WITH_REASON = {"reject", "remove", "pause", "archive"}
# Where the table knows the move but this deed is another's.
NOT_THIS_WAY = {
    "submit": {S.PUBLISHED, S.PAUSED, S.FILLED},
    "publish": {S.PAUSED, S.FILLED},
    "resume": {S.REVIEW},
    "mark_filled": {S.PAUSED},
}


@pytest.mark.parametrize("deed", list(ACTS))
@pytest.mark.parametrize("start", list(S))
def test_the_table_of_moves_holds_for_everybody(
    employer: Employer, owner: User, recruiter: User, officer: User, stranger: User, deed: str, start: PostingState
) -> None:
    to, act = ACTS[deed]
    reason = {"reason": "写清加班"} if deed in WITH_REASON else {}
    allowed = MOVES.get((start, to), frozenset()) if start not in NOT_THIS_WAY.get(deed, set()) else frozenset()
    people = ((MEMBER, owner), (MEMBER, recruiter), (OFFICER, officer), ("stranger", stranger), (SYSTEM, None))
    for who, by in people:
        posting = JobPostingFactory(employer=employer, state=start)
        if who in allowed:
            moved = act(posting=posting, by=by, **reason)
            event = PostingEvent.objects.get(posting=posting)
            assert moved.state == to
            assert (event.from_state, event.to_state, event.by) == (start, to, by)
            assert moved.state_reason == event.reason == reason.get("reason", "")
        else:
            with pytest.raises(Refused):
                act(posting=posting, by=by, **reason)
            posting.refresh_from_db()
            assert posting.state == start and not posting.events.exists()


def test_an_incomplete_draft_names_all_that_is_missing(employer: Employer, owner: User) -> None:
    with pytest.raises(Incomplete) as refusal:
        postings.submit(posting=JobPostingFactory(employer=employer, blank=True), by=owner)
    assert set(refusal.value.problems) == {
        *("title", "trade", "duties", "requirements", "region", "address", "base_pay_min", "valid_until")
    }


def test_flexible_posts_say_how_many_days(employer: Employer, owner: User) -> None:
    posting = JobPostingFactory(employer=employer, draft=True, engagement=Engagement.REHIRED)
    with pytest.raises(Incomplete) as refusal:
        postings.submit(posting=posting, by=owner)
    assert list(refusal.value.problems) == ["days_planned"]
    postings.change(posting=posting, by=owner, days_planned=20)
    assert postings.submit(posting=posting, by=owner).state == S.REVIEW


@pytest.mark.parametrize("state", ["draft", "submitted", "returned", "suspended", "banned"])
def test_without_verification_nothing_is_submitted_published_or_resumed(officer: User, state: str) -> None:
    member = MemberFactory(**{f"employer__{state}": True})
    for start, act, by in (
        ("draft", postings.submit, member.user),
        ("review", postings.publish, officer),
        ("paused", postings.resume, member.user),
    ):
        posting = JobPostingFactory(employer=member.employer, **{start: True})
        with pytest.raises(Refused, match="通过认证后"):
            act(posting=posting, by=by)


@pytest.mark.parametrize("state", ["verified", "due"])
def test_with_verification_all_three_work(officer: User, state: str) -> None:
    member = MemberFactory(**({} if state == "verified" else {"employer__due": True}))
    draft = JobPostingFactory(employer=member.employer, draft=True)
    postings.submit(posting=draft, by=member.user)
    assert postings.publish(posting=draft, by=officer).published_at is not None
    postings.pause(posting=draft, by=member.user)
    assert postings.resume(posting=draft, by=member.user).state == S.PUBLISHED
    assert JobPosting.objects.visible().get() == draft


def test_a_draft_that_aged_in_the_queue_is_not_published(employer: Employer, officer: User) -> None:
    posting = JobPostingFactory(employer=employer, review=True, valid_until=today() - timedelta(days=1))
    with pytest.raises(Incomplete, match="有效期已经过了"):
        postings.publish(posting=posting, by=officer)


@pytest.mark.parametrize(("act", "start"), [(postings.reject, "review"), (postings.remove, "paused")])
def test_bad_news_needs_a_reason(employer: Employer, officer: User, act: Callable[..., Any], start: str) -> None:
    posting = JobPostingFactory(employer=employer, **{start: True})
    with pytest.raises(Refused, match="写原因") as refusal:
        act(posting=posting, by=officer, reason=" ")
    assert refusal.value.field == "reason"
    assert act(posting=posting, by=officer, reason="涉嫌收费").state_reason == "涉嫌收费"


def test_a_full_or_expired_posting_is_not_resumed(employer: Employer, owner: User) -> None:
    full = JobPostingFactory(employer=employer, filled_up=True)
    with pytest.raises(Refused, match="人数已经满了"):
        postings.resume(posting=full, by=owner)
    expired = JobPostingFactory(employer=employer, paused=True, expired=True)
    with pytest.raises(Refused, match="先续期"):
        postings.resume(posting=expired, by=owner)


def test_a_full_posting_that_is_approved_again_is_filled(employer: Employer, officer: User) -> None:
    posting = JobPostingFactory(employer=employer, review=True, headcount=2, filled=2)
    postings.publish(posting=posting, by=officer)
    posting.refresh_from_db()
    assert posting.state == S.FILLED


def test_owners_and_the_author_are_told_of_a_decision(
    employer: Employer, owner: User, recruiter: User, officer: User
) -> None:
    MemberFactory(employer=employer, recruiter=True)
    posting = JobPostingFactory(employer=employer, review=True, created_by=recruiter)
    postings.reject(posting=posting, by=officer, reason="写清加班")
    assert set(Notice.objects.values_list("recipient", flat=True)) == {owner.pk, recruiter.pk}
    assert "写清加班" in Notice.objects.all()[0].body


@pytest.mark.parametrize(
    ("start", "act", "closes"),
    [
        ("", postings.pause, False),
        ("", postings.reject, False),
        ("", postings.remove, True),
        ("", postings.archive, True),
        ("paused", postings.resume, False),
    ],
)
def test_every_move_is_matched_and_an_end_closes_the_applications(
    employer: Employer, owner: User, officer: User, letters: Letters, django_capture_on_commit_callbacks: Any,
    start: str, act: Callable[..., Any], closes: bool,
) -> None:  # fmt: skip
    posting = JobPostingFactory(employer=employer, **({start: True} if start else {}))
    by = officer if act in (postings.reject, postings.remove) else owner
    reason = {} if act is postings.resume else {"reason": "因为"}
    with django_capture_on_commit_callbacks(execute=True):
        act(posting=posting, by=by, **reason)
    assert (MATCH, {"posting_id": posting.pk}) in letters
    assert ((CLOSED, {"posting_id": posting.pk}) in letters) is closes


def test_a_refusal_posts_no_letter(
    posting: JobPosting, stranger: User, letters: Letters, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Refused):
        postings.pause(posting=posting, by=stranger)
    assert letters == []


# Seats ---------------------------------------------------------------------------------------------------------------


def test_the_last_seat_fills_the_posting_and_no_more_are_taken(employer: Employer) -> None:
    posting = JobPostingFactory(employer=employer, headcount=2)
    assert [postings.take_seat(posting_id=posting.pk) for _ in range(3)] == [True, True, False]
    posting.refresh_from_db()
    assert (posting.filled, posting.state) == (2, S.FILLED)
    assert posting.events.get().by is None


def test_a_seat_given_back_opens_what_it_had_filled(employer: Employer) -> None:
    posting = JobPostingFactory(employer=employer, headcount=2, filled_up=True)
    assert postings.give_seat_back(posting_id=posting.pk)
    posting.refresh_from_db()
    assert (posting.filled, posting.state) == (1, S.PUBLISHED)
    assert postings.give_seat_back(posting_id=posting.pk)
    assert not postings.give_seat_back(posting_id=posting.pk)
    posting.refresh_from_db()
    assert posting.filled == 0


def test_the_employers_own_word_that_it_is_full_stands(employer: Employer, owner: User) -> None:
    posting = JobPostingFactory(employer=employer, headcount=5, filled=2)
    postings.mark_filled(posting=posting, by=owner)
    postings.give_seat_back(posting_id=posting.pk)
    posting.refresh_from_db()
    assert (posting.filled, posting.state) == (1, S.FILLED)


def test_a_paused_posting_keeps_its_promises(employer: Employer) -> None:
    posting = JobPostingFactory(employer=employer, headcount=1, paused=True)
    assert postings.take_seat(posting_id=posting.pk)
    posting.refresh_from_db()
    assert (posting.filled, posting.state) == (1, S.PAUSED)


def test_suspending_beats_a_publication_that_comes_later(officer: User) -> None:
    employer = EmployerFactory(state=EmployerState.SUSPENDED)
    posting = JobPostingFactory(employer=employer, review=True)
    with pytest.raises(Refused):
        postings.publish(posting=posting, by=UserFactory(officer=True))
    assert not JobPosting.objects.visible().exists()
