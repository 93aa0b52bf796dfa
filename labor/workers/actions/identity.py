"""A worker's resident ID: his own choice, kept encrypted, one number for one person."""

from typing import Any

from django.db import IntegrityError, transaction

from jinba.core import resident_id
from jinba.core.errors import Refused
from labor.workers import answers
from labor.workers.acting import own, record
from labor.workers.actions import consents
from labor.workers.choices import ActKind, ConsentPurpose, PairReason
from labor.workers.letters import match_again
from labor.workers.models import DuplicatePair, Worker

COLUMNS = ("resident_id", "resident_id_index", "resident_id_last4")
# Says nothing of the other profile: who asks may be anybody.
TAKEN = "这个号码没能存上，工作人员会核对，您不用做什么。不填身份证号也能找工作、报名。"


def set_resident_id(*, worker: Worker, by: Any, number: str, is_agreed: bool, takes_birth_date: bool = False) -> Worker:
    """Keep the number of who agreed to that by itself. It tells the day of birth when that is not known yet.

    Somebody else's number is not kept; both profiles then wait for an officer who compares them.
    """
    number = resident_id.checked(number)
    if not is_agreed:
        raise Refused("请先勾选同意。", field="is_agreed")
    try:
        kept = _set(worker_id=worker.pk, by=by, number=number, takes_birth_date=takes_birth_date)
    except IntegrityError:  # the unique index: the other was faster
        kept = None
    if kept is None:
        note_duplicate(worker=worker, number=number)
        raise Refused(TAKEN, field="resident_id")
    return kept


@transaction.atomic
def _set(*, worker_id: int, by: Any, number: str, takes_birth_date: bool) -> Worker | None:
    """None when another active profile has the number."""
    worker, delegation = own(Worker(pk=worker_id), by)
    index = resident_id.index(number)
    if Worker.objects.active().filter(resident_id_index=index).exclude(pk=worker.pk).exists():
        return None
    born = resident_id.birth_date(number)
    _check_birth_date(worker, born, takes_birth_date)
    changed = [*COLUMNS]
    worker.resident_id, worker.resident_id_index, worker.resident_id_last4 = number, index, number[-4:]
    if worker.birth_date != born:
        worker.birth_date = born
        changed.append("birth_date")
    worker.save(update_fields=[*changed, "updated_at"])
    consents.write(worker=worker, purpose=ConsentPurpose.RESIDENT_ID, by=by)
    record(worker=worker, by=by, delegation=delegation, kind=ActKind.ANSWER, note="填写了身份证号")
    if "birth_date" in changed:
        match_again(worker)
    return worker


def _check_birth_date(worker: Worker, born: Any, takes_birth_date: bool) -> None:
    try:
        answers.FIELDS["birth_date"](born)
    except Refused as refusal:
        raise Refused(refusal.message, field="resident_id") from None
    if worker.birth_date not in (None, born) and not takes_birth_date:
        raise Refused(
            f"您资料里写的出生日期是 {worker.birth_date:%Y-%m-%d}，和身份证上的不一样。"
            "以身份证为准的话，请勾选下面一项；要是号码填错了，请改号码。",
            field="takes_birth_date",
        )


@transaction.atomic
def note_duplicate(*, worker: Worker, number: str) -> DuplicatePair | None:
    """Let an officer compare the two profiles that claim one number. None when the other one is gone by now."""
    index = resident_id.index(number)
    other = Worker.objects.active().filter(resident_id_index=index).exclude(pk=worker.pk).first()
    if other is None:
        return None
    first, second = sorted((worker.pk, other.pk))
    pair, _ = DuplicatePair.objects.get_or_create(
        first_id=first, second_id=second, defaults={"reason": PairReason.RESIDENT_ID}
    )
    return pair
