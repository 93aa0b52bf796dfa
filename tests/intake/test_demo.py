import io
import itertools
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from employers import posting_rules, uscc
from employers.choices import EmployerState, Engagement, Origin, PostingState
from employers.models import Employer, JobPosting, PostingSkill, today
from jinba.accounts.choices import Role
from jinba.accounts.models import User
from jinba.core.phones import normalise_phone
from jinba.notices.models import Notice
from jinba.reference.models import Region, Trade
from jinba.reference.trades import read_trades
from labor.applications.choices import HIRED, LIVE, Stage
from labor.applications.models import Application
from labor.applications.moves import MOVES
from labor.demo import broadcasting, interviewing, people, seeding, story, texts
from labor.demo.offers import credit_code
from labor.interviews.choices import SeatKind, State
from labor.interviews.links import link_path
from labor.interviews.models import Booth, Interview
from labor.live import gates
from labor.live.actions import airing
from labor.live.choices import State as LiveState
from labor.live.models import LiveSession
from labor.matching.models import MatchRun, WorkerMatches
from labor.workers.choices import GroupKind
from labor.workers.models import Worker, WorkerGroup, WorkerSkill

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_var(settings, tmp_path, letters):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def demo():
    return seeding.seed(workers=250, postings=80, seed=1)


def run(*arguments: str, **options) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_the_demo_has_what_was_asked_for(demo):
    assert (demo.workers, demo.postings) == (253, 80)
    assert Worker.objects.count() == 253
    assert JobPosting.objects.count() == 80
    assert demo.applications == Application.objects.count() >= 40
    assert WorkerSkill.objects.filter(worker__isnull=False).count() > 250


def test_every_published_posting_of_the_demo_passes_the_rules_of_publication(demo):
    for posting in JobPosting.objects.select_related("trade", "zone", "region"):
        problems = posting_rules.problems(posting, today=min(today(), posting.valid_until))
        assert problems == {}, (posting.title, problems)


def test_people_come_from_townships_of_bazhong_and_have_sound_fields(demo):
    townships = set(Region.objects.filter(code__startswith="5119", level="township").values_list("code", flat=True))
    trades = set(Trade.objects.values_list("code", flat=True))
    for worker in Worker.objects.all():
        assert worker.home_id in townships
        assert worker.age_on(today()) + 2 >= 18
        assert set(worker.trades) <= trades
        assert normalise_phone(worker.phone) == worker.phone
        worker.clean_fields(exclude=["group", "user", "home", "registered_by", "phone", "phone_index"])
    assert Worker.objects.with_phone("19990000005").count() == 1


def test_couples_are_two_who_share_a_group_and_a_county(demo):
    couples = WorkerGroup.objects.filter(kind=GroupKind.COUPLE)
    assert couples.count() >= 5
    for couple in couples:
        homes = list(couple.workers.values_list("home_id", flat=True))
        assert len(homes) == 2 and len({code[:6] for code in homes}) == 1


def test_firms_are_made_up_in_both_cities_with_sound_codes_of_no_region(demo):
    firms = list(Employer.objects.all())
    assert {firm.origin for firm in firms} == {Origin.DEMO}
    assert {firm.region_id[:4] for firm in firms} == {"3307", "5119"}
    assert all(uscc.is_valid(firm.uscc) and uscc.organisation_code_fits(firm.uscc) for firm in firms)
    assert all(firm.uscc[4:8] == "9999" and not Region.objects.filter(pk=firm.uscc[2:8]).exists() for firm in firms)
    assert {EmployerState.VERIFIED, EmployerState.SUBMITTED} == {firm.state for firm in firms}


def test_credit_codes_are_sound_for_any_number():
    assert all(uscc.is_valid(credit_code("east", number)) for number in range(0, 5000, 7))


def test_parks_of_bazhong_and_flexible_talent_are_among_the_postings(demo):
    assert JobPosting.objects.filter(zone__side="west").exists()
    assert JobPosting.objects.exclude(engagement=Engagement.REGULAR).exists()
    assert JobPosting.objects.open().count() > 40
    assert JobPosting.objects.expired().exists() or JobPosting.objects.filter(state=PostingState.REVIEW).exists()
    assert PostingSkill.objects.exists()


def test_histories_follow_the_allowed_moves_and_hires_fit_the_headcount(demo):
    stages = set()
    for application in Application.objects.prefetch_related("events"):
        path = [event.to_stage for event in application.events.all()]
        assert path[0] == Stage.APPLIED and path[-1] == application.stage
        assert all((Stage(a), Stage(b)) in MOVES for a, b in itertools.pairwise(path))
        stages.add(application.stage)
    assert len(stages) >= 6
    assert not JobPosting.objects.filter(filled__gt=F("headcount")).exists()
    for posting in JobPosting.objects.all():
        assert posting.filled == posting.applications.filter(stage__in=HIRED).count()


def test_every_path_of_the_story_is_made_of_allowed_moves():
    for stage, path in story.PATHS.items():
        steps = (Stage.APPLIED, *path)
        assert steps[-1] == stage
        assert all(pair in MOVES for pair in itertools.pairwise(steps))


def test_there_is_a_user_for_every_role_and_two_people_on_one_phone(demo):
    assert {user.role for user in User.objects.all()} == set(Role)
    assert User.objects.with_phone("19900000006").count() == 2
    assert User.objects.get(username="demo-owner").membership.employer.is_trusted
    worker = User.objects.get(username="demo-worker").worker
    assert worker.applications.filter(stage__in=LIVE).count() == 3
    assert Notice.objects.of(worker.user).unread().count() == 4


def test_passwords_are_made_up_for_this_machine_and_told_by_the_command(demo, settings):
    told = run("demo_accounts")
    password = story.kept_passwords()["demo-admin"]
    assert password in told and "19900000005" in told and "sms.log" in told
    assert User.objects.get(username="demo-admin").check_password(password)
    assert (settings.VAR_DIR / "demo-accounts.json").stat().st_mode & 0o077 == 0


def test_without_a_demo_there_are_no_accounts_to_tell_of():
    with pytest.raises(CommandError, match="seed_demo"):
        run("demo_accounts")


def test_the_command_seeds_once_and_adds_only_when_told(demo):
    assert "没有改动" in run("seed_demo", workers=10, postings=2)
    assert Worker.objects.count() == 253
    run("seed_demo", workers=30, postings=10, seed=2, add=True, no_match=True)
    assert Worker.objects.count() == 283
    assert JobPosting.objects.count() == 90


def test_after_seeding_people_are_matched():
    assert "匹配完成" in run("seed_demo", workers=120, postings=40)
    assert MatchRun.objects.filter(is_current=True).count() == 1
    assert WorkerMatches.objects.count() >= 100


def facts() -> list[tuple]:
    jobs = JobPosting.objects.order_by("id").values_list(
        "title", "base_pay_min", "shift", "valid_until", "employer__name"
    )
    who = Worker.objects.order_by("id").values_list("name", "home_id", "trades", "min_pay", "birth_date", "phone_index")
    return [*map(str, jobs), *map(str, who), *Application.objects.order_by("id").values_list("stage", flat=True)]


def test_the_same_seed_makes_the_same_demo_and_another_seed_another():

    class Undo(Exception):
        pass

    made = []
    for seed in (7, 7, 8):
        with pytest.raises(Undo), transaction.atomic():
            seeding.seed(workers=60, postings=20, seed=seed)
            made.append(facts())
            raise Undo
    assert made[0] == made[1] != made[2]


def test_more_people_take_no_more_queries_for_each(django_assert_max_num_queries):
    seeding.seed(workers=1, postings=2, seed=1)
    population = people.Population(seed=3, first_phone=5000)
    with django_assert_max_num_queries(8):
        population.write(3000)


def test_codes_of_groups_never_meet():
    population = people.Population.__new__(people.Population)
    assert len({population._code(number) for number in range(20_000)}) == 20_000


def test_jobs_and_industries_point_to_trades_that_exist():
    known = {row.code for row in read_trades()}
    assert set(texts.jobs()) <= known
    assert all(trade in texts.jobs() for industry in texts.industries() for trade in industry.trades)
    assert all(talent.trade in known for talent in texts.flexible())


def test_nothing_is_left_of_a_demo_that_broke(monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError("the power went off")

    monkeypatch.setattr(story.Story, "write", breaks)
    with pytest.raises(RuntimeError):
        seeding.seed(workers=20, postings=10, seed=1)
    assert not Worker.objects.exists()
    assert not seeding.is_there()


def test_nobody_of_the_demo_is_called_up_in_the_past(demo):
    assert not JobPosting.objects.filter(start_by__lt=today(), state=PostingState.PUBLISHED).exists()
    assert not Worker.objects.filter(available_from__gt=today() + timedelta(days=41)).exists()


# Interviews ----------------------------------------------------------------------------------------------------------


def test_the_firm_of_the_demo_has_held_interviews_and_some_are_coming(demo):
    assert Booth.objects.count() == 2
    done, coming = Interview.objects.filter(state=State.DONE), Interview.objects.filter(state=State.CONFIRMED)
    assert done.count() >= 1 and coming.count() >= 1
    assert all(one.scorecard.handed_in_at for one in done)
    assert all(one.seats.valid().count() == 2 and one.reminders.exists() for one in coming)
    scheduled = Application.objects.filter(stage=Stage.INTERVIEW_SCHEDULED)
    assert scheduled.count() == coming.count()  # nobody is "约面" without an interview


def test_one_interview_can_be_tried_at_once_and_is_renewed_when_it_is_over(demo):
    told = run("demo_accounts")
    interview = interviewing.ready_to_try()
    assert interview.is_on(timezone.now())
    assert f"/rooms/{interview.pk}/" in told
    assert link_path(interview.seats.get(kind=SeatKind.WORKER)) in told
    assert run("demo_accounts") == told  # asked again it is the same one
    earlier = timezone.now() - timedelta(days=1)
    Interview.objects.filter(pk=interview.pk).update(
        starts_at=earlier, ends_at=earlier + timedelta(minutes=interviewing.TRIAL_MINUTES)
    )
    other = interviewing.ready_to_try()
    assert other.pk != interview.pk and other.is_on(timezone.now())


def test_one_live_session_can_go_on_air_at_once_and_is_renewed_when_its_time_is_over(demo):
    told = run("demo_accounts")
    session = broadcasting.ready_to_try()
    assert f"/studio/{session.pk}/console/" in told and f"/live/{session.pk}/" in told
    assert run("demo_accounts") == told
    with transaction.atomic():
        assert airing.go_live(session=session, by=session.made_by).state == LiveState.LIVE
        transaction.set_rollback(True)
    earlier = timezone.now() - timedelta(days=1)
    LiveSession.objects.filter(pk=session.pk).update(starts_at=earlier, ends_at=earlier + timedelta(hours=1))
    other = broadcasting.ready_to_try()
    assert other.pk != session.pk and gates.problems(other) == []


def test_the_zone_of_the_demo_announces_a_session_with_rooms_for_couples(demo):
    session = LiveSession.objects.get(host=None)
    assert session.state == LiveState.ANNOUNCED and session.studio_time.studio.name == "一号直播间"
    assert session.cards.count() and all(card.posting.couple_rooms for card in session.cards.all())
