"""The rules themselves: bounded, monotone, explained in full, and blind to what must not count."""

from __future__ import annotations

import ast
import math
import re
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labor.matching import engine
from labor.matching.engine import PostingColumns, WorkerColumns, explain, openings, reasons, rules, score
from labor.matching.engine.openings import failing

from . import population
from .strategies import easy_posting, easy_worker, family_of, posting_rows, several_postings, worker_rows

thorough = settings(max_examples=250, deadline=None)


@thorough
@given(worker_rows(), posting_rows())
def test_an_explanation_adds_up(worker, posting):
    told = explain(worker, posting)
    for side, utility in (("worker", told.worker_utility), ("employer", told.employer_utility)):
        parts = [part for part in told.components if part.side == side]
        assert sum(part.points for part in parts) == utility
        assert sum(part.maximum for part in parts) == rules.UTILITY_MAX
        assert all(0 <= part.points <= part.maximum for part in parts)
    assert (told.score is None) == bool(told.failures)
    if told.score is not None:
        assert told.score == told.worker_utility * told.employer_utility
        assert 0 < told.score <= 1_000_000
    for line in [*told.components, *told.failures]:
        assert re.search(r"[一-鿿]", line.sentence)


@thorough
@given(worker_rows(), posting_rows())
def test_an_absent_pair_names_every_rule_that_fails(worker, posting):
    masks = failing(WorkerColumns.from_rows([worker]), PostingColumns.from_rows([posting]))
    assert {failure.rule for failure in explain(worker, posting).failures} == {
        rule for rule, mask in masks.items() if mask[0]
    }


FAILURES = {
    "trade": (easy_worker(trades=(2,), families=(family_of(2),), is_open=0), easy_posting()),
    "pay": (easy_worker(min_pay=6_001), easy_posting()),
    "place": (easy_worker(places={0: 0}), easy_posting()),
    "housing": (easy_worker(housing=2), easy_posting(housing=0)),
    "couple": (easy_worker(couple=2), easy_posting(couple_rooms=0)),
    "shift": (easy_worker(shifts=1), easy_posting(shift=1)),
    "night": (easy_worker(age=16), easy_posting(night=1)),
    "start": (easy_worker(available=11), easy_posting(latest_start=10)),
    "education": (easy_worker(education=2), easy_posting(education=3)),
    "certificates": (easy_worker(certificates=1), easy_posting(certificates=3)),
    "age": (easy_worker(age=15), easy_posting()),
}


@pytest.mark.parametrize("rule", FAILURES)
def test_each_hard_rule_alone_keeps_a_pair_apart(rule):
    worker, posting = FAILURES[rule]
    told = explain(worker, posting)
    assert [failure.rule for failure in told.failures] == [rule]
    assert told.score is None
    assert reasons(told) == []
    assert score(easy_worker(), easy_posting()) is not None


def test_all_rules_that_fail_are_named_at_once():
    worker = easy_worker(
        trades=(2,), families=(2 + 1,), is_open=0, min_pay=9_000, place_default=0, housing=2, couple=2, shifts=1,
        available=9, age=15, education=0, certificates=0,
    )  # fmt: skip
    posting = easy_posting(trade=1, housing=0, couple_rooms=0, shift=2, latest_start=1, education=1, certificates=1)
    assert {failure.rule for failure in explain(worker, posting).failures} == set(FAILURES)


def _utilities(worker, posting):
    told = explain(worker, posting)
    return told.feasible, told.worker_utility, told.employer_utility


BETTER_POSTINGS = [
    ("more pay at the top", lambda row: row._replace(pay_max=min(row.pay_max + 700, rules.PAY_MAX))),
    ("more pay for sure", lambda row: row._replace(pay_min=row.pay_max)),
    ("housing", lambda row: row._replace(housing=min(row.housing + 1, 2))),
    ("couples' rooms", lambda row: row._replace(couple_rooms=1)),
    ("meals", lambda row: row._replace(meals=min(row.meals + 1, 2))),
    ("no nights", lambda row: row._replace(night=0)),
    ("a later start", lambda row: row._replace(latest_start=rules.DAY_MAX)),
]
BETTER_WORKERS = [
    ("one more place", lambda row: row._replace(place_default=1, places={**row.places, 2: 1, 63: 2})),
    ("a liked place", lambda row: row._replace(places={**row.places, 0: min(row.places.get(0, 0) + 1, 3)})),
    ("any shift", lambda row: row._replace(shifts=rules.ALL_SHIFTS)),
    ("open to any trade", lambda row: row._replace(is_open=1)),
    ("a certificate", lambda row: row._replace(certificates=row.certificates | 1 | 1 << 63)),
    ("a year of experience", lambda row: row._replace(years=min(row.years + 1, rules.YEARS_MAX))),
    ("more education", lambda row: row._replace(education=min(row.education + 1, 6))),
    ("a higher skill", lambda row: row._replace(skills=tuple((code, min(level + 1, 3)) for code, level in row.skills))),
    ("lower demands", lambda row: row._replace(housing=max(row.housing - 1, 0), couple=0, meals=0)),
]


@pytest.mark.parametrize(("name", "improve"), BETTER_POSTINGS, ids=[name for name, _ in BETTER_POSTINGS])
@settings(max_examples=80, deadline=None)
@given(worker=worker_rows(), posting=posting_rows())
def test_a_better_posting_never_loses_a_worker(name, improve, worker, posting):
    before, after = _utilities(worker, posting), _utilities(worker, improve(posting))
    assert after[0] >= before[0]
    if before[0]:
        assert after[1] >= before[1]
        assert after[2] == before[2]


@pytest.mark.parametrize(("name", "improve"), BETTER_WORKERS, ids=[name for name, _ in BETTER_WORKERS])
@settings(max_examples=80, deadline=None)
@given(worker=worker_rows(), posting=posting_rows())
def test_a_worker_who_brings_or_accepts_more_never_loses(name, improve, worker, posting):
    if name in ("a liked place", "one more place"):  # a place already listed keeps its standing
        assume(worker.places.get(2, 0) <= 1 and worker.places.get(63, 0) <= 2)
        assume(0 in worker.places or name == "one more place")
    before, after = _utilities(worker, posting), _utilities(improve(worker), posting)
    assert after[0] >= before[0]
    if before[0]:
        assert after[1] >= before[1]
        assert after[2] >= before[2]


@given(worker_rows(), posting_rows(), st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, 9, 65_535]))
def test_learning_a_skill_never_lowers_the_value(worker, posting, code):
    assume(len(worker.skills) < 8 and code not in dict(worker.skills))
    learned = worker._replace(skills=(*worker.skills, (code, 2)))
    assert explain(learned, posting).employer_utility >= explain(worker, posting).employer_utility


def test_where_no_education_is_asked_it_makes_no_difference():
    assert score(easy_worker(education=1), easy_posting()) == score(easy_worker(education=6), easy_posting())


def test_age_decides_nothing_but_the_two_statutory_rules():
    scores = {score(easy_worker(age=age), easy_posting()) for age in range(16, 121)}
    scores_at_night = {score(easy_worker(age=age), easy_posting(night=1)) for age in range(18, 121)}
    assert len(scores) == len(scores_at_night) == 1


def test_no_column_tells_what_must_not_count():
    forbidden = re.compile(
        "gender|sex|male|ethnic|nation|minority|marit|married|spouse|child|pregnan|height|weight|look|photo|hukou"
        "|birth|religio|health|disab|name|phone",
    )
    assert set(WorkerColumns.SHAPE) == {
        "id", "trades", "families", "is_open", "places", "min_pay", "housing", "couple", "meals", "shifts",
        "education", "years", "certificates", "skills", "levels", "available", "age",
    }  # fmt: skip
    assert set(PostingColumns.SHAPE) == {
        "id", "trade", "family", "place", "pay_min", "pay_max", "shift", "night", "housing", "couple_rooms", "meals",
        "latest_start", "education", "years", "certificates", "skills", "levels",
    }  # fmt: skip
    for columns in (WorkerColumns, PostingColumns):
        assert not [name for name in columns.SHAPE if forbidden.search(name)]


def test_the_engine_imports_nothing_but_the_standard_library_numpy_and_numba():
    folder = Path(engine.__file__).parent
    allowed = sys.stdlib_module_names | {"numpy", "numba"}
    forbidden = {"time", "datetime", "random", "os", "pathlib", "socket", "subprocess", "logging"}
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [] if node.level else [node.module or ""]
            for name in names:
                root = name.split(".")[0]
                assert root in allowed and root not in forbidden, f"{file.name} imports {name}"


def test_reasons_are_the_three_best_and_never_what_was_not_asked():
    worker = easy_worker(
        trades=(1,), families=(family_of(1),), min_pay=4_000, housing=2, meals=1, places={0: 3}, skills=((5, 2),)
    )
    told = explain(worker, easy_posting(pay_min=5_200, pay_max=9_000, skills=((5, 2),)))
    assert reasons(told) == ["要的 1 项技能您会 1 项", "是您第一想做的工种", "地方是您最想去的"]
    assert "包住，合您要求" in reasons(told, n=9)
    assert not [line for line in reasons(told, n=99) if "不要求" in line or "不用" in line]


def test_pay_is_told_against_the_workers_minimum():
    told = explain(easy_worker(min_pay=4_000), easy_posting(pay_min=5_200, pay_max=9_000))
    assert "工资至少高过您要的 1200 元" in [part.sentence for part in told.components]


def relaxed(worker, opening):
    """The worker after the concession."""
    kind, amount = opening.kind, opening.amount
    places = {number: worker.places.get(number, worker.place_default) for number in range(64)}
    return worker._replace(
        **{
            "pay": lambda: {"min_pay": worker.min_pay - amount},
            "start": lambda: {"available": worker.available - amount},
            "shift": lambda: {"shifts": worker.shifts | 1 << amount},
            "housing": lambda: {"housing": 1},
            "couple": lambda: {"couple": 1},
            "place": lambda: {"places": {**places, amount: 1}},
            "trade": lambda: {
                "trades": (*worker.trades, amount)[-3:],
                "families": (*worker.families, family_of(amount))[-3:],
            },
            "open": lambda: {"is_open": 1},
            "certificate": lambda: {"certificates": worker.certificates | 1 << amount},
        }[kind]()
    )


@settings(max_examples=250, deadline=None)
@given(worker_rows(), several_postings(40))
def test_openings_promise_exactly_what_they_give(worker, postings):
    worker = worker._replace(trades=worker.trades[:2], families=worker.families[:2])
    found = openings(WorkerColumns.from_rows([worker]), PostingColumns.from_rows(postings))
    now = sum(score(worker, posting) is not None for posting in postings)
    for opening in found:
        then = sum(score(relaxed(worker, opening), posting) is not None for posting in postings)
        assert then - now == opening.gained > 0, opening
        assert str(opening.gained) in opening.sentence
    worth = [opening.gained * 1_000_000 // opening.cost for opening in found]
    assert worth == sorted(worth, reverse=True)


@pytest.mark.parametrize(
    ("kind", "worker", "posting"),
    [
        ("pay", easy_worker(min_pay=6_150), easy_posting()),
        ("start", easy_worker(available=12), easy_posting(latest_start=10)),
        ("shift", easy_worker(shifts=1), easy_posting(shift=1)),
        ("housing", easy_worker(housing=2), easy_posting(housing=0)),
        ("couple", easy_worker(couple=2), easy_posting(couple_rooms=0)),
        ("place", easy_worker(places={0: 0}), easy_posting()),
        ("trade", easy_worker(trades=(2,), families=(family_of(2),), is_open=0), easy_posting()),
        ("certificate", easy_worker(certificates=0), easy_posting(certificates=4)),
    ],
)
def test_every_kind_of_opening_is_offered(kind, worker, posting):
    found = openings(WorkerColumns.from_rows([worker]), PostingColumns.from_rows([posting]))
    assert kind in [opening.kind for opening in found]
    assert {opening.kind for opening in found} <= {kind, "open"}


def test_the_pay_opening_says_how_many_more():
    postings = [easy_posting(id=number, pay_min=3_000, pay_max=3_850) for number in range(46)]
    found = openings(WorkerColumns.from_rows([easy_worker(min_pay=4_000)]), PostingColumns.from_rows(postings))
    assert [opening.sentence for opening in found] == ["最低工资降 200 元，可多看 46 个岗位"]


def test_openings_of_20_000_postings_touch_no_pair_one_by_one():
    # A call count instead of a clock: the work is whole-column operations, some hundred of them.
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    worker, postings = population.workers(1), population.postings(20_000)
    sys.setprofile(count)
    try:
        openings(worker, postings)
    finally:
        sys.setprofile(None)
    assert calls < 4_000


def test_the_weights_of_each_side_add_up_to_a_thousand():
    worker_side = (
        max(rules.TRADE_EXACT), rules.PAY_FLOOR_POINTS, rules.PAY_TOP_POINTS, 200, max(rules.HOUSING_POINTS),
        rules.COUPLE_POINTS, max(rules.MEALS_POINTS), 80,
    )  # fmt: skip
    employer_side = (rules.SKILL_POINTS, 200, 100, rules.CERTIFICATES_HELD)
    assert math.fsum(worker_side) == math.fsum(employer_side) == rules.UTILITY_MAX
    assert 1 << (64 - rules.LOTTERY_BITS) > 1_000_000
    wishes = (*rules.TRADE_EXACT, rules.TRADE_FAMILY, rules.TRADE_OPEN)
    assert list(wishes) == sorted(set(wishes), reverse=True), "a closer relation must be worth more"
