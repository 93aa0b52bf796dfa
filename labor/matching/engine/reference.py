"""The rules in plain Python: slow, obviously right, and in words. The oracle of every faster way.

``explain`` is the one place that applies the rules; ``score`` and ``rank`` ask it. Sentences are Chinese and speak to
the worker. Codes (trades, places, certificates) have no names here; a component carries them as ``data``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from . import lottery, rules
from .columns import PostingRow, WorkerRow


@dataclass(frozen=True)
class Component:
    """One part of a utility: ``points`` of at most ``maximum``. side is "worker" or "employer"."""

    name: str
    side: str
    points: int
    maximum: int
    sentence: str
    data: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A hard rule that the pair breaks."""

    rule: str
    sentence: str
    data: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Explanation:
    """Everything about a pair. Components are given even when hard rules fail, with 0 points where one is to blame.

    worker_utility, employer_utility   the sums of the components of each side
    score   their product; None when a hard rule fails
    """

    worker_id: int
    posting_id: int
    components: tuple[Component, ...]
    failures: tuple[Failure, ...]

    @property
    def worker_utility(self) -> int:
        return sum(part.points for part in self.components if part.side == "worker")

    @property
    def employer_utility(self) -> int:
        return sum(part.points for part in self.components if part.side == "employer")

    @property
    def feasible(self) -> bool:
        return not self.failures

    @property
    def score(self) -> int | None:
        return None if self.failures else self.worker_utility * self.employer_utility


def explain(worker: WorkerRow, posting: PostingRow) -> Explanation:
    """Every component of both utilities and every hard rule that fails, in words."""
    failures: list[Failure] = []
    components = (
        _trade(worker, posting, failures),
        _pay(worker, posting, failures),
        _place(worker, posting, failures),
        *_living(worker, posting, failures),
        _shift(worker, posting, failures),
        _skills(worker, posting),
        _experience(worker, posting),
        _education(worker, posting, failures),
        _certificates(worker, posting, failures),
    )
    if worker.available > posting.latest_start:
        late = worker.available - posting.latest_start
        failures.append(Failure("start", f"您能到岗的日子比岗位最晚的晚 {late} 天", {"days": late}))
    if worker.age < rules.WORKING_AGE:
        failures.append(Failure("age", "未满 16 周岁，不能就业"))
    return Explanation(worker.id, posting.id, components, tuple(failures))


def score(worker: WorkerRow, posting: PostingRow) -> int | None:
    """U_w * U_e, 1 … 1,000,000; None when a hard rule fails."""
    return explain(worker, posting).score


def rank(
    worker: WorkerRow,
    postings: Iterable[PostingRow],
    limit: int = rules.POSTINGS_PER_WORKER,
    seed: int = rules.DEFAULT_SEED,
) -> list[tuple[int, int]]:
    """The best postings of a worker as (posting id, score), best first."""
    found = [(posting.id, score(worker, posting)) for posting in postings]
    return _best([(other, worker.id, other, points) for other, points in found if points is not None], limit, seed)


def rank_workers(
    posting: PostingRow,
    workers: Iterable[WorkerRow],
    limit: int = rules.WORKERS_PER_POSTING,
    seed: int = rules.DEFAULT_SEED,
) -> list[tuple[int, int]]:
    """The best workers of a posting as (worker id, score), best first."""
    found = [(worker.id, score(worker, posting)) for worker in workers]
    return _best([(other, other, posting.id, points) for other, points in found if points is not None], limit, seed)


def reasons(explanation: Explanation, n: int = 3) -> list[str]:
    """The best ``n`` reasons for the pair in plain words: parts nearest to their maximum, the heavier part first.

    A part at or below half of its maximum is no reason, nor is one that is full because nothing was asked; so there may
    be fewer. None for a pair that breaks a hard rule.
    """
    if explanation.failures:
        return []
    good = [part for part in explanation.components if 2 * part.points > part.maximum and not part.data.get("unasked")]
    good.sort(key=lambda part: (-part.points * part.points // part.maximum, part.name))
    return [part.sentence for part in good[:n]]


def _best(found: list[tuple[int, int, int, int]], limit: int, seed: int) -> list[tuple[int, int]]:
    found.sort(key=lambda entry: (-lottery.key(entry[3], entry[1], entry[2], seed), entry[0]))
    return [(other, points) for other, _, _, points in found[:limit]]


def _trade(worker: WorkerRow, posting: PostingRow, failures: list[Failure]) -> Component:
    def part(points: int, sentence: str, **data: object) -> Component:
        return Component("trade", "worker", points, max(rules.TRADE_EXACT), sentence, {"trade": posting.trade, **data})

    trades = list(worker.trades)
    if posting.trade in trades:
        wish = trades.index(posting.trade)
        return part(rules.TRADE_EXACT[wish], f"是您第{'一二三'[wish]}想做的工种", wish=wish + 1)
    if posting.family in list(worker.families):
        return part(rules.TRADE_FAMILY, "和您想做的工种是同一类")
    if worker.is_open or not trades:
        return part(rules.TRADE_OPEN, "您说过什么工种都可以")
    failures.append(Failure("trade", "不是您想做的工种", {"trade": posting.trade, "family": posting.family}))
    return part(0, "不是您想做的工种")


def _pay(worker: WorkerRow, posting: PostingRow, failures: list[Failure]) -> Component:
    maximum = rules.PAY_FLOOR_POINTS + rules.PAY_TOP_POINTS
    if posting.pay_max < worker.min_pay:
        short = worker.min_pay - posting.pay_max
        sentence = f"最高工资比您要的少 {short} 元"
        failures.append(Failure("pay", sentence, {"yuan": short}))
        return Component("pay", "worker", 0, maximum, sentence)
    base = max(worker.min_pay, rules.PAY_BASE)
    floor = min(max(posting.pay_min - base, 0) // rules.PAY_FLOOR_STEP, rules.PAY_FLOOR_POINTS)
    top = min(max(posting.pay_max - base, 0) // rules.PAY_TOP_STEP, rules.PAY_TOP_POINTS)
    if worker.min_pay == 0:
        sentence = f"每月工资 {posting.pay_min}–{posting.pay_max} 元"
    elif posting.pay_min > worker.min_pay:
        sentence = f"工资至少高过您要的 {posting.pay_min - worker.min_pay} 元"
    elif posting.pay_max > worker.min_pay:
        sentence = f"工资最多高过您要的 {posting.pay_max - worker.min_pay} 元"
    else:
        sentence = "工资正好够您要的"
    return Component("pay", "worker", floor + top, maximum, sentence)


def _place(worker: WorkerRow, posting: PostingRow, failures: list[Failure]) -> Component:
    acceptance = _acceptance(worker, posting.place)
    points = rules.PLACE_POINTS[acceptance]
    sentence = ("地方是您不去的", "地方您可以接受", "地方是您想去的", "地方是您最想去的")[acceptance]
    if points is None:
        failures.append(Failure("place", sentence, {"place": posting.place}))
    return Component("place", "worker", points or 0, 200, sentence, {"place": posting.place})


def _acceptance(worker: WorkerRow, place: int) -> int:
    if isinstance(worker.places, dict):
        return int(worker.places.get(place, worker.place_default))
    return int(worker.places[place])


def _living(worker: WorkerRow, posting: PostingRow, failures: list[Failure]) -> list[Component]:
    most = max(rules.HOUSING_POINTS)
    if worker.housing == rules.NEED_NONE:
        housing = Component("housing", "worker", most, most, "您不用安排住宿", {"unasked": True})
    else:
        points = rules.HOUSING_POINTS[posting.housing]
        sentence = ("不安排住宿", "有宿舍（要交房费），合您要求", "包住，合您要求")[posting.housing]
        if posting.housing == rules.HOUSING_NONE and worker.housing == rules.NEED_MUST:
            failures.append(Failure("housing", "您一定要住宿，这里不安排"))
        housing = Component("housing", "worker", points, most, sentence)

    if worker.couple == rules.NEED_NONE:
        couple = Component(
            "couple", "worker", rules.COUPLE_POINTS, rules.COUPLE_POINTS, "您不用夫妻房", {"unasked": True}
        )
    elif posting.couple_rooms:
        couple = Component("couple", "worker", rules.COUPLE_POINTS, rules.COUPLE_POINTS, "有夫妻房，合您要求")
    else:
        if worker.couple == rules.NEED_MUST:
            failures.append(Failure("couple", "您一定要夫妻房，这里没有"))
        couple = Component("couple", "worker", 0, rules.COUPLE_POINTS, "没有夫妻房")

    most = max(rules.MEALS_POINTS)
    if not worker.meals:
        meals = Component("meals", "worker", most, most, "您不用管饭", {"unasked": True})
    else:
        sentence = ("不管饭", "有工作餐或餐补", "包三餐，合您要求")[posting.meals]
        meals = Component("meals", "worker", rules.MEALS_POINTS[posting.meals], most, sentence)
    return [housing, couple, meals]


def _shift(worker: WorkerRow, posting: PostingRow, failures: list[Failure]) -> Component:
    nights = bool(posting.night) or posting.shift in rules.ALWAYS_NIGHT
    name = rules.SHIFT_NAMES[posting.shift]
    points, sentence = rules.SHIFT_POINTS[posting.shift][nights], f"上{name}，您能接受"
    if not worker.shifts >> posting.shift & 1:
        points, sentence = 0, f"要上{name}，您不接受"
        failures.append(Failure("shift", sentence, {"shift": posting.shift}))
    if nights and worker.age < rules.NIGHT_AGE:
        points, sentence = 0, "要上夜班，未满 18 周岁不能上"
        failures.append(Failure("night", sentence))
    return Component("shift", "worker", points, 80, sentence, {"shift": posting.shift, "night": nights})


def _skills(worker: WorkerRow, posting: PostingRow) -> Component:
    if not posting.skills:
        points = rules.SKILL_POINTS_UNASKED
        return Component("skills", "employer", points, rules.SKILL_POINTS, "不要求技能", {"unasked": True})
    own = dict(worker.skills)
    have = sum(min(own.get(code, 0), level) for code, level in posting.skills)
    asked = sum(level for _, level in posting.skills)
    known = sum(1 for code, _ in posting.skills if code in own)
    sentence = f"要的 {len(posting.skills)} 项技能您会 {known} 项"
    missing = tuple(code for code, level in posting.skills if own.get(code, 0) < level)
    return Component(
        "skills", "employer", have * rules.SKILL_POINTS // asked, rules.SKILL_POINTS, sentence, {"missing": missing}
    )


def _experience(worker: WorkerRow, posting: PostingRow) -> Component:
    asked, years, steps = posting.years, worker.years, rules.EXPERIENCE_STEPS
    data: dict[str, object] = {}
    if asked == 0:
        points = rules.EXPERIENCE_UNASKED + rules.EXPERIENCE_UNASKED_STEP * min(years, steps)
        sentence, data = "不要求工作经验", {"unasked": True}
    elif years >= asked:
        points = rules.EXPERIENCE_MET + rules.EXPERIENCE_MET_STEP * min(years - asked, steps)
        sentence = f"要 {asked} 年经验，您有 {years} 年"
    else:
        points = rules.EXPERIENCE_MET * years // asked
        sentence = f"最好有 {asked} 年经验，您有 {years} 年"
    return Component("experience", "employer", points, 200, sentence, data)


def _education(worker: WorkerRow, posting: PostingRow, failures: list[Failure]) -> Component:
    if posting.education == 0:
        return Component("education", "employer", rules.EDUCATION_UNASKED, 100, "不要求学历", {"unasked": True})
    name = rules.EDUCATION_NAMES[posting.education]
    if worker.education < posting.education:
        sentence = f"学历要{name}，您还不到"
        failures.append(Failure("education", sentence, {"education": posting.education}))
        return Component("education", "employer", 0, 100, sentence)
    surplus = min(worker.education - posting.education, rules.EDUCATION_STEPS)
    points = rules.EDUCATION_MET + rules.EDUCATION_STEP * surplus
    return Component("education", "employer", points, 100, f"学历要{name}，您够了")


def _certificates(worker: WorkerRow, posting: PostingRow, failures: list[Failure]) -> Component:
    if posting.certificates == 0:
        points = rules.CERTIFICATES_UNASKED
        return Component("certificates", "employer", points, rules.CERTIFICATES_HELD, "不要求证书", {"unasked": True})
    missing = posting.certificates & ~worker.certificates
    if missing:
        bits = tuple(bit for bit in range(64) if missing >> bit & 1)
        sentence = f"缺 {len(bits)} 个要求的证书"
        failures.append(Failure("certificates", sentence, {"certificates": bits}))
        return Component("certificates", "employer", 0, rules.CERTIFICATES_HELD, sentence)
    return Component("certificates", "employer", rules.CERTIFICATES_HELD, rules.CERTIFICATES_HELD, "要求的证书您都有")
