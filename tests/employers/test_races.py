"""What many at once cannot break. Real connections, real commits; each has a control that does break."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, connection
from django.db.models import F

from employers.actions import employers, members, postings
from employers.choices import MemberRole, PostingState
from employers.models import Employer, JobPosting, Member
from jinba.core.errors import Refused
from tests.factories.accounts import UserFactory
from tests.factories.employers import JobPostingFactory, MemberFactory, credit_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CROWD = 64


def together(acts: list[Callable[[], Any]], *, threads: int) -> list[Any]:
    """Each act's answer or its exception; all start at one moment."""
    start = threading.Barrier(threads)

    def run(act: Callable[[], Any]) -> Any:
        try:
            if threads == len(acts):
                start.wait(timeout=30)
            return act()
        except (Refused, IntegrityError) as error:
            return error
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, acts))


def test_sixty_four_hires_at_once_take_no_more_than_the_seats() -> None:
    posting = JobPostingFactory(headcount=20)
    answers = together([lambda: postings.take_seat(posting_id=posting.pk)] * CROWD, threads=CROWD)
    posting.refresh_from_db()
    assert (answers.count(True), answers.count(False)) == (20, CROWD - 20)
    assert (posting.filled, posting.state) == (20, PostingState.FILLED)
    assert posting.events.count() == 1


def test_the_control_that_reads_before_it_writes_oversells() -> None:
    posting = JobPostingFactory(headcount=20)
    read = threading.Barrier(32)

    def naive() -> bool:
        row = JobPosting.objects.get(pk=posting.pk)
        read.wait(timeout=30)
        if row.filled >= row.headcount:
            return False
        JobPosting.objects.filter(pk=posting.pk).update(headcount=F("headcount"), filled=row.filled + 1)
        return True

    answers = together([naive] * 32, threads=32)
    assert answers.count(True) > 20


def test_seats_taken_and_given_back_at_once_add_up() -> None:
    posting = JobPostingFactory(headcount=10, filled=5)
    acts: list[Callable[[], Any]] = []
    for _ in range(CROWD // 2):
        acts += [
            lambda: 1 if postings.take_seat(posting_id=posting.pk) else 0,
            lambda: -1 if postings.give_seat_back(posting_id=posting.pk) else 0,
        ]
    answers = together(acts, threads=CROWD)
    posting.refresh_from_db()
    assert posting.filled == 5 + sum(answers)
    assert (posting.state == PostingState.FILLED) == (posting.filled == 10)


def test_one_credit_code_is_registered_once_however_many_try() -> None:
    people = [UserFactory(employer=True) for _ in range(8)]
    acts = [lambda user=user: employers.register(by=user, name="同一家厂", uscc=credit_code(9)) for user in people]
    answers = together(acts, threads=8)
    assert Employer.objects.count() == Member.objects.count() == 1
    assert sum(isinstance(answer, Refused) and answer.field == "uscc" for answer in answers) == 7


def test_two_owners_who_leave_at_once_leave_one_behind() -> None:
    first = MemberFactory()
    second = MemberFactory(employer=first.employer)
    acts = [lambda member=member: members.remove_member(member=member, by=member.user) for member in (first, second)]
    answers = together(acts, threads=2)
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert first.employer.members.filter(role=MemberRole.OWNER).count() == 1


def test_a_suspension_and_publications_at_once_leave_nothing_published() -> None:
    officer = UserFactory(officer=True)
    employer = MemberFactory().employer
    rows = [JobPostingFactory(employer=employer, review=True) for _ in range(7)]
    acts: list[Callable[[], Any]] = [lambda row=row: postings.publish(posting=row, by=officer) for row in rows]
    acts.insert(3, lambda: employers.suspend(employer=employer, by=officer, reason="核查"))
    together(acts, threads=8)
    states = set(JobPosting.objects.values_list("state", flat=True))
    assert states <= {PostingState.PAUSED, PostingState.REVIEW}
