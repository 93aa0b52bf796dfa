"""What a worker has told so far, in his own words, and what would still help him."""

from dataclasses import dataclass

from jinba.reference.choices import Shift
from jinba.reference.models import Certificate, Trade
from labor.workers.choices import Need
from labor.workers.forms import QUESTIONS
from labor.workers.models import Worker
from labor.workers.places import known_places

# Those that find him more or better jobs; the rest is for his comfort.
WEIGHTY = ("trades", "places", "pay", "start", "housing", "shifts", "skills", "years", "education", "birth")
HOUSING = {Need.NONE: "不用安排", Need.WANTS: "最好安排", Need.MUST: "一定要安排"}


@dataclass(frozen=True)
class Line:
    """One question on the profile page; `words` are empty while nothing is known."""

    slug: str
    short: str
    words: str

    @property
    def is_known(self) -> bool:
        return bool(self.words)


def lines(worker: Worker) -> list[Line]:
    """Every question with what is known (five queries)."""
    words = _words(worker)
    return [Line(slug, form.short, words[slug]) for slug, form in QUESTIONS.items() if form.short]


def progress(found: list[Line]) -> int:
    """How much of what matters is known, 0–100."""
    known = {line.slug for line in found if line.is_known}
    return round(100 * len(known & set(WEIGHTY)) / len(WEIGHTY))


def next_missing(found: list[Line]) -> str:
    """The slug of the question that would help most now, or empty."""
    missing = [line.slug for line in found if not line.is_known]
    return next((slug for slug in missing if slug in WEIGHTY), missing[0] if missing else "")


def next_question(worker: Worker, slug: str) -> str:
    """The slug of the question after this one, or empty after the last."""
    order = list(QUESTIONS)
    for following in order[order.index(slug) + 1 :]:
        if following != "levels" or worker.skills.exists():
            return following
    return ""


def _words(worker: Worker) -> dict[str, str]:
    told = set(worker.answered)
    trades = dict(Trade.objects.filter(code__in=worker.trades).values_list("code", "name"))
    places = known_places().names if worker.places or worker.refused_places else {}
    certificates = (
        dict(Certificate.objects.filter(code__in=worker.certificates).values_list("code", "name"))
        if worker.certificates
        else {}
    )
    skills = [f"{have.skill.name}（{have.get_level_display()}）" for have in worker.skills.select_related("skill")]

    def said(slug: str, words: str, otherwise: str) -> str:
        """`words` when there are any; `otherwise` when he was asked and left the default."""
        return words or (otherwise if slug in told else "")

    def listed(items: list[str], most: int = 6) -> str:
        return "、".join(items[:most]) + (f"等 {len(items)} 样" if len(items) > most else "")

    wanted = listed([trades[code] for code in worker.trades if code in trades])
    if wanted and worker.is_open_to_any:
        wanted += "，别的也行"
    pay = f"每月 {worker.min_pay} 元以上" if worker.min_pay else ""
    day = worker.available_from
    asks_room = worker.couple_room_need != Need.NONE
    return {
        "status": worker.get_job_status_display(),
        "trades": said("trades", wanted, "什么活都行"),
        "places": said("places", listed([places[code] for code in worker.places if code in places]), "哪里都行"),
        "pay": said("pay", pay, "多少都行"),
        "start": said("start", f"{day.year} 年 {day.month} 月 {day.day} 日起" if day else "", "随时可以"),
        "housing": said("housing", HOUSING[Need(worker.housing_need)] if worker.housing_need else "", "不用安排"),
        "couple-room": said("couple-room", worker.get_couple_room_need_display() if asks_room else "", "不需要"),
        "meals": said("meals", "想要包吃" if worker.wants_meals else "", "自己解决也行"),
        "shifts": said("shifts", listed([str(Shift(shift).label) for shift in worker.shifts]), "什么班都能上"),
        "skills": said("skills", listed(skills), "没有特别的"),
        "years": said("years", f"{worker.years} 年" if worker.years else "", "刚开始干"),
        "certificates": said(
            "certificates", listed([certificates[code] for code in worker.certificates if code in certificates]), "没有"
        ),
        "education": worker.get_education_display() if worker.education else "",
        "birth": f"{worker.birth_date.year} 年 {worker.birth_date.month} 月生" if worker.birth_date else "",
        "refused": said("refused", listed([places[code] for code in worker.refused_places if code in places]), "没有"),
        "return": worker.get_return_wish_display() if worker.return_wish else "",
        "home": f"{worker.name}，{worker.home.path}{worker.village}",
    }
