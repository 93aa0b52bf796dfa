"""Pairs of profiles that seem to be one person: found when somebody comes and every night, settled by people."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from jinba.accounts.choices import STAFF_ROLES, Role
from jinba.core.errors import Refused
from jinba.core.locks import locked_one
from jinba.core.masking import masked_text
from labor.workers.choices import PairReason, PairState
from labor.workers.models import DuplicatePair, Worker
from labor.workers.twins import Traits, may_be_same

TRAITS = ("pk", "name", "phone_index", "resident_id_index", "birth_date")
AT_ONCE = 500
RIGHT = "workers.change_duplicatepair"


def may_settle(*, pair: DuplicatePair, by: Any) -> bool:
    """Officers with the right to, and park staff to whom both entrusted themselves."""
    if by.role in STAFF_ROLES:
        return bool(by.has_perm(RIGHT))
    return by.role == Role.PARK and DuplicatePair.objects.seen_by(by).filter(pk=pair.pk).exists()


def must_settle(*, pair: DuplicatePair, by: Any) -> None:
    if not may_settle(pair=pair, by=by):
        raise Refused("这两份资料不归您处理。")


@transaction.atomic
def different(*, pair: DuplicatePair, by: Any, note: str = "") -> DuplicatePair:
    """These are two people; the pair does not come up again. Said twice is said once."""
    must_settle(pair=pair, by=by)
    pair = locked_one(DuplicatePair.objects.all(), pk=pair.pk)
    if pair.state == PairState.DIFFERENT:
        return pair
    if pair.state != PairState.OPEN:
        raise Refused("这两份资料已经合并了。")
    settle(pair=pair, state=PairState.DIFFERENT, by=by, note=note)
    return pair


def settle(*, pair: DuplicatePair, state: str, by: Any, note: str = "") -> None:
    """Part of another action."""
    pair.state, pair.settled_at, pair.settled_by, pair.note = state, timezone.now(), by, masked_text(note.strip())[:200]
    pair.save(update_fields=["state", "settled_at", "settled_by", "note"])


def found(*, one: int, other: int, reason: str) -> None:
    """Keep a pair for somebody to look at; one that was settled stays settled."""
    first, second = sorted((one, other))
    DuplicatePair.objects.bulk_create(
        [DuplicatePair(first_id=first, second_id=second, reason=reason)], ignore_conflicts=True
    )


def note_twins(*, worker: Worker) -> None:
    """Whom a newcomer resembles among those on his phone; part of his registration."""
    if not worker.phone_index:
        return
    others = Worker.objects.active().filter(phone_index=worker.phone_index).exclude(pk=worker.pk)
    for other in others.values(*TRAITS):
        if may_be_same(_traits_of(worker), _traits(other)):
            found(one=worker.pk, other=other["pk"], reason=PairReason.PHONE)


def find_all() -> int:
    """Compare everybody who shares a phone; returns how many pairs are new. What a race let through is found here."""
    before = DuplicatePair.objects.count()
    shared = (
        Worker.objects.active()
        .exclude(phone_index="")
        .values("phone_index")
        .annotate(people=Count("pk"))
        .filter(people__gt=1)
    )
    phones = list(shared.order_by("phone_index").values_list("phone_index", flat=True))
    for start in range(0, len(phones), AT_ONCE):
        _find_among(phones[start : start + AT_ONCE])
    return DuplicatePair.objects.count() - before


@transaction.atomic
def _find_among(phones: Iterable[str]) -> None:
    by_phone: dict[str, list[dict[str, Any]]] = {}
    for row in Worker.objects.active().filter(phone_index__in=phones).order_by("pk").values(*TRAITS):
        by_phone.setdefault(row["phone_index"], []).append(row)
    DuplicatePair.objects.bulk_create(
        [
            DuplicatePair(first_id=one["pk"], second_id=other["pk"], reason=PairReason.PHONE)
            for rows in by_phone.values()
            for at, one in enumerate(rows)
            for other in rows[at + 1 :]
            if may_be_same(_traits(one), _traits(other))
        ],
        ignore_conflicts=True,
    )


def _traits(row: dict[str, Any]) -> Traits:
    return Traits(row["name"], row["phone_index"], row["resident_id_index"] or "", row["birth_date"])


def _traits_of(worker: Worker) -> Traits:
    return Traits(worker.name, worker.phone_index, worker.resident_id_index or "", worker.birth_date)
