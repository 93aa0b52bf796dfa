"""What an employer reads of somebody who applied: what he can do and what he wants."""

from jinba.reference.choices import Shift
from jinba.reference.models import Certificate, Trade
from labor.workers.models import Worker


def resume(worker: Worker) -> list[tuple[str, object]]:
    """Names and values, empty ones too (three queries). Only while the worker's consent stands."""
    trades = dict(Trade.objects.filter(code__in=worker.trades).values_list("code", "name"))
    papers = list(Certificate.objects.filter(code__in=worker.certificates).values_list("name", flat=True))
    skills = [f"{row.skill.name}（{row.get_level_display()}）" for row in worker.skills.select_related("skill")]
    needs = [words for has, words in ((worker.housing_need, "住宿"), (worker.couple_room_need, "夫妻房")) if has]
    return [
        ("家在", worker.home.path + worker.village),
        ("想干的活", "、".join(trades[code] for code in worker.trades if code in trades)),
        ("干了几年", f"{worker.years} 年" if worker.years else ""),
        ("会的手艺", "、".join(skills)),
        ("证书", "、".join(papers)),
        ("学历", worker.get_education_display() if worker.education else ""),
        ("每月至少", f"{worker.min_pay} 元" if worker.min_pay else ""),
        ("需要", "、".join(needs)),
        ("能上的班", "、".join(Shift(one).label for one in worker.shifts)),
        ("什么时候能来", worker.available_from),
        ("结伴", f"{worker.group.get_kind_display()}一起来" if worker.group else ""),
    ]
