"""Reading the results: which postings suit a worker and why, which workers suit a posting."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from employers.models import JobPosting, PostingSkill
from jinba.reference.models import Certificate, Region, Trade, Zone
from labor.matching.engine import Explanation, Opening, explain, match_worker, openings, reasons
from labor.matching.engine.columns import PostingRow, WorkerColumns, WorkerRow
from labor.matching.engine.openings import failing
from labor.matching.loading import (
    POSTING_FIELDS,
    WORKER_FIELDS,
    best_skills,
    families,
    load_workers,
    posting_row,
    unpack_ids,
    worker_row,
)
from labor.matching.models import MatchRun, PostingMatches, WorkerMatches
from labor.matching.places import PlaceMap
from labor.matching.resident import resident
from labor.workers.models import Worker, WorkerSkill

# The parts of an explanation that an employer may read: nothing of what the worker asks for, only what he offers.
FOR_EMPLOYERS = frozenset({"trade", "skills", "experience", "education", "certificates"})


@dataclass
class JobSuggestion:
    posting: JobPosting
    reasons: list[str]
    applied: str = ""  # the worker's own word for where the application stands


@dataclass
class Jobs:
    """A page of suggestions. `is_neutral`: newest first, the same for everyone, because the worker wants it so."""

    suggestions: list[JobSuggestion]
    is_neutral: bool = False
    feasible: int = 0
    has_more: bool = False
    openings: list[str] = field(default_factory=list)


@dataclass
class PersonSuggestion:
    worker: Worker
    reasons: list[str]
    has_applied: bool = False
    is_invited: bool = False
    has_declined: bool = False


def jobs_for(worker: Worker, *, page: int = 1, size: int = 10) -> Jobs:
    """The page-th ten of the worker's list, with three reasons each, and on page 1 what would open more."""
    first = (page - 1) * size
    if not worker.is_personalised:
        newest = JobPosting.objects.open().with_card().order_by("-published_at", "-id")[first : first + size + 1]
        rows = [JobSuggestion(posting, []) for posting in newest]
        return Jobs(rows[:size], is_neutral=True, has_more=len(rows) > size)
    ids, feasible = _list_of(worker)
    postings = JobPosting.objects.open().with_card().in_bulk(ids)
    wanted = [postings[posting] for posting in ids if posting in postings]
    shown = wanted[first : first + size]
    jobs = Jobs(_with_reasons(worker, shown), feasible=feasible, has_more=len(wanted) > first + size)
    if page == 1:
        jobs.openings = what_would_open_more(worker)
    return jobs


def _list_of(worker: Worker) -> tuple[list[int], int]:
    """The stored list, or for a worker whom no run has seen yet one drawn on the spot."""
    run = MatchRun.objects.current()
    row = run and WorkerMatches.objects.filter(run=run, worker_id=worker.pk).first()
    if row and row.computed_at >= worker.updated_at:
        return unpack_ids(row.posting_ids), row.feasible
    if not Worker.objects.matched().filter(pk=worker.pk).exists():
        return [], 0
    ids, _, feasible = match_worker(_columns(worker), resident().postings)
    return ids.tolist(), feasible


def _columns(worker: Worker) -> WorkerColumns:
    return load_workers(Worker.objects.filter(pk=worker.pk), resident().places, timezone.localdate())


def _with_reasons(worker: Worker, postings: list[JobPosting]) -> list[JobSuggestion]:
    places = resident().places
    (own,) = _worker_rows([worker.pk], places).values()
    rows = _posting_rows([posting.pk for posting in postings], places)
    names = PlaceNames(places)
    return [JobSuggestion(posting, _reasons(explain(own, rows[posting.pk]), names)) for posting in postings]


def _reasons(explanation: Explanation, names: "PlaceNames") -> list[str]:
    lines = reasons(explanation)
    for part in explanation.components:
        if part.name == "place" and part.sentence in lines:
            number = int(str(part.data["place"]))
            lines[lines.index(part.sentence)] = part.sentence.replace("地方", f"在{names.of(number)}，", 1)
    return lines


class PlaceNames:
    """The engine's place numbers in words."""

    def __init__(self, places: PlaceMap) -> None:
        names = dict(Region.objects.filter(code__in=places.codes).values_list("code", "name"))
        names.update(Zone.objects.values_list("code", "short_name"))
        self._names = [names.get(code, "外地") for code in places.codes]

    def of(self, number: int) -> str:
        return self._names[number] if number < len(self._names) else "外地"


def what_would_open_more(worker: Worker, *, limit: int = 3) -> list[str]:
    """Single concessions that would make more postings possible, the most gained for the least first."""
    columns, live = _columns(worker), resident()
    found = openings(columns, live.postings)
    lines: list[str] = []
    seen: set[str] = set()
    names = PlaceNames(live.places)
    for one in found:
        if one.kind not in seen:
            seen.add(one.kind)
            lines.append(_in_words(one, names))
    if not worker.education:
        unknown = _gained_by_education(columns)
        if unknown:
            lines.insert(0, f"填上您的学历，最多可多看 {unknown} 个岗位")
    return lines[:limit]


def _gained_by_education(columns: WorkerColumns) -> int:
    fails = failing(columns, resident().postings.columns)
    others = sum(mask.astype(int) for rule, mask in fails.items() if rule != "education")
    return int((fails["education"] & (others == 0)).sum())


def _in_words(opening: Opening, names: PlaceNames) -> str:
    more = f"可多看 {opening.gained} 个岗位"
    if opening.kind == "place":
        return f"也去{names.of(opening.amount)}，{more}"
    if opening.kind == "trade":
        trade = Trade.objects.filter(pk=opening.amount).select_related("family").first()
        return f"也做{trade.family.name}这一类，{more}" if trade else opening.sentence
    if opening.kind == "certificate":
        certificate = Certificate.objects.filter(pk=opening.amount).first()
        return f"考一个{certificate.name}，{more}" if certificate else opening.sentence
    return opening.sentence


def ids_for(posting: JobPosting) -> list[int]:
    """The ids of the workers suggested for the posting, best first; nobody for one that is not open now."""
    if not JobPosting.objects.open().filter(pk=posting.pk).exists():
        return []
    run = MatchRun.objects.current()
    row = run and PostingMatches.objects.filter(run=run, posting_id=posting.pk).first()
    return unpack_ids(row.worker_ids) if row else []


def people_for(posting: JobPosting, *, page: int = 1, size: int = 20) -> tuple[list[PersonSuggestion], bool]:
    """The page-th twenty of the posting's list, and whether there are more; names are to be shown masked."""
    ids = ids_for(posting)
    workers = Worker.objects.matched().select_related("home").prefetch_related("skills__skill").in_bulk(ids)
    wanted = [workers[worker] for worker in ids if worker in workers]
    first = (page - 1) * size
    shown = wanted[first : first + size]
    places = resident().places
    rows = _worker_rows([worker.pk for worker in shown], places)
    own = _posting_rows([posting.pk], places)[posting.pk]
    people = [PersonSuggestion(worker, _employer_reasons(explain(rows[worker.pk], own))) for worker in shown]
    return people, len(wanted) > first + size


def _employer_reasons(explanation: Explanation) -> list[str]:
    good = [
        part
        for part in explanation.components
        if part.name in FOR_EMPLOYERS and 2 * part.points > part.maximum and not part.data.get("unasked")
    ]
    good.sort(key=lambda part: -part.points)
    # The engine speaks to the worker; here the sentence is about him.
    return [part.sentence.replace("您", "") for part in good[:3]]


def _worker_rows(ids: Iterable[int], places: PlaceMap) -> dict[int, WorkerRow]:
    family, day = families(), timezone.localdate()
    skills = best_skills(WorkerSkill.objects.filter(worker__in=ids).values_list("worker_id", "skill_id", "level"))
    rows = Worker.objects.filter(pk__in=ids).values(*WORKER_FIELDS)
    return {row["id"]: worker_row(row, skills.get(row["id"], []), family, places, day) for row in rows}


def _posting_rows(ids: Iterable[int], places: PlaceMap) -> dict[int, PostingRow]:
    family = families()
    skills = best_skills(PostingSkill.objects.filter(posting__in=ids).values_list("posting_id", "skill_id", "level"))
    rows = JobPosting.objects.filter(pk__in=ids).values(*POSTING_FIELDS)
    return {row["id"]: posting_row(row, skills.get(row["id"], []), family, places) for row in rows}


def explanation_of(worker: Worker, posting: JobPosting) -> Explanation:
    """Everything about one pair, for those who may see both."""
    places = resident().places
    (own,) = _worker_rows([worker.pk], places).values()
    return explain(own, _posting_rows([posting.pk], places)[posting.pk])
