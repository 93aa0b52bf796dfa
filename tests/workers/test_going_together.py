"""Couples and fellow villagers."""

from typing import Any

import pytest

from jinba.core.errors import Refused
from jinba.notices.models import Notice
from labor.workers import actions as workers
from labor.workers.choices import GroupKind
from labor.workers.models import Worker, WorkerGroup
from tests.concurrency.crowd import crowd
from tests.factories.accounts import UserFactory
from tests.factories.workers import WorkerFactory, WorkerGroupFactory

pytestmark = pytest.mark.django_db
Letters = list[tuple[str, dict[str, Any]]]


def start(worker: Worker, kind: str = GroupKind.COUPLE) -> WorkerGroup:
    return workers.start_group(worker=worker, by=worker.user, kind=kind)


def join(worker: Worker, code: str) -> WorkerGroup:
    return workers.join_group(worker=worker, by=worker.user, code=code)


def leave(worker: Worker) -> Worker:
    return workers.leave_group(worker=worker, by=worker.user)


def test_one_starts_and_the_other_joins_by_the_code() -> None:
    wife, husband = WorkerFactory(), WorkerFactory()
    group = start(wife)
    assert len(group.code) == 8
    assert set(group.code) <= set(workers.GROUP_ALPHABET)
    spoken = f" {group.code[:4].lower()} {group.code[4:]} "
    assert join(husband, spoken) == group
    assert set(group.workers.all()) == {wife, husband}


def test_who_waits_is_told_once_with_a_masked_name() -> None:
    wife, husband = WorkerFactory(), WorkerFactory(name="何大明")
    group = start(wife)
    join(husband, group.code)
    join(husband, group.code)
    (notice,) = Notice.objects.all()
    assert notice.recipient == wife.user
    assert "何**" in notice.title
    assert "何大明" not in notice.title


def test_both_are_matched_again(letters: Letters, django_capture_on_commit_callbacks: Any) -> None:
    wife, husband = WorkerFactory(), WorkerFactory()
    with django_capture_on_commit_callbacks(execute=True):
        group = start(wife)
        join(husband, group.code)
    matched = [fields["worker_id"] for task, fields in letters if task == "labor.matching.tasks.match_worker"]
    assert matched == [wife.pk, husband.pk]


def test_a_couple_is_two() -> None:
    group = start(WorkerFactory())
    join(WorkerFactory(), group.code)
    with pytest.raises(Refused, match="满员"):
        join(WorkerFactory(), group.code)


def test_fellow_villagers_are_at_most_twenty() -> None:
    group = WorkerGroupFactory(kind=GroupKind.VILLAGERS)
    WorkerFactory.create_batch(19, group=group)
    join(WorkerFactory(), group.code)
    with pytest.raises(Refused, match="满员"):
        join(WorkerFactory(), group.code)


def test_an_unknown_code_and_an_unknown_kind_are_refused() -> None:
    with pytest.raises(Refused, match="没有这个结伴码"):
        join(WorkerFactory(), "ABCD2345")
    with pytest.raises(Refused, match="没有这个结伴码"):
        join(WorkerFactory(), "")
    with pytest.raises(Refused, match="和谁结伴"):
        start(WorkerFactory(), "friends")


def test_who_goes_with_somebody_starts_and_joins_nothing_else() -> None:
    worker = WorkerFactory()
    start(worker)
    other = start(WorkerFactory())
    with pytest.raises(Refused, match="已经和人结伴"):
        start(worker)
    with pytest.raises(Refused, match="已经和人结伴"):
        join(worker, other.code)


def test_who_leaves_goes_alone_and_an_empty_group_is_gone() -> None:
    wife, husband = WorkerFactory(), WorkerFactory()
    group = start(wife)
    join(husband, group.code)
    assert leave(wife).group is None
    assert list(group.workers.all()) == [husband]
    leave(husband)
    assert not WorkerGroup.objects.exists()


def test_who_goes_alone_cannot_leave() -> None:
    with pytest.raises(Refused, match="没有和人结伴"):
        leave(WorkerFactory())


def test_nobody_decides_for_another() -> None:
    worker, stranger = WorkerFactory(), UserFactory()
    group = start(worker)
    other = WorkerFactory()
    with pytest.raises(Refused, match="只有本人"):
        workers.start_group(worker=other, by=stranger, kind=GroupKind.COUPLE)
    with pytest.raises(Refused, match="只有本人"):
        workers.join_group(worker=other, by=stranger, code=group.code)
    with pytest.raises(Refused, match="只有本人"):
        workers.leave_group(worker=worker, by=stranger)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_join_a_couple_at_once_one_gets_the_place() -> None:
    group = start(WorkerFactory())
    results = crowd(lambda worker: join(worker, group.code), WorkerFactory.create_batch(12), people=12)
    assert sum(isinstance(result, WorkerGroup) for result in results) == 1
    assert group.workers.count() == 2
