"""Two profiles of one person become one: what moves, what stays, who hears of it, and who is refused."""

import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from employers.models import JobPosting
from jinba.core.errors import Refused
from jinba.core.resident_id import index
from jinba.notices.models import Notice
from jinba.privacy.choices import Purpose
from jinba.privacy.fields import PHONE as PHONE_FIELD
from labor.applications import actions as applications
from labor.applications.actions import merging
from labor.applications.choices import CloseReason, Stage
from labor.applications.models import Application, ApplicationEvent, CompanionAsk, GroupApplication, PostingInvitation
from labor.workers import acting
from labor.workers import actions as workers
from labor.workers.actions import duplicates
from labor.workers.choices import ActKind, DelegationEnd, DelegationMethod, GroupKind, PairReason, PairState
from labor.workers.models import Consent, Delegation, DelegationRequest, DuplicatePair, MergeRecord, Worker, WorkerAct
from tests.concurrency.crowd import crowd
from tests.factories.accounts import UserFactory
from tests.factories.applications import ApplicationFactory, PostingInvitationFactory
from tests.factories.employers import JobPostingFactory
from tests.factories.rosters import identity
from tests.factories.workers import WorkerFactory, WorkerGroupFactory, WorkerSkillFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters")]
PHONE = "13700000077"


@pytest.fixture
def admin() -> Any:
    return UserFactory(admin=True)


def twins(**fields: Any) -> tuple[Worker, Worker, DuplicatePair]:
    """The elder, the younger, and their pair; `fields` of the younger."""
    one = WorkerFactory(name="苟建国", phone=PHONE)
    other = WorkerFactory(**{"name": "苟健国", "phone": PHONE} | fields)
    return one, other, DuplicatePair.objects.create(first=one, second=other, reason=PairReason.PHONE)


def merge(pair: DuplicatePair, kept: Worker, by: Any, **fields: Any) -> MergeRecord:
    return applications.merge(pair=pair, kept=kept, by=by, **{"reason": "电话问过本人"} | fields)


def entrust(worker: Worker, helper: Any, **fields: Any) -> Delegation:
    return Delegation.objects.create(
        worker=worker, helper=helper, text="字", version=1, recorded_by=helper, method=DelegationMethod.PAPER,
        **{"ends_on": timezone.localdate() + timedelta(days=30)} | fields,
    )  # fmt: skip


def test_the_other_profile_stays_and_says_where_it_went(admin: Any) -> None:
    one, other, pair = twins()
    record = merge(pair, one, admin)
    other.refresh_from_db()
    pair.refresh_from_db()
    assert (other.is_active, other.merged_into, other.name, other.phone) == (False, one, "苟健国", PHONE)
    assert (pair.state, pair.settled_by, pair.note) == (PairState.MERGED, admin, "电话问过本人")
    assert (record.kept, record.gone, record.by, record.taken) == (one, other, admin, [])
    assert Worker.objects.active().get() == one


def test_fields_are_taken_as_chosen_and_the_old_ones_are_kept_in_cipher(admin: Any) -> None:
    number = identity(7)
    one, _, pair = twins(
        education=3, min_pay=6000, certificates=[2], answered=["pay"], village="千佛村", birth_date=date(1990, 5, 6),
        resident_id=number, resident_id_index=index(number), resident_id_last4=number[-4:],
    )  # fmt: skip
    Worker.objects.filter(pk=one.pk).update(certificates=[1], min_pay=4000, village="老村")
    record = merge(pair, one, admin, taken=["name", "resident_id", "birth_date", "min_pay", "home"])
    one.refresh_from_db()
    assert (one.name, one.resident_id, one.birth_date, one.min_pay, one.village, one.education) == (
        "苟健国", number, date(1990, 5, 6), 6000, "千佛村", 0,
    )  # fmt: skip
    assert (one.certificates, one.answered, one.user.name) == ([1, 2], ["pay"], "苟健国")
    before = json.loads(record.before)
    assert (before["name"], before["min_pay"], before["village"], before["phone"]) == ("苟建国", 4000, "老村", PHONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT before FROM workers_mergerecord")
        assert PHONE.encode() not in bytes(cursor.fetchone()[0])


def test_applications_move_with_their_events(admin: Any) -> None:
    one, other, pair = twins()
    mine, theirs = ApplicationFactory(worker=one), ApplicationFactory(worker=other, stage=Stage.INTERVIEWED)
    events = list(ApplicationEvent.objects.order_by("pk").values_list("pk", "application_id"))
    record = merge(pair, one, admin)
    assert set(Application.objects.values_list("pk", "worker", "stage")) == {
        (mine.pk, one.pk, Stage.APPLIED), (theirs.pk, one.pk, Stage.INTERVIEWED),
    }  # fmt: skip
    assert list(ApplicationEvent.objects.order_by("pk").values_list("pk", "application_id")) == events
    assert record.moved["applications"] == [theirs.pk] and record.moved["ended"] == []


@pytest.mark.parametrize("further", ["kept", "gone"])
def test_of_two_running_applications_to_one_posting_the_further_one_stays(admin: Any, further: str) -> None:
    one, other, pair = twins()
    posting = JobPostingFactory()
    ahead = ApplicationFactory(worker=one if further == "kept" else other, posting=posting, stage=Stage.OFFERED)
    behind = ApplicationFactory(worker=other if further == "kept" else one, posting=posting, stage=Stage.SHORTLISTED)
    merge(pair, one, admin)
    ahead.refresh_from_db()
    behind.refresh_from_db()
    assert (ahead.worker, ahead.stage) == (one, Stage.OFFERED)
    assert (behind.worker, behind.stage, behind.close_reason) == (one, Stage.WITHDRAWN, CloseReason.DUPLICATE)
    assert behind.events.last().to_stage == Stage.WITHDRAWN and behind.events.last().by == admin


def test_a_hire_on_one_profile_ends_what_runs_on_the_other_and_keeps_its_seat(admin: Any) -> None:
    one, other, pair = twins()
    posting = JobPostingFactory(headcount=3)
    hire = ApplicationFactory(worker=other, posting=posting, stage=Stage.ACCEPTED)
    JobPosting.objects.filter(pk=posting.pk).update(filled=1)
    ApplicationFactory(worker=one, posting=posting, stage=Stage.APPLIED)
    elsewhere = ApplicationFactory(worker=one, stage=Stage.OFFERED)
    merge(pair, one, admin)
    hire.refresh_from_db()
    elsewhere.refresh_from_db()
    posting.refresh_from_db()
    assert (hire.worker, hire.stage, posting.filled) == (one, Stage.ACCEPTED, 1)
    assert (elsewhere.stage, elsewhere.resumes_as) == (Stage.OBSOLETE, Stage.OFFERED)


@pytest.mark.parametrize(
    ("stages", "is_same"),
    [((Stage.ACCEPTED, Stage.ACCEPTED), True), ((Stage.ACCEPTED, Stage.ACCEPTED), False),
     ((Stage.ONBOARDED, Stage.ACCEPTED), True)],
)  # fmt: skip
def test_two_hires_have_to_be_solved_first(admin: Any, stages: tuple[str, str], is_same: bool) -> None:
    one, other, pair = twins()
    posting = JobPostingFactory()
    ApplicationFactory(worker=one, posting=posting, stage=stages[0])
    ApplicationFactory(worker=other, posting=posting if is_same else JobPostingFactory(), stage=stages[1])
    with pytest.raises(Refused, match="名额会算错"):
        merge(pair, one, admin)
    assert Worker.objects.active().count() == 2 and not MergeRecord.objects.exists()


def test_arrived_here_and_accepted_there_is_one_working_life(admin: Any) -> None:
    one, other, pair = twins()
    ApplicationFactory(worker=one, stage=Stage.ONBOARDED)
    ApplicationFactory(worker=other, stage=Stage.ACCEPTED)
    merge(pair, one, admin)
    assert set(one.applications.values_list("stage", flat=True)) == {Stage.ONBOARDED, Stage.ACCEPTED}


def test_skills_keep_the_higher_level(admin: Any) -> None:
    one, other, pair = twins()
    both = WorkerSkillFactory(worker=one, level=1).skill
    WorkerSkillFactory(worker=other, skill=both, level=3)
    new = WorkerSkillFactory(worker=other, level=2).skill
    mine = WorkerSkillFactory(worker=one, level=2).skill
    merge(pair, one, admin)
    assert dict(one.skills.values_list("skill", "level")) == {both.pk: 3, new.pk: 2, mine.pk: 2}
    assert dict(other.skills.values_list("skill", "level")) == {both.pk: 3, new.pk: 2}


def test_a_group_is_taken_over_by_who_has_none(admin: Any) -> None:
    one, other, pair = twins(group=WorkerGroupFactory())
    group = other.group
    merge(pair, one, admin)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.group, other.group) == (group, None)


def test_invitations_and_questions_move_and_a_refusal_counts_for_both(admin: Any) -> None:
    one, other, pair = twins()
    now = timezone.now()
    both = PostingInvitationFactory(worker=one)
    PostingInvitationFactory(worker=other, posting=both.posting, declined_at=now)
    alone = PostingInvitationFactory(worker=other)
    together = GroupApplication.objects.create(posting=both.posting, kind=GroupKind.COUPLE, people=2, applied_by=admin)
    ask = CompanionAsk.objects.create(together=together, worker=other)
    merge(pair, one, admin)
    both.refresh_from_db()
    alone.refresh_from_db()
    ask.refresh_from_db()
    assert (both.declined_at, alone.worker, ask.worker) == (now, one, one)
    assert PostingInvitation.objects.filter(worker=other).count() == 1


def test_consents_move_unless_they_stand_or_were_taken_back_later(admin: Any) -> None:
    one, other, pair = twins()
    now = timezone.now()

    def agreed(worker: Worker, recipient: str, **fields: Any) -> Consent:
        return Consent.objects.create(
            worker=worker, purpose="apply", recipient=recipient, version=1, text="字", text_digest="0", **fields
        )

    moves, stands, gone_back = agreed(other, "甲厂"), agreed(other, "乙厂"), agreed(other, "丙厂")
    agreed(one, "乙厂")
    agreed(one, "丙厂", withdrawn_at=now + timedelta(seconds=1), withdrawn_by=admin)
    merge(pair, one, admin)
    found = dict(Consent.objects.filter(pk__in=[moves.pk, stands.pk, gone_back.pk]).values_list("pk", "worker"))
    assert found == {moves.pk: one.pk, stands.pk: other.pk, gone_back.pk: other.pk}


def test_delegations_end_as_merged_and_go_on_in_the_same_words(admin: Any) -> None:
    one, other, pair = twins()
    mine, theirs, over = UserFactory(broker=True), UserFactory(broker=True), UserFactory(broker=True)
    entrust(one, mine)
    for helper in (mine, theirs):
        entrust(other, helper)
    entrust(other, over, ends_on=timezone.localdate() - timedelta(days=1))
    merge(pair, one, admin)
    assert set(Delegation.objects.live().values_list("worker", "helper")) == {
        (one.pk, mine.pk), (one.pk, theirs.pk),
    }  # fmt: skip
    assert set(Delegation.objects.filter(worker=other).values_list("end_reason", flat=True)) == {DelegationEnd.MERGED}
    assert Worker.objects.seen_by(theirs).get() == one


@pytest.mark.parametrize("stays", ["claimed", "unclaimed"])
def test_what_was_agreed_to_without_the_account_is_asked_again(admin: Any, stays: str) -> None:
    one, other, pair = twins(unclaimed=True)
    stranger, own = UserFactory(broker=True), UserFactory(broker=True)
    unasked = entrust(other, stranger)
    entrust(one, own)
    kept = one if stays == "claimed" else other
    merge(pair, kept, admin)
    unasked.refresh_from_db()
    assert unasked.ended_at is not None
    assert list(Delegation.objects.live().values_list("worker", "helper")) == [(kept.pk, own.pk)]
    request = DelegationRequest.objects.waiting().get(helper=stranger)
    assert (request.worker, request.is_going_on) == (kept, True)
    assert not Worker.objects.seen_by(stranger).exists()


def test_requests_for_delegations_go_to_who_stays(admin: Any) -> None:
    one, other, pair = twins()
    helper, known = UserFactory(broker=True), UserFactory(broker=True)
    entrust(one, known)
    for who in (helper, known):
        DelegationRequest.objects.create(worker=other, helper=who, ends_on=timezone.localdate())
    merge(pair, one, admin)
    assert DelegationRequest.objects.waiting().get().worker == one


def test_of_two_accounts_the_kept_one_stays_and_both_are_told(admin: Any) -> None:
    one, other, pair = twins()
    record = merge(pair, one, admin)
    one.refresh_from_db()
    other.user.refresh_from_db()
    assert (one.user.is_active, other.user.is_active) == (True, False)
    assert set(Notice.objects.filter(kind="profiles_merged").values_list("recipient", flat=True)) == {
        one.user.pk, other.user.pk,
    }  # fmt: skip
    assert record.moved["stopped_user"] == other.user.pk


def test_the_only_account_goes_to_who_stays(admin: Any) -> None:
    one, other, pair = twins(unclaimed=True)
    user = one.user
    merge(pair, other, admin)
    other.refresh_from_db()
    user.refresh_from_db()
    assert other.user == user and user.is_active


def test_recommendations_stay_off_for_who_switched_them_off_once(admin: Any) -> None:
    one, _, pair = twins(is_personalised=False)
    merge(pair, one, admin)
    one.refresh_from_db()
    assert not one.is_personalised


def test_what_the_other_resembled_is_now_compared_with_who_stays(admin: Any) -> None:
    one, other, pair = twins()
    third = WorkerFactory()
    DuplicatePair.objects.create(first=other, second=third, reason=PairReason.PHONE)
    merge(pair, one, admin)
    assert list(DuplicatePair.objects.open().values_list("first", "second")) == [(one.pk, third.pk)]


def test_merging_twice_is_merging_once(admin: Any) -> None:
    one, other, pair = twins()
    assert merge(pair, one, admin).pk == merge(pair, other, admin).pk
    assert MergeRecord.objects.count() == 1


def test_both_are_matched_again(admin: Any, letters: Any, django_capture_on_commit_callbacks: Any) -> None:
    one, other, pair = twins()
    with django_capture_on_commit_callbacks(execute=True):
        merge(pair, one, admin)
    matched = {kwargs["worker_id"] for task, kwargs in letters if task.endswith("match_worker")}
    assert matched == {one.pk, other.pk}


def test_park_staff_merge_their_own_people_and_it_is_written_down() -> None:
    one, other, pair = twins()
    park = UserFactory(park=True)
    entrust(one, park)
    with pytest.raises(Refused, match="不归您处理"):
        merge(pair, one, park)
    entrust(other, park)
    merge(pair, one, park)
    assert WorkerAct.objects.get(by=park).worker == one


@pytest.mark.parametrize("role", ["broker", "officer", "employer"])
def test_others_may_not_merge(role: str) -> None:
    one, other, pair = twins()
    by = UserFactory(**{role: True})
    by.groups.clear()
    if role == "broker":
        entrust(one, by)
        entrust(other, by)
    for deed in (lambda: merge(pair, one, by), lambda: duplicates.different(pair=pair, by=by)):
        with pytest.raises(Refused, match="不归您处理"):
            deed()


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"reason": " "}, "凭什么"), ({"reason": "字" * 201}, "200 个字"), ({"taken": ["is_active"]}, "没有这一项")],
)
def test_a_merge_has_to_say_all(admin: Any, fields: dict[str, Any], words: str) -> None:
    one, _, pair = twins()
    with pytest.raises(Refused, match=words):
        merge(pair, one, admin, **fields)


def test_a_number_in_the_reason_is_masked(admin: Any) -> None:
    one, _, pair = twins()
    assert merge(pair, one, admin, reason="打过 13912345678").reason == "打过 139****5678"
    pair.refresh_from_db()
    assert "13912345678" not in pair.note


def test_a_third_profile_cannot_be_kept(admin: Any) -> None:
    _, _, pair = twins()
    with pytest.raises(Refused, match="留下哪一份"):
        merge(pair, WorkerFactory(), admin)


def test_two_identity_numbers_are_two_people(admin: Any) -> None:
    one, _, pair = twins(resident_id=identity(1), resident_id_index=index(identity(1)))
    Worker.objects.filter(pk=one.pk).update(resident_id_index=index(identity(2)))
    with pytest.raises(Refused, match="身份证号不一样"):
        merge(pair, one, admin)


def test_a_stopped_profile_cannot_be_merged(admin: Any) -> None:
    one, other, pair = twins()
    Worker.objects.filter(pk=other.pk).update(is_active=False)
    with pytest.raises(Refused, match="已经停用"):
        merge(pair, one, admin)


def test_places_wanted_by_one_and_refused_by_the_other_cannot_be_mixed(admin: Any) -> None:
    """They are taken together, so nothing contradicts itself."""
    one, _, pair = twins(places=["3307"], refused_places=[])
    Worker.objects.filter(pk=one.pk).update(refused_places=["3307"])
    merge(pair, one, admin, taken=["places"])
    one.refresh_from_db()
    assert (one.places, one.refused_places) == (["3307"], [])


def test_a_pair_of_two_people_stays_so(admin: Any) -> None:
    one, _, pair = twins()
    for _ in range(2):
        duplicates.different(pair=pair, by=admin, note="是兄弟")
    with pytest.raises(Refused, match="两个人"):
        merge(pair, one, admin)
    pair.refresh_from_db()
    assert (pair.state, pair.note) == (PairState.DIFFERENT, "是兄弟")


def test_a_merged_pair_cannot_be_called_two_people(admin: Any) -> None:
    one, _, pair = twins()
    merge(pair, one, admin)
    with pytest.raises(Refused, match="已经合并"):
        duplicates.different(pair=pair, by=admin)


def test_who_helped_and_who_looked_on_merged_profiles_is_told_on_the_one_that_stays(admin: Any) -> None:
    """Also by way of a third: the younger went into the elder, who went into the eldest."""
    broker = UserFactory(broker=True, name="王经纪")
    one, other, pair = twins(user=None)
    last = WorkerFactory(name="苟建国", phone=PHONE)
    delegation = entrust(other, broker)
    acting.record(worker=other, by=broker, delegation=delegation, kind=ActKind.ANSWER, note="在旧资料上改了工资")
    workers.reveal(worker=other, by=admin, fields=[PHONE_FIELD], purpose=Purpose.CONTACT, reason="核对旧资料")
    merge(pair, one, admin)
    merge(DuplicatePair.objects.create(first=one, second=last, reason=PairReason.PHONE), last, admin)
    last.refresh_from_db()
    assert [row.pk for row in last.former()] == [one.pk, other.pk]
    client = Client()
    client.force_login(last.user)
    helpers, seen = (client.get(reverse(f"workers:{name}")).content.decode() for name in ("helpers", "seen"))
    assert "在旧资料上改了工资" in helpers and "资料合并" in helpers
    assert "核对旧资料" in seen
    copied = client.post(reverse("consents:copy"))
    with zipfile.ZipFile(io.BytesIO(copied.content)) as archive:
        assert "在旧资料上改了工资" in archive.read("data.json").decode()
    client.force_login(WorkerFactory().user)
    assert "在旧资料上改了工资" not in client.get(reverse("workers:helpers")).content.decode()


def test_a_merge_is_history(admin: Any) -> None:
    one, _, pair = twins()
    record = merge(pair, one, admin)
    with pytest.raises(IntegrityError, match="only added"):
        MergeRecord.objects.filter(pk=record.pk).update(reason="别的")


def test_whatever_points_to_a_worker_is_thought_of() -> None:
    """A new relation to Worker has to be moved, or left on purpose: then name it here."""
    moved = {Application, PostingInvitation, CompanionAsk, Consent, Delegation, DelegationRequest}
    apart = {"WorkerSkill", "WorkerAct", "MergeRecord", "Worker", "WalkIn"}  # merged, kept as they were
    for relation in Worker._meta.related_objects:
        model = relation.related_model
        assert model in moved or model.__name__ in apart or model.__name__.endswith("Version"), model


# Races ----------------------------------------------------------------------------------------------------------------


def race(admin: Any, rounds: int) -> list[Any]:
    """Somebody applies on the profile that is merged away at the same moment."""
    posting = JobPostingFactory(headcount=rounds)
    turns = []
    for number in range(rounds):
        one = WorkerFactory(name="苟建国", phone=f"137000{number:05d}")
        other = WorkerFactory(name="苟健国", phone=f"137000{number:05d}")
        pair = DuplicatePair.objects.create(first=one, second=other, reason=PairReason.PHONE)
        turns += [(merge, (pair, one, admin)), (apply, (other, posting))]
    return crowd(lambda turn: turn[0](*turn[1]), turns, people=4)


def apply(worker: Worker, posting: JobPosting) -> Application:
    return applications.apply(worker=worker, posting=posting, by=worker.user)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_no_application_is_left_on_a_profile_that_is_gone(admin: Any) -> None:
    answers = race(admin, 12)
    assert [one for one in answers if isinstance(one, Exception) and not isinstance(one, Refused)] == []
    assert not Application.objects.filter(worker__is_active=False).exists()
    assert MergeRecord.objects.count() > 3


def one_comes_meanwhile(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge during which somebody applies, just before the workers are locked."""
    one, other, pair = twins()
    posting, lock = JobPostingFactory(), merging.locked

    def late(rows: Any, **options: Any) -> Any:
        if rows.model is Worker:
            crowd(lambda worker: apply(worker, posting), [other], people=1)
        return lock(rows, **options)

    with monkeypatch.context() as patch:
        patch.setattr(merging, "locked", late)
        merge(pair, one, admin)


@pytest.mark.django_db(transaction=True)
def test_an_application_that_comes_meanwhile_is_noticed(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refused, match="再点一次"):
        one_comes_meanwhile(admin, monkeypatch)
    assert Worker.objects.active().count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_last_look_it_is_left_behind(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: who does not look again behind the worker's lock misses what came meanwhile."""
    monkeypatch.setattr(merging, "_look_again", lambda applications, rows: None)
    one_comes_meanwhile(admin, monkeypatch)
    assert Application.objects.filter(worker__is_active=False).count() == 1
