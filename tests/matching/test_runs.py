"""A match run equals the plain reference, is seen whole or not at all, and survives whatever stops it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from jinba.core.errors import Refused
from labor.matching.actions import runs
from labor.matching.choices import RunState
from labor.matching.engine import rank, rank_workers
from labor.matching.loading import load_workers, unpack_ids, unpack_scores
from labor.matching.models import MatchRun, PostingMatches, WorkerMatches
from labor.matching.tasks import nightly, sweep, work
from labor.workers.choices import JobStatus
from labor.workers.models import Worker


def run_through(**options: Any) -> MatchRun:
    run = runs.start(**options)
    work(run_id=run.pk)
    run.refresh_from_db()
    return run


def test_a_run_gives_what_the_reference_gives(town: Any, letters: Any) -> None:
    postings = [town.posting() for _ in range(70)]
    workers = [town.worker() for _ in range(40)]
    run = run_through(workers_per_block=7)
    assert run.state == RunState.DONE
    assert run.is_current
    snapshot = runs.Snapshot(run)
    rows = list(snapshot.postings.columns.rows())
    people = list(load_workers(Worker.objects.matched(), snapshot.places, run.day).rows())
    for person in people:
        stored = WorkerMatches.objects.get(run=run, worker_id=person.id)
        assert list(zip(unpack_ids(stored.posting_ids), unpack_scores(stored.scores), strict=True)) == rank(
            person, rows
        )
    for row in rows:
        stored = PostingMatches.objects.get(run=run, posting_id=row.id)
        assert list(zip(unpack_ids(stored.worker_ids), unpack_scores(stored.scores), strict=True)) == rank_workers(
            row, people
        )
    assert len(rows) == len(postings)
    assert len(people) == len(workers)
    assert any(rank(person, rows) for person in people)


def test_the_cut_into_blocks_changes_nothing(town: Any, letters: Any) -> None:
    for _ in range(20):
        town.posting()
        town.worker()
    hashes = {run_through(workers_per_block=size).result_hash for size in (1, 6, 100)}
    assert len(hashes) == 1
    assert hashes != {""}


def test_readers_see_the_old_run_until_the_new_one_is_complete(town: Any, letters: Any) -> None:
    for _ in range(4):
        town.posting()
        town.worker()
    first = run_through()
    second = runs.start(workers_per_block=1)
    snapshot = runs.snapshot_of(run_id=second.pk)
    while runs.do_block(snapshot=snapshot):
        assert MatchRun.objects.current() == first
    assert runs.finish(run_id=second.pk)
    assert MatchRun.objects.current() == second
    assert not runs.finish(run_id=second.pk)


def test_a_run_is_not_finished_while_a_block_is_open(town: Any, letters: Any) -> None:
    town.posting()
    town.worker()
    run = runs.start()
    assert not runs.finish(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_a_block_cut_off_half_way_leaves_nothing_and_is_free_again(town: Any, letters: Any) -> None:
    town.posting()
    town.worker()
    run = runs.start()
    snapshot = runs.snapshot_of(run_id=run.pk)

    class Killed(Exception):
        pass

    with pytest.raises(Killed), transaction.atomic():
        runs.do_block(snapshot=snapshot)
        raise Killed
    assert not WorkerMatches.objects.filter(run=run).exists()
    assert runs.do_block(snapshot=snapshot)


def test_a_second_run_at_the_same_time_is_refused(town: Any, letters: Any) -> None:
    runs.start()
    with pytest.raises(Refused, match="已有一次匹配"):
        runs.start()
    assert MatchRun.objects.count() == 1


def test_the_nightly_run_starts_once_a_night(town: Any, letters: Any) -> None:
    nightly()
    work(run_id=MatchRun.objects.get().pk)
    nightly()
    assert MatchRun.objects.get().period == timezone.localdate().isoformat()


def test_a_run_over_nobody_and_nothing_ends(db: None, letters: Any) -> None:
    run = run_through()
    assert run.state == RunState.DONE
    assert (run.workers_count, run.postings_count) == (0, 0)


def test_who_does_not_seek_or_wants_no_recommendation_is_left_out(town: Any, letters: Any) -> None:
    town.posting(education_min=0)
    town.worker(job_status=JobStatus.NOT_NOW)
    town.worker(is_personalised=False)
    seeking = town.worker()
    run = run_through()
    assert list(WorkerMatches.objects.filter(run=run).values_list("worker_id", flat=True)) == [seeking.pk]


def test_starting_posts_letters_and_the_sweep_posts_again_for_free_blocks(
    town: Any, letters: Any, django_capture_on_commit_callbacks: Any
) -> None:
    town.worker()
    with django_capture_on_commit_callbacks(execute=True):
        run = runs.start()
    assert letters == [("labor.matching.tasks.work", {"run_id": run.pk})] * runs.HANDS
    letters.clear()
    MatchRun.objects.update(started_at=timezone.now() - timedelta(minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        sweep()
    assert ("labor.matching.tasks.work", {"run_id": run.pk}) in letters


def test_only_the_last_runs_keep_their_lists(town: Any, letters: Any) -> None:
    town.posting()
    town.worker()
    kept = [run_through() for _ in range(4)]
    assert set(WorkerMatches.objects.values_list("run_id", flat=True)) == {run.pk for run in kept[-runs.KEPT_RUNS :]}


def test_the_database_holds_one_current_run(town: Any, letters: Any) -> None:
    run_through()
    run_through()
    assert MatchRun.objects.filter(is_current=True).count() == 1


def test_a_run_that_never_ends_is_given_up_so_that_another_can_start(town: Any, letters: Any) -> None:
    town.worker()
    stuck = runs.start()
    assert runs.call_hands(patience=timedelta(0)) == 1
    MatchRun.objects.update(started_at=timezone.now() - runs.GIVEN_UP_AFTER - timedelta(minutes=1))
    assert runs.call_hands() == 0
    stuck.refresh_from_db()
    assert stuck.state == RunState.FAILED and "放弃" in stuck.failure
    assert runs.start().state == RunState.RUNNING
