"""A broker or somebody of the park sends a roster, decides about twins, and confirms; or lets it go."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import IO, Any

from django.db import transaction
from django.utils import timezone

from jinba.core import encrypted_files
from jinba.core.errors import Refused
from jinba.core.later import later
from jinba.core.locks import locked_one
from labor.workers.actions.batches.claiming import CHECK_TASK, FOLDER, REGISTER_TASK, forget_file
from labor.workers.actions.delegations import HELPERS, day_in
from labor.workers.choices import BatchState, TwinChoice
from labor.workers.delegation_text import delegation_text
from labor.workers.intake import workbook
from labor.workers.models import BatchPart, RegistrationBatch

MOST_AT_ONCE = 3  # of one sender, between sending and the end
NOT_NOW = "这份名册现在不能这样办，请刷新看看最新情况。"


def upload(*, stream: IO[bytes], size: int, name: str, by: Any) -> RegistrationBatch:
    """Keep the workbook, encrypted, and have it checked. The same file sent twice is the same batch."""
    if by.role not in HELPERS:
        raise Refused("只有劳务经纪人和园区工作人员可以批量登记。")
    try:
        workbook.check(stream, size)
    except workbook.UnusableFile as error:
        raise Refused(str(error), field="file") from None
    stream.seek(0)
    digest = _digest(stream)
    same = RegistrationBatch.objects.filter(by=by, sha256=digest)
    running = same.filter(state__in=[*BatchState.at_work(), BatchState.CHECKED]).first()
    if running:
        return running
    done = same.filter(state=BatchState.DONE).first()
    if done and done.finished_at:
        day = timezone.localtime(done.finished_at)
        raise Refused(f"这份名册 {day.month} 月 {day.day} 日已经登记过了，不用再传。", field="file")
    if RegistrationBatch.objects.filter(by=by).at_work().count() >= MOST_AT_ONCE:
        raise Refused("您有几份名册还没有办完，请等它们办完再传。", field="file")
    stream.seek(0)
    file = encrypted_files.save(stream, folder=FOLDER)
    with transaction.atomic():
        batch = RegistrationBatch.objects.create(by=by, file_name=_clean(name), file=file, sha256=digest)
        later(CHECK_TASK, batch_id=batch.pk)
    return batch


def _digest(stream: IO[bytes]) -> str:
    found = hashlib.sha256()
    while piece := stream.read(1 << 20):
        found.update(piece)
    return found.hexdigest()


def _clean(name: str) -> str:
    """The file's name as a label: no path, no sign that turns the writing round."""
    name = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in name if sign.isprintable()).strip()[-120:] or "名册.xlsx"


@transaction.atomic
def choose(*, batch: RegistrationBatch, by: Any, choices: Mapping[int, str], rest: str = "") -> int:
    """What becomes of rows that resemble somebody, by the problem's number; `rest` for all not yet decided.

    Returns how many are still undecided.
    """
    batch = _own(batch, by, BatchState.CHECKED)
    if set(choices.values()) - {*TwinChoice.values, ""} or rest not in ("", *TwinChoice.values):
        raise Refused("没有这个选项，请重新选。")
    twins = batch.found.filter(is_fatal=False, column="")
    rows = {twin.pk: twin for twin in twins.filter(pk__in=choices)}
    for pk, choice in choices.items():
        twin = rows.get(pk)
        if twin is None or not choice:
            continue
        if choice == TwinChoice.DIFFERENT and twin.is_certain:
            raise Refused(f"第 {twin.row} 行的姓名、手机号或身份证号和已登记的一样，只能当同一个人。")
        if choice == TwinChoice.ASK and twin.resembles_id is None:
            raise Refused(f"第 {twin.row} 行像的是名册里的另一行，请选“不再登记”或者“不是同一人”。")
        twin.choice = choice
        twin.save(update_fields=["choice"])
    if rest:
        open_ones = twins.filter(choice="")
        if rest == TwinChoice.DIFFERENT:
            open_ones = open_ones.filter(is_certain=False)
        if rest == TwinChoice.ASK:
            open_ones = open_ones.filter(resembles__isnull=False)
        open_ones.update(choice=rest)
    return twins.filter(choice="").count()


def consented_text(*, by: Any, months: int) -> str:
    """What everybody on the list signed, as each delegation will say it."""
    return delegation_text(helper=by, ends_on=day_in(months=months))


@transaction.atomic
def confirm(*, batch: RegistrationBatch, by: Any, is_signed: bool, months: int) -> RegistrationBatch:
    """Register everybody on the list. Confirmed twice, it is one registration."""
    found = _locked(batch, by)
    if found.state in (BatchState.IMPORTING, BatchState.DONE):
        return found
    batch = _in_state(found, BatchState.CHECKED)
    if batch.found.filter(is_fatal=False, column="", choice="").exists():
        raise Refused("还有看着像已登记的人没有选怎么办，请先选好。")
    if not is_signed:
        raise Refused("请先让名册上每个人签字同意，再勾上这一项。", field="is_signed")
    text = consented_text(by=by, months=months)
    if not BatchPart.objects.filter(batch=batch).exists():
        raise Refused("名册里没有要登记的人。")
    now = timezone.now()
    batch.state, batch.confirmed_at, batch.next_try_at = BatchState.IMPORTING, now, now + timedelta(seconds=30)
    batch.consented_text, batch.months, batch.done, batch.attempts = text, months, 0, 0
    batch.save(update_fields=["state", "confirmed_at", "next_try_at", "consented_text", "months", "done", "attempts"])
    later(REGISTER_TASK, batch_id=batch.pk)
    return batch


@transaction.atomic
def drop(*, batch: RegistrationBatch, by: Any) -> RegistrationBatch:
    """Let a roster go before anybody is registered; the file is deleted. Dropped twice is dropped."""
    batch = _locked(batch, by)
    if batch.state == BatchState.DROPPED:
        return batch
    if batch.state in (BatchState.IMPORTING, BatchState.DONE, BatchState.FAILED):
        raise Refused("已经在登记了，不能取消。" if batch.state == BatchState.IMPORTING else NOT_NOW)
    batch.state, batch.finished_at = BatchState.DROPPED, timezone.now()
    batch.save(update_fields=["state", "finished_at"])
    batch.parts.all().delete()
    forget_file(batch)
    return batch


def _locked(batch: RegistrationBatch, by: Any) -> RegistrationBatch:
    batch = locked_one(RegistrationBatch.objects.select_related("by"), pk=batch.pk)
    if batch.by_id != by.pk:
        raise Refused("只有上传的人能办这份名册。")
    return batch


def _own(batch: RegistrationBatch, by: Any, state: str) -> RegistrationBatch:
    return _in_state(_locked(batch, by), state)


def _in_state(batch: RegistrationBatch, state: str) -> RegistrationBatch:
    if batch.state != state:
        raise Refused(NOT_NOW)
    return batch
