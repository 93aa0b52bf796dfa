"""Flags: raised beside what is written, settled by people, kept up when the lexicon changes."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from employers import tasks
from employers.actions import flags, lexicon, postings
from employers.choices import FlagState, Hazard, Insurance, PhraseFamily, PostingState
from employers.models import Employer, JobPosting, Phrase, PostingFlag
from jinba.accounts.models import User
from jinba.core.errors import Refused
from tests.factories.employers import JobPostingFactory

pytestmark = pytest.mark.django_db
S = PostingState


@pytest.fixture(autouse=True)
def phrases() -> None:
    for family, text in (("gender", "限女"), ("deposit", "交…押金"), ("health", "五官端正")):
        Phrase.objects.create(family=family, text=text, advice="请删掉。")


@pytest.fixture
def draft(employer: Employer) -> JobPosting:
    return JobPostingFactory(employer=employer, draft=True, requirements="限女，入职交200押金。")


def states(posting: JobPosting) -> dict[str, str]:
    return dict(posting.flags.values_list("text", "state"))


def test_submitting_flags_and_hands_in_all_the_same(draft: JobPosting, owner: User) -> None:
    draft = postings.submit(posting=draft, by=owner)
    assert draft.state == S.REVIEW
    assert states(draft) == {"限女": "open", "交…押金": "open"}
    flag = draft.flags.get(text="限女")
    assert (flag.field, flag.family, flag.advice) == ("requirements", "gender", "请删掉。")
    assert "限女" in flag.excerpt
    draft.refresh_from_db()
    assert flag.lexicon_version == draft.lexicon_version == lexicon.current().version


def test_nothing_is_published_before_every_flag_is_settled(draft: JobPosting, owner: User, officer: User) -> None:
    postings.submit(posting=draft, by=owner)
    with pytest.raises(Refused, match="还有 2 处提示没有处理"):
        postings.publish(posting=draft, by=officer)
    first, second = draft.flags.order_by("pk")
    flags.dismiss(flag=first, by=officer, reason="女浴室保洁，依法可以")
    with pytest.raises(Refused, match="还有 1 处提示"):
        postings.publish(posting=draft, by=officer)
    flags.uphold(flag=second, by=officer)
    with pytest.raises(Refused, match="1 处要求修改的还没有改"):
        postings.publish(posting=draft, by=officer)
    flags.dismiss(flag=second, by=officer, reason="看错了")
    assert postings.publish(posting=draft, by=officer).state == S.PUBLISHED


def test_who_settles_is_known_and_the_posting_remembers(draft: JobPosting, owner: User, officer: User) -> None:
    postings.submit(posting=draft, by=owner)
    flag = flags.uphold(flag=draft.flags.get(text="限女"), by=officer, reason=" 改成不限 ")
    assert (flag.state, flag.note, flag.settled_by) == (FlagState.UPHELD, "改成不限", officer)
    assert flag.settled_at is not None
    event = draft.events.last()
    assert (event.reason, event.by) == ("审核提示“限女”：要求修改", officer)


@pytest.mark.parametrize(
    ("state", "act", "reason", "words"),
    [
        ("open", flags.dismiss, " ", "为什么没有问题"),
        ("gone", flags.dismiss, "没问题", "已经改掉了"),
        ("gone", flags.uphold, "", "已经改掉了"),
        ("upheld", flags.uphold, "", "已经是“要求修改”"),
    ],
)
def test_settling_is_refused(draft: JobPosting, officer: User, state: str, act: Any, reason: str, words: str) -> None:
    flag = PostingFlag.objects.create(posting=draft, family="gender", field="title", text="限女", state=state)
    with pytest.raises(Refused, match=words):
        act(flag=flag, by=officer, reason=reason)
    flag.refresh_from_db()
    assert flag.state == state and not draft.events.exists()


def test_mended_words_take_their_flag_along_and_the_rest_stays(draft: JobPosting, owner: User, officer: User) -> None:
    postings.submit(posting=draft, by=owner)
    flags.uphold(flag=draft.flags.get(text="限女"), by=officer)
    postings.reject(posting=draft, by=officer, reason="请改")
    postings.change(posting=draft, by=owner, requirements="不限，入职交200押金。")
    assert states(draft) == {"限女": "gone", "交…押金": "open"}
    postings.change(posting=draft, by=owner, requirements="限女")
    assert states(draft) == {"限女": "open", "交…押金": "gone"}
    assert draft.flags.get(text="限女").settled_by is None


def test_what_was_dismissed_stays_so_until_the_words_around_it_change(
    draft: JobPosting, owner: User, officer: User
) -> None:
    postings.submit(posting=draft, by=owner)
    flags.dismiss(flag=draft.flags.get(text="限女"), by=officer, reason="可以")
    flags.check(posting=draft)
    assert states(draft)["限女"] == "dismissed"
    assert "限女" not in [hit.text for hit in flags.to_mend(posting=draft)]
    draft.requirements = "这个岗位只收女的，限女，别人不要。"
    draft.save()
    flags.check(posting=draft)
    assert states(draft)["限女"] == "open"


def test_a_change_of_a_posting_that_is_out_is_flagged_with_its_review(posting: JobPosting, owner: User) -> None:
    changed = postings.change(posting=posting, by=owner, requirements="限女")
    assert changed.state == S.REVIEW
    assert states(posting) == {"限女": "open"}


def test_late_insurance_and_sixteen_beside_hazards_are_flagged(employer: Employer, owner: User) -> None:
    young = JobPostingFactory(
        employer=employer, draft=True, requirements="满16周岁", insurance_from_month=3,
        hazards=[Hazard.NOISE], safety_note="发耳塞",
    )  # fmt: skip
    postings.submit(posting=young, by=owner)
    by_family = {flag.family: flag for flag in young.flags.all()}
    assert set(by_family) == {PhraseFamily.INSURANCE, PhraseFamily.MINOR}
    assert by_family["insurance"].field == "insurance_from_month"
    assert "不能招 16、17 岁" in by_family["minor"].advice
    loose = JobPostingFactory(employer=employer, draft=True, social_insurance=Insurance.NEGOTIABLE)
    postings.submit(posting=loose, by=owner)
    assert loose.flags.get().field == "social_insurance"


def test_pay_far_above_that_of_the_trade_is_flagged(employer: Employer, owner: User) -> None:
    for _ in range(flags.ENOUGH):
        JobPostingFactory(employer=employer, base_pay_min=5000)
    flags.usual_pays.clear()
    lure = JobPostingFactory(employer=employer, draft=True, base_pay_min=15_001, base_pay_max=None)
    fair = JobPostingFactory(employer=employer, draft=True, base_pay_min=15_000, base_pay_max=None)
    for posting in (lure, fair):
        postings.submit(posting=posting, by=owner)
    assert states(lure) == {"工资远高于同工种": "open"}
    assert states(fair) == {}


def test_the_database_keeps_no_number_that_a_text_gives_away(employer: Employer, owner: User) -> None:
    told = JobPostingFactory(employer=employer, draft=True, duties="有事打 13800001111，微信 abc12345")
    postings.submit(posting=told, by=owner)
    assert {flag.family for flag in told.flags.all()} == {"contact"}
    for flag in told.flags.all():
        assert "13800001111" not in f"{flag.text}{flag.excerpt}" and "abc12345" not in f"{flag.text}{flag.excerpt}"


# The stock -----------------------------------------------------------------------------------------------------------


def test_a_new_phrase_finds_its_way_into_the_stock_and_takes_nothing_off(employer: Employer, officer: User) -> None:
    out = JobPostingFactory(employer=employer, requirements="要求自带电脑", updated_at=None)
    paused, review = (
        JobPostingFactory(employer=employer, requirements="自带电脑", **{state: True}) for state in ("paused", "review")
    )
    draft, gone = (
        JobPostingFactory(employer=employer, requirements="自带电脑", **{state: True})
        for state in ("draft", "archived")
    )
    changed = out.updated_at
    assert flags.rescan() == 3
    assert PostingFlag.objects.count() == 0 and flags.remaining() == 0
    phrase = lexicon.add(by=officer, family="fee", text="自带电脑")
    assert flags.remaining() == 3
    assert [flags.rescan(limit=2), flags.rescan(limit=2), flags.rescan(limit=2)] == [2, 1, 0]
    assert [states(posting) for posting in (out, paused, review)] == [{"自带电脑": "open"}] * 3
    assert not draft.flags.exists() and not gone.flags.exists()
    out.refresh_from_db()
    assert (out.state, out.updated_at) == (S.PUBLISHED, changed)
    lexicon.retire(phrase=phrase, by=officer)
    tasks.rescan()
    assert states(out) == {"自带电脑": "gone"}


def test_a_batch_that_dies_is_done_again(employer: Employer, monkeypatch: pytest.MonkeyPatch) -> None:
    out = JobPostingFactory(employer=employer, requirements="限女")
    with monkeypatch.context() as broken:
        broken.setattr(flags, "_reconcile", lambda *args: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            flags.rescan()
    out.refresh_from_db()
    assert (out.lexicon_version, flags.remaining()) == ("", 1)
    assert flags.rescan() == 1
    assert states(out) == {"限女": "open"}


def test_the_stock_is_found_by_its_index(employer: Employer) -> None:
    JobPostingFactory(employer=employer)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        for rows in flags.stale(version="8"):
            sql, params = rows.values("pk").query.sql_with_params()
            cursor.execute(f"EXPLAIN {sql}", params)
            assert "posting_by_lexicon" in "\n".join(line for (line,) in cursor.fetchall())


def test_a_letter_makes_room_for_others(
    employer: Employer, letters: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    JobPostingFactory.create_batch(2, employer=employer)
    monkeypatch.setattr(tasks, "SECONDS_PER_LETTER", -1)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.rescan()
    assert ("employers.tasks.rescan", {}) in letters


# Pages ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def typing(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def form_of(posting: JobPosting) -> dict[str, Any]:
    from employers.forms import stored_as_typed

    return {**stored_as_typed(posting), "then": "submit"}


def test_the_employer_reads_at_the_field_what_is_wrong_before_it_is_handed_in(
    typing: Client, draft: JobPosting
) -> None:
    edit = reverse("employers:posting_edit", args=[draft.pk])
    page = typing.post(edit, form_of(draft), follow=True)
    draft.refresh_from_db()
    assert draft.state == S.DRAFT
    text = page.content.decode()
    assert "还没有提交：有 2 处说法可能违法" in text and "“限女”</strong>可能违法。请删掉。" in text
    assert "限女，入职交200押金。" in text  # nothing that was typed is lost
    assert not draft.flags.exists()
    seen = page.context["flags_seen"]
    typing.post(edit, {**form_of(draft), "flags_seen": seen})
    draft.refresh_from_db()
    assert draft.state == S.REVIEW and draft.flags.count() == 2


def test_mended_words_are_handed_in_at_once(typing: Client, draft: JobPosting) -> None:
    edit = reverse("employers:posting_edit", args=[draft.pk])
    typing.post(edit, form_of(draft))
    typing.post(edit, {**form_of(draft), "requirements": "不限男女，不收押金。"})
    draft.refresh_from_db()
    assert draft.state == S.REVIEW and not draft.flags.exists()


def test_the_preview_and_the_question_before_handing_in_name_the_flags(typing: Client, draft: JobPosting) -> None:
    for url in (
        reverse("employers:posting_preview", args=[draft.pk]),
        reverse("employers:posting_move", args=[draft.pk]) + "?move=submit",
    ):
        assert "有 2 处说法可能违法" in typing.get(url).content.decode()


def test_too_long_a_text_is_said_and_kept(typing: Client, draft: JobPosting) -> None:
    edit = reverse("employers:posting_edit", args=[draft.pk])
    assert 'maxlength="3000"' not in typing.get(edit).content.decode()
    page = typing.post(edit, {**form_of(draft), "duties": "做" * 3001})
    assert "最多写 3000 个字，现在 3001 个字" in page.content.decode() and "做" * 3001 in page.content.decode()


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_officer_settles_all_flags_on_the_page_of_the_posting(desk: Client, draft: JobPosting, owner: User) -> None:
    postings.submit(posting=draft, by=owner)
    first, second = draft.flags.order_by("pk")
    page = reverse("admin:employers_jobposting_change", args=[draft.pk])
    assert "提示：2 处待看" in desk.get(page).content.decode()
    settle = reverse("admin:employers_jobposting_flags", args=[draft.pk])
    answer = {f"verdict-{first.pk}": "dismissed", f"verdict-{second.pk}": "upheld", f"note-{second.pk}": "不能收"}
    text = desk.post(settle, answer, follow=True).content.decode()
    assert "为什么没有问题" in text  # the first lacks its reason, the second is done
    assert set(draft.flags.values_list("state", flat=True)) == {"open", "upheld"}
    desk.post(settle, {**answer, f"note-{first.pk}": "女浴室"}, follow=True)
    assert set(draft.flags.values_list("state", flat=True)) == {"dismissed", "upheld"}
    assert desk.get(settle).status_code == 405


def test_publishing_in_the_list_is_refused_in_words_and_the_flags_stay(desk: Client, employer: Employer) -> None:
    waiting = JobPostingFactory(employer=employer, review=True, requirements="限女")
    url = reverse("admin:employers_jobposting_changelist")
    page = desk.post(url, {"action": "approve", "_selected_action": [waiting.pk]}, follow=True)
    assert "还有 1 处提示没有处理" in page.content.decode()
    waiting.refresh_from_db()
    assert waiting.state == S.REVIEW and states(waiting) == {"限女": "open"}


def test_the_lists_of_flags_and_phrases_stay_cheap(
    desk: Client, employer: Employer, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        flags.check(posting=JobPostingFactory(employer=employer, requirements="限女"))
    JobPostingFactory(employer=employer)
    with django_assert_max_num_queries(8):
        assert desk.get(reverse("admin:employers_postingflag_changelist")).content.decode().count("限女") >= 5
    with django_assert_max_num_queries(11):
        assert (
            "还有 1 个岗位没有按现在的词库检查"
            in desk.get(reverse("admin:employers_phrase_changelist")).content.decode()
        )


def test_an_officer_adds_a_phrase_in_the_admin(desk: Client, officer: User) -> None:
    url = reverse("admin:employers_phrase_add")
    page = desk.post(url, {"family": "gender", "text": "男", "advice": "", "is_active": "on"})
    assert "至少 2 个字" in page.content.decode()
    desk.post(url, {"family": "gender", "text": "男神优先", "advice": "请删掉。", "is_active": "on"})
    phrase = Phrase.objects.get(text="男神优先")
    assert phrase.added_by == officer
    change = reverse("admin:employers_phrase_change", args=[phrase.pk])
    desk.post(change, {"family": "gender", "advice": "改", "text": "别的"})
    phrase.refresh_from_db()
    assert (phrase.text, phrase.advice, phrase.is_active) == ("男神优先", "改", False)
