"""The registration itself: one transaction, all or nobody.

A worker process that is killed leaves nothing; the sweep posts the letter again and the whole list begins anew. It is
fast enough for that: a hundred thousand people take a fraction of a task's time limit.
"""

import json
import secrets
from collections import Counter
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from jinba.accounts.models import phone_index
from jinba.core import resident_id
from jinba.core.copying import Copy, next_ids
from jinba.core.errors import Refused
from jinba.core.masking import masked_text
from labor.workers.acting import record
from labor.workers.actions import delegations
from labor.workers.actions.batches.checking import PART, stored_people, traits_of, traits_of_worker, workers_like
from labor.workers.actions.batches.claiming import (
    Teller,
    begin_try,
    claimed,
    fail,
    forget_file,
    start_check,
    tell_sender,
)
from labor.workers.actions.consents import new as new_consent
from labor.workers.actions.delegations import day_in
from labor.workers.actions.grouping import GROUP_ALPHABET, GROUP_CODE_LENGTH, MOST_IN_GROUP
from labor.workers.choices import (
    ActKind,
    BatchState,
    ConsentPurpose,
    DelegationMethod,
    GroupKind,
    RegisteredVia,
    TwinChoice,
)
from labor.workers.delegation_text import VERSION, delegation_text
from labor.workers.letters import match_again
from labor.workers.models import (
    BatchPart,
    Delegation,
    RegistrationBatch,
    Worker,
    WorkerAct,
    WorkerGroup,
)
from labor.workers.twins import is_certain

# A letter for each of so many; of more the matching's own sweep takes care, by a whole run.
MOST_LETTERS = 50
CHANGED = "检查以后有人在别处登记了同样的人，正在重新检查，请再看一遍。"
NOT_ENTRUSTED = "有 {left} 位已经登记、由别人受托，或者可能不是同一人：请在“我的人”里登记他，用他手机上的验证码委托您。"


class Changed(Exception):
    """Since the check somebody on the list was registered elsewhere."""


class Work:
    """What all parts share, and how far they are."""

    def __init__(self, batch: RegistrationBatch, skipped: frozenset[int], groups: dict[str, WorkerGroup]) -> None:
        self.batch, self.skipped, self.groups = batch, skipped, groups
        self.seen = self.made = 0
        self.few: list[int] = []
        by, now, ends_on = batch.by, timezone.now(), day_in(months=batch.months)
        self.workers = Copy(
            Worker(registered_via=RegisteredVia.IMPORT, registered_by=by, created_at=now, updated_at=now),
            *("id", "name", "phone", "phone_index", "resident_id", "resident_id_index", "resident_id_last4"),
            *("birth_date", "home_id", "village", "education", "trades", "places", "min_pay", "group_id"),
        )
        delegation = Delegation(
            helper=by, method=DelegationMethod.LIST, text=delegation_text(helper=by, ends_on=ends_on), version=VERSION,
            agreed_at=now, recorded_by=by, ends_on=ends_on, tell_at=now,
        )  # fmt: skip
        self.delegations = Copy(delegation, "id", "worker_id")
        self.acts = Copy(WorkerAct(by=by, kind=ActKind.REGISTER, at=now), "worker_id", "delegation_id", "note")
        self.consents = {
            purpose: Copy(new_consent(worker=Worker(), purpose=purpose, by=by), "worker_id")
            for purpose in (ConsentPurpose.REGISTER, ConsentPurpose.RESIDENT_ID)
        }


def register_people(*, batch_id: int) -> None:
    """Register everybody of a confirmed batch, or nobody."""
    with claimed(batch_id, BatchState.IMPORTING) as batch:
        if batch is None or not begin_try(batch):
            return
        try:
            with Teller(batch) as teller:
                _register_all(batch, teller)
        except (Changed, IntegrityError):
            _check_again(batch)
        except Refused as refusal:
            fail(batch, refusal.message)


@transaction.atomic
def _register_all(batch: RegistrationBatch, teller: Teller) -> None:
    twins = dict(batch.found.filter(column="", is_fatal=False).values_list("row", "choice"))
    skipped = frozenset(row for row, choice in twins.items() if choice != TwinChoice.DIFFERENT)
    with connection.cursor() as cursor:  # what points to what is looked at part by part, not all of it at the end
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    work = Work(batch, skipped, _make_groups(batch, skipped))
    for text in batch.parts.order_by("first_row").values_list("people", flat=True).iterator(chunk_size=4):
        _register_part(work, json.loads(text))
        teller.at(work.seen)
    left = _ask(batch)
    done = RegistrationBatch.objects.filter(pk=batch.pk, state=BatchState.IMPORTING)
    if not done.update(
        state=BatchState.DONE, registered=work.made, skipped=len(skipped), done=work.seen,
        message=NOT_ENTRUSTED.format(left=left) if left else "", finished_at=timezone.now(),
    ):  # fmt: skip
        raise Changed
    BatchPart.objects.filter(batch=batch).delete()
    forget_file(batch)
    for worker in Worker.objects.filter(pk__in=work.few if work.made <= MOST_LETTERS else ()).order_by("pk"):
        match_again(worker)
    tell_sender(batch, BatchState.DONE, f"新登记了 {work.made:,} 人。")


def _register_part(work: Work, people: list[dict[str, Any]]) -> None:
    """Write the people of one part, with the delegation, the act and the consents of each."""
    work.seen += len(people)
    people = [fields for fields in people if fields["row"] not in work.skipped]
    _look_once_more(people)
    if not people:
        return
    ids, entrusted = next_ids(Worker, len(people)), next_ids(Delegation, len(people))
    work.workers.write(_worker(work, pk, fields) for pk, fields in zip(ids, people, strict=True))
    work.delegations.write(zip(entrusted, ids, strict=True))
    work.acts.write(
        (pk, delegation, _note(work.batch, fields))
        for pk, delegation, fields in zip(ids, entrusted, people, strict=True)
    )
    named = [pk for pk, fields in zip(ids, people, strict=True) if fields["resident_id"]]
    for purpose, agreed in ((ConsentPurpose.REGISTER, ids), (ConsentPurpose.RESIDENT_ID, named)):
        work.consents[purpose].write((pk,) for pk in agreed)
    work.made += len(ids)
    if work.made <= MOST_LETTERS:
        work.few += ids


def _worker(work: Work, pk: int, fields: dict[str, Any]) -> tuple[Any, ...]:
    """The values of `Work.workers`' columns."""
    number, born, group = fields["resident_id"], fields["birth_date"], work.groups.get(fields["group"])
    return (
        *(pk, fields["name"], fields["phone"], phone_index(fields["phone"])),
        *(number or None, resident_id.index(number) if number else None, number[-4:]),
        *(date.fromisoformat(born) if born else None, fields["home"], fields["village"], fields["education"]),
        *(fields["trades"], fields["places"], fields["min_pay"], group.pk if group else None),
    )


def _note(batch: RegistrationBatch, fields: dict[str, Any]) -> str:
    words = f"名册（编号 {batch.pk}）第 {fields['row']} 行"
    return masked_text(f"{words}。{fields['note']}")[:200] if fields["note"] else words


def _look_once_more(people: list[dict[str, Any]]) -> None:
    """Days may lie between the check and the confirmation: who came in the meantime is found now."""
    traits = [traits_of(fields) for fields in people]
    by_phone, by_identity = workers_like(traits)
    for one in traits:
        if one.identity and one.identity in by_identity:
            raise Changed
        if any(is_certain(one, traits_of_worker(row)) for row in by_phone.get(one.phone, [])):
            raise Changed


def _make_groups(batch: RegistrationBatch, skipped: frozenset[int]) -> dict[str, WorkerGroup]:
    """A new group for each number that two or more of those who will be registered share."""
    sizes: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    for fields in stored_people(batch):
        if fields["group"] and fields["row"] not in skipped:
            sizes[fields["group"]] += 1
            kinds[fields["group"]] = fields["group_kind"] or kinds.get(fields["group"], "")
    keys = [key for key, size in sizes.items() if size > 1]
    groups = [
        WorkerGroup(
            kind=GroupKind.COUPLE
            if kinds[key] == GroupKind.COUPLE and sizes[key] <= MOST_IN_GROUP[GroupKind.COUPLE]
            else GroupKind.VILLAGERS,
            code="".join(secrets.choice(GROUP_ALPHABET) for _ in range(GROUP_CODE_LENGTH)),
        )
        for key in keys
    ]
    return dict(zip(keys, WorkerGroup.objects.bulk_create(groups, batch_size=PART), strict=True))


def _ask(batch: RegistrationBatch) -> int:
    """Who is registered already and signed: he is asked on his phone, or entrusts himself by the list without one.

    A list alone opens nobody's profile that another helper looks after, nor one that may be another's: there it takes
    the code on his phone. Returns how many those are.
    """
    rows = batch.found.filter(choice=TwinChoice.ASK, resembles__is_active=True, resembles__isnull=False)
    twins = rows.select_related("resembles__user").order_by("is_certain")
    asked = {twin.resembles: twin.is_certain for twin in twins if twin.resembles}
    helpers = Delegation.objects.live().filter(worker__in=asked).values_list("worker_id", "helper_id")
    mine = {worker_id for worker_id, helper_id in helpers if helper_id == batch.by_id}
    others = {worker_id for worker_id, helper_id in helpers} - mine
    left = 0
    for worker in sorted(asked, key=lambda one: one.pk):
        if worker.pk in mine:
            continue
        if worker.user_id:
            try:
                with transaction.atomic():
                    delegations.ask(worker=worker, by=batch.by, months=batch.months)
            except Refused:
                continue  # he said no lately; that is his right
        elif worker.pk in others or not asked[worker]:
            left += 1
        else:
            delegation = delegations.entrusted(
                worker=worker, helper=batch.by, method=DelegationMethod.LIST, ends_on=day_in(months=batch.months),
                recorded_by=batch.by,
            )  # fmt: skip
            record(
                worker=worker, by=batch.by, delegation=delegation, kind=ActKind.OTHER,
                note=f"在名册（编号 {batch.pk}）上签字委托",
            )  # fmt: skip
    return left


def _check_again(batch: RegistrationBatch) -> None:
    """Nobody was registered; the list is compared anew and its sender looks at it once more."""
    with transaction.atomic():
        rows = RegistrationBatch.objects.filter(Q(pk=batch.pk) & Q(state=BatchState.IMPORTING))
        if rows.update(
            state=BatchState.WAITING, message=CHANGED, attempts=0, done=0, problems=0, duplicates=0,
            next_try_at=timezone.now(),
        ):  # fmt: skip
            start_check(batch)
