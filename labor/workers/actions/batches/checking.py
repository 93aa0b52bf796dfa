"""The dry run: reads the workbook part by part, says what is wrong, and finds who is there already.

Each part is committed with what was found in it. A check that is cut off goes on behind its last part.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from jinba.accounts.actions import MOST_PEOPLE
from jinba.accounts.models import phone_index
from jinba.core import encrypted_files, resident_id
from jinba.core.encryption import CannotDecrypt
from jinba.core.later import later
from jinba.reference.models import Region, Trade
from labor.workers.actions.batches.claiming import CHECK_TASK, begin_try, claimed, end, fail, tell_sender
from labor.workers.actions.grouping import MOST_IN_GROUP
from labor.workers.choices import BatchState, GroupKind, TwinChoice
from labor.workers.intake.columns import TITLES
from labor.workers.intake.roster import MOST_PEOPLE as MOST_ON_LIST
from labor.workers.intake.roster import Known, Person, Roster
from labor.workers.intake.workbook import UnusableFile
from labor.workers.models import BatchPart, BatchProblem, Delegation, RegistrationBatch, Worker
from labor.workers.places import known_places
from labor.workers.twins import Traits, is_certain, may_be_same

PART = 500  # rows
MOST_FOUND = 2_000  # problems kept; whoever has more than that sees the first ones
SECONDS = 120.0  # of one letter; the next one goes on
LOST_FILE = "文件读不出来了，请重新传一次。"
TOO_MANY = f"一次最多登记 {MOST_ON_LIST:,} 人，请把名册分成几份再传。"


def check(*, batch_id: int) -> None:
    """Do as much of the dry run as one letter may, from wherever the last one stopped."""
    with claimed(batch_id, BatchState.WAITING, BatchState.CHECKING) as batch:
        if batch is None or not begin_try(batch):
            return
        try:
            with encrypted_files.open(batch.file) as stream, Roster(stream) as roster:
                is_done = _read(batch, roster)
        except UnusableFile as error:
            end(batch, BatchState.REFUSED, str(error))
            return
        except (CannotDecrypt, FileNotFoundError):
            fail(batch, LOST_FILE)
            return
        if is_done:
            _finish(batch)
        else:
            with transaction.atomic():
                later(CHECK_TASK, batch_id=batch.pk)


def known_codes() -> Known:
    return Known(
        regions=set(Region.objects.values_list("code", flat=True)),
        places=set(known_places().names),
        trades=set(Trade.objects.values_list("code", flat=True)),
    )


@dataclass
class Seen:
    """What the rows above say of a phone or a number, to recognise it further down."""

    phones: dict[str, list[tuple[int, Traits]]] = field(default_factory=dict)
    identities: dict[str, tuple[int, Traits]] = field(default_factory=dict)
    people: int = 0

    def add(self, row: int, traits: Traits) -> None:
        self.people += 1
        self.phones.setdefault(traits.phone, []).append((row, traits))
        if traits.identity:
            self.identities.setdefault(traits.identity, (row, traits))


def traits_of(fields: dict[str, Any]) -> Traits:
    number, born = fields["resident_id"], fields["birth_date"]
    return Traits(
        name=fields["name"],
        phone=phone_index(fields["phone"]),
        identity=resident_id.index(number) if number else "",
        birth_date=date.fromisoformat(born) if born else None,
    )


def traits_of_worker(row: dict[str, Any]) -> Traits:
    return Traits(row["name"], row["phone_index"], row["resident_id_index"] or "", row["birth_date"])


TRAITS = ("id", "name", "phone_index", "resident_id_index", "birth_date")


def workers_like(people: Iterable[Traits]) -> tuple[dict[str, list[dict[str, Any]]], dict[str, dict[str, Any]]]:
    """The active workers with any of these phones, by phone, and those with any of these numbers, by number."""
    people = list(people)
    phones = {one.phone for one in people if one.phone}
    identities = {one.identity for one in people if one.identity}
    by_phone: dict[str, list[dict[str, Any]]] = {}
    for row in Worker.objects.active().filter(phone_index__in=phones).order_by("pk").values(*TRAITS):
        by_phone.setdefault(row["phone_index"], []).append(row)
    found = Worker.objects.active().filter(resident_id_index__in=identities).values(*TRAITS) if identities else []
    return by_phone, {row["resident_id_index"]: row for row in found}


def stored_people(batch: RegistrationBatch) -> Iterator[dict[str, Any]]:
    """The checked people of a batch, part by part."""
    for text in batch.parts.order_by("first_row").values_list("people", flat=True).iterator(chunk_size=4):
        yield from json.loads(text)


# Reading --------------------------------------------------------------------------------------------------------------


def _read(batch: RegistrationBatch, roster: Roster) -> bool:
    """Read on; False when the time of this letter is up."""
    if batch.state == BatchState.WAITING:
        batch.state = BatchState.CHECKING
        fields = {"state": batch.state, "rows": roster.layout.rows, "done": 0, "notes": roster.layout.notes}
        if not RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.WAITING).update(**fields):
            return False
    began, seen, known = time.monotonic(), Seen(), known_codes()
    last = batch.parts.order_by("-last_row").values_list("last_row", flat=True).first() or 0
    for stored in stored_people(batch):
        seen.add(stored["row"], traits_of(stored))
    held: list[Person] = []
    for person in roster.people(known, after=last):
        held.append(person)
        if len(held) == PART:
            if not _keep(batch, held, seen):
                return False
            held = []
            if time.monotonic() - began > SECONDS:
                return False
    return _keep(batch, held, seen) if held else True


@transaction.atomic
def _keep(batch: RegistrationBatch, people: list[Person], seen: Seen) -> bool:
    """Write down a part and what was found in it; False when the batch was dropped meanwhile."""
    usable = [(person, traits_of(person.fields)) for person in people if person.is_usable]
    by_phone, by_identity = workers_like(traits for _, traits in usable)
    mine = _mine(batch, by_phone, by_identity)
    problems = [
        BatchProblem(batch=batch, row=one.row, column=one.column, text=one.words, is_fatal=one.is_fatal)
        for person in people
        for one in person.findings
    ]
    kept, twins = [], 0
    for person, traits in usable:
        wrong, twin = _compare(batch, person.row, traits, seen, by_phone, by_identity, mine)
        problems += [problem for problem in (wrong, twin) if problem]
        twins += twin is not None
        seen.add(person.row, traits)
        if wrong is None:
            kept.append({"row": person.row, **person.fields})
    if seen.people > MOST_ON_LIST:
        raise UnusableFile(TOO_MANY)
    bad_rows = len({problem.row for problem in problems if problem.is_fatal})
    room = max(0, MOST_FOUND - batch.found.exclude(column="").count())
    told = [problem for problem in problems if problem.column]
    BatchProblem.objects.bulk_create([*told[:room], *(problem for problem in problems if not problem.column)])
    BatchPart.objects.create(
        batch=batch, first_row=people[0].row, last_row=people[-1].row, people=json.dumps(kept, ensure_ascii=False)
    )
    batch.done += len(people)
    batch.problems += bad_rows
    batch.duplicates += twins
    return bool(
        RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.CHECKING).update(
            done=batch.done,
            problems=batch.problems,
            duplicates=batch.duplicates,
            attempts=0,
            next_try_at=timezone.now() + timedelta(seconds=60),
        )
    )


def _mine(batch: RegistrationBatch, by_phone: dict[str, Any], by_identity: dict[str, Any]) -> set[int]:
    """Which of these workers have entrusted themselves to the sender already."""
    ids = {row["id"] for rows in by_phone.values() for row in rows} | {row["id"] for row in by_identity.values()}
    return set(Delegation.objects.live().filter(helper=batch.by, worker__in=ids).values_list("worker_id", flat=True))


def _compare(
    batch: RegistrationBatch,
    row: int,
    traits: Traits,
    seen: Seen,
    by_phone: dict[str, list[dict[str, Any]]],
    by_identity: dict[str, dict[str, Any]],
    mine: set[int],
) -> tuple[BatchProblem | None, BatchProblem | None]:
    """What is wrong with the row beside the others, and whom it resembles: the rows above, and the registered."""
    above = seen.identities.get(traits.identity)
    if above and above[1].name != traits.name:
        return _wrong(batch, row, "resident_id", f"和第 {above[0]} 行的一样，但姓名不同，请核对"), None
    registered = by_identity.get(traits.identity)
    if registered and registered["name"] != traits.name and registered["phone_index"] != traits.phone:
        return _wrong(batch, row, "resident_id", "已经有别人登记，姓名和手机号都不同，请核对"), None
    shared, listed = by_phone.get(traits.phone, []), seen.phones.get(traits.phone, [])
    known = registered or next((one for one in shared if is_certain(traits, traits_of_worker(one))), None)
    if known:
        words = "已经登记过，也委托了您" if known["id"] in mine else "已经登记过"
        return None, _twin(batch, row, words, resembles_id=known["id"], is_certain=True, choice=TwinChoice.SKIP)
    twin = above or next((one for one in listed if is_certain(traits, one[1])), None)
    if twin:
        words = f"和第 {twin[0]} 行是同一个人"
        return None, _twin(batch, row, words, resembles_row=twin[0], is_certain=True, choice=TwinChoice.SKIP)
    if len(shared) + len(listed) >= MOST_PEOPLE:
        return _wrong(batch, row, "phone", f"这个号码已经有 {MOST_PEOPLE} 个人用了，请换一个"), None
    alike = next((one for one in shared if may_be_same(traits, traits_of_worker(one))), None)
    if alike:
        return None, _twin(batch, row, "手机号和已登记的一位一样，姓名相近", resembles_id=alike["id"])
    near = next((one for one in listed if may_be_same(traits, one[1])), None)
    if near:
        return None, _twin(batch, row, f"手机号和第 {near[0]} 行一样，姓名相近", resembles_row=near[0])
    return None, None


def _wrong(batch: RegistrationBatch, row: int, key: str, words: str) -> BatchProblem:
    return BatchProblem(batch=batch, row=row, column=TITLES[key], text=words)


def _twin(batch: RegistrationBatch, row: int, words: str, **fields: Any) -> BatchProblem:
    return BatchProblem(batch=batch, row=row, column="", text=words, is_fatal=False, **fields)


# The end of the check -------------------------------------------------------------------------------------------------


def _finish(batch: RegistrationBatch) -> None:
    """What only all rows together tell; then the batch waits for its sender."""
    with transaction.atomic():
        wrong = _wrong_groups(batch)
        BatchProblem.objects.bulk_create(wrong)
        batch.problems += len({problem.row for problem in wrong if problem.is_fatal})
        fields: dict[str, Any] = {"problems": batch.problems, "rows": batch.done}
        if batch.done and not batch.problems:
            rows = RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.CHECKING)
            if rows.update(state=BatchState.CHECKED, message="", attempts=0, **fields):
                tell_sender(batch, BatchState.CHECKED)
            return
    if not batch.done:
        end(batch, BatchState.REFUSED, "表头下面没有人。请把人填在表头下面再传。", **fields)
        return
    words = f"有 {batch.problems:,} 行要改，一个人也没有登记。改好以后把整份名册重新传一次。"
    end(batch, BatchState.REFUSED, words, keeps_file=True, **fields)


def _wrong_groups(batch: RegistrationBatch) -> list[BatchProblem]:
    """Groups that are too large, or no couple, or of one person alone."""
    first: dict[str, int] = {}
    sizes: Counter[str] = Counter()
    kinds: dict[str, set[str]] = {}
    for fields in stored_people(batch):
        if key := fields["group"]:
            first.setdefault(key, fields["row"])
            sizes[key] += 1
            kinds.setdefault(key, set()).update(filter(None, [fields["group_kind"]]))
    problems = []
    for key, row in first.items():
        words, is_fatal = _what_is_wrong(sizes[key], kinds[key])
        if words:
            problems.append(BatchProblem(batch=batch, row=row, column=TITLES["group"], text=words, is_fatal=is_fatal))
    return problems[:MOST_FOUND]


def _what_is_wrong(size: int, kinds: set[str]) -> tuple[str, bool]:
    if len(kinds) > 1:
        return "用这个编号的人，结伴关系填得不一样，请统一", True
    if GroupKind.COUPLE in kinds and size > MOST_IN_GROUP[GroupKind.COUPLE]:
        return f"有 {size} 个人用这个编号，夫妻只能是两个人", True
    if size > MOST_IN_GROUP[GroupKind.VILLAGERS]:
        return f"有 {size} 个人用这个编号，最多 {MOST_IN_GROUP[GroupKind.VILLAGERS]} 个人结伴", True
    if size == 1:
        return "只有一个人用这个编号，会按一个人登记", False
    return "", False
