"""A change matched at once leaves the same lists as a whole run over the changed market."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from employers.choices import PostingState
from employers.models import JobPosting
from labor.matching.actions import changes, runs
from labor.matching.loading import unpack_ids, unpack_scores
from labor.matching.models import MatchRun, PostingMatches, WorkerMatches
from labor.matching.tasks import work
from labor.workers.models import Worker


def lists_of(run: MatchRun) -> tuple[dict[int, Any], dict[int, Any]]:
    workers = {
        row.worker_id: (unpack_ids(row.posting_ids), unpack_scores(row.scores))
        for row in WorkerMatches.objects.filter(run=run)
    }
    postings = {
        row.posting_id: (unpack_ids(row.worker_ids), unpack_scores(row.scores))
        for row in PostingMatches.objects.filter(run=run)
    }
    return workers, postings


def fresh_lists() -> tuple[dict[int, Any], dict[int, Any]]:
    run = runs.start()
    work(run_id=run.pk)
    return lists_of(run)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_sequence_of_changes_equals_a_fresh_run(
    town: Any, letters: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    # Short lists, so that people are pushed out of them and come back.
    for module in (changes, runs):
        monkeypatch.setattr(module, "match_block", shortened(module.match_block))
    monkeypatch.setattr(changes, "WORKERS_PER_POSTING", 5)
    monkeypatch.setattr(changes, "POSTINGS_PER_WORKER", 4)
    chance = random.Random(seed)
    town.chance = random.Random(seed)
    postings = [town.posting(education_min=0) for _ in range(12)]
    workers = [town.worker(is_open_to_any=True) for _ in range(12)]
    work(run_id=runs.start().pk)
    for _ in range(15):
        kind = chance.choice(("worker", "posting", "new worker", "new posting", "closed"))
        if kind == "worker":
            worker = chance.choice(workers)
            worker.min_pay, worker.years = chance.randrange(9000), chance.randrange(10)
            worker.is_personalised = chance.random() < 0.8
            worker.save()
            changes.worker_changed(worker_id=worker.pk)
        elif kind == "new worker":
            workers.append(town.worker(is_open_to_any=True))
            changes.worker_changed(worker_id=workers[-1].pk)
        elif kind == "new posting":
            postings.append(town.posting(education_min=0))
            changes.posting_changed(posting_id=postings[-1].pk)
        else:
            posting = chance.choice(postings)
            state = PostingState.PAUSED if kind == "closed" else PostingState.PUBLISHED
            pay = chance.randrange(3000, 9000)
            JobPosting.objects.filter(pk=posting.pk).update(state=state, monthly_min=pay, monthly_max=pay + 1000)
            changes.posting_changed(posting_id=posting.pk)
    changed = lists_of(MatchRun.objects.get(is_current=True))
    assert changed == fresh_lists()
    assert any(ids for ids, _ in changed[0].values())


def shortened(match_block: Any) -> Any:
    return lambda *args, **options: match_block(*args, **{"per_worker": 4, "per_posting": 5} | options)


def test_without_a_run_a_change_does_nothing(town: Any) -> None:
    changes.worker_changed(worker_id=town.worker().pk)
    changes.posting_changed(posting_id=town.posting().pk)
    assert not WorkerMatches.objects.exists()


RECENTLY = timedelta(minutes=1)


def test_a_change_whose_letter_was_lost_is_found_again(town: Any, letters: Any) -> None:
    worker, posting = town.worker(), town.posting()
    work(run_id=runs.start().pk)
    changed_at = timezone.now() - RECENTLY
    Worker.objects.update(updated_at=changed_at)
    JobPosting.objects.update(updated_at=changed_at)
    assert changes.draw_again() == 0
    WorkerMatches.objects.update(computed_at=changed_at - RECENTLY)
    PostingMatches.objects.update(computed_at=changed_at - RECENTLY)
    assert changes.draw_again() == 2
    assert WorkerMatches.objects.get(worker_id=worker.pk).computed_at > changed_at
    assert PostingMatches.objects.get(posting_id=posting.pk).computed_at > changed_at
    assert changes.draw_again() == 0


def made_for_each_other(town: Any) -> tuple[Worker, JobPosting]:
    worker = town.worker(
        trades=[9002], is_open_to_any=True, min_pay=0, places=[], refused_places=[], housing_need=0,
        couple_room_need=0, shifts=[], education=3,
    )  # fmt: skip
    return worker, town.posting(trade_id=9001, shift="day", education_min=0)


def test_a_posting_whose_letter_was_lost_is_found_although_a_worker_moved_in_its_list(town: Any, letters: Any) -> None:
    worker, posting = made_for_each_other(town)
    work(run_id=runs.start().pk)
    letters.clear()
    MatchRun.objects.update(started_at=timezone.now() - timedelta(minutes=3))
    PostingMatches.objects.update(computed_at=timezone.now() - timedelta(minutes=3))
    changed_at = timezone.now() - RECENTLY
    JobPosting.objects.filter(pk=posting.pk).update(updated_at=changed_at)
    before = PostingMatches.objects.get(posting_id=posting.pk).scores
    Worker.objects.filter(pk=worker.pk).update(trades=[9001])
    changes.worker_changed(worker_id=worker.pk)
    assert PostingMatches.objects.get(posting_id=posting.pk).scores != before
    changes.draw_again()
    assert PostingMatches.objects.get(posting_id=posting.pk).computed_at > changed_at


def test_a_worker_whose_letter_was_lost_is_found_although_a_posting_moved_in_his_list(town: Any, letters: Any) -> None:
    worker, posting = made_for_each_other(town)
    work(run_id=runs.start().pk)
    letters.clear()
    MatchRun.objects.update(started_at=timezone.now() - timedelta(minutes=3))
    WorkerMatches.objects.update(computed_at=timezone.now() - timedelta(minutes=3))
    changed_at = timezone.now() - RECENTLY
    Worker.objects.filter(pk=worker.pk).update(updated_at=changed_at)
    changes.posting_changed(posting_id=posting.pk)
    assert unpack_ids(WorkerMatches.objects.get(worker_id=worker.pk).posting_ids) == [posting.pk]
    changes.draw_again()
    assert WorkerMatches.objects.get(worker_id=worker.pk).computed_at > changed_at


def test_what_changed_during_a_run_is_found_by_the_sweep(town: Any, letters: Any) -> None:
    posting, worker = town.posting(education_min=0), town.worker(is_open_to_any=True)
    run = runs.start()
    started, changed = timezone.now() - timedelta(minutes=3), timezone.now() - RECENTLY
    MatchRun.objects.update(started_at=started)
    JobPosting.objects.filter(pk=posting.pk).update(updated_at=changed)
    Worker.objects.filter(pk=worker.pk).update(updated_at=changed)
    work(run_id=run.pk)
    letters.clear()  # those of the run's end got lost
    assert changes.draw_again() == 2


def test_a_change_drawn_at_once_is_not_drawn_again(town: Any, letters: Any) -> None:
    posting, worker = town.posting(education_min=0), town.worker(is_open_to_any=True)
    work(run_id=runs.start().pk)
    changed = timezone.now() - RECENTLY
    JobPosting.objects.filter(pk=posting.pk).update(updated_at=changed)
    Worker.objects.filter(pk=worker.pk).update(updated_at=changed)
    changes.worker_changed(worker_id=worker.pk)
    changes.posting_changed(posting_id=posting.pk)
    assert changes.draw_again() == 0


def test_many_newcomers_at_once_are_matched_by_a_whole_run(
    town: Any, letters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MANY", 3)
    town.posting(education_min=0)
    work(run_id=runs.start().pk)
    newcomers = [town.worker(is_open_to_any=True) for _ in range(3)]
    Worker.objects.update(updated_at=timezone.now() - RECENTLY)
    MatchRun.objects.update(started_at=timezone.now() - timedelta(minutes=3))
    assert changes.draw_again() == 0
    run = MatchRun.objects.running().get()
    assert changes.draw_again() == 0 and MatchRun.objects.running().get() == run  # they wait for its end
    work(run_id=run.pk)
    assert set(WorkerMatches.objects.filter(run=run).values_list("worker_id", flat=True)) >= {
        worker.pk for worker in newcomers
    }
    assert changes.draw_again() == 0 and not MatchRun.objects.running().exists()
