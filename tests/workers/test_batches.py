"""A roster on its way: sent, checked, decided, confirmed, registered all or nothing, forgotten."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from openpyxl import load_workbook

from jinba.core import encrypted_files
from jinba.core.encrypted_files import private_files
from jinba.core.errors import Refused
from jinba.core.resident_id import index
from jinba.notices.models import Notice
from jinba.privacy.models import ExportRecord
from labor.workers.actions import batches
from labor.workers.actions.batches import checking, claiming, registering
from labor.workers.choices import (
    ActKind,
    BatchState,
    ConsentPurpose,
    DelegationMethod,
    GroupKind,
    RegisteredVia,
    TwinChoice,
)
from labor.workers.intake.template import write_report
from labor.workers.models import (
    BatchPart,
    BatchProblem,
    Consent,
    Delegation,
    DelegationRequest,
    RegistrationBatch,
    Worker,
    WorkerAct,
    WorkerGroup,
)
from tests.factories.accounts import UserFactory
from tests.factories.reference import TradeFactory, both_cities, region
from tests.factories.rosters import checked, identity, person, registered, sent, workbook
from tests.factories.workers import WorkerFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letters", "_places")]


@pytest.fixture
def _places(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    both_cities()
    region("511921100")


@pytest.fixture
def broker() -> Any:
    return UserFactory(broker=True)


def problems(batch: RegistrationBatch) -> list[tuple[int, str, str]]:
    return list(batch.found.exclude(column="").values_list("row", "column", "text"))


# Sending --------------------------------------------------------------------------------------------------------------


def test_a_roster_is_kept_encrypted_and_its_check_is_asked_for(
    broker: Any, letters: Any, django_capture_on_commit_callbacks: Any
) -> None:
    content = workbook([person(1)])
    with django_capture_on_commit_callbacks(execute=True):
        batch = sent(content, by=broker, name="C:\\名册\\三组.xlsx")
    assert (batch.state, batch.file_name, batch.rows) == (BatchState.WAITING, "三组.xlsx", 0)
    with encrypted_files.open(batch.file) as stream:
        assert stream.read() == content
    with open(private_files.path(batch.file), "rb") as stored:
        assert b"PK" not in stored.read(8)
    assert letters == [("labor.workers.tasks.check_batch", {"batch_id": batch.pk})]


def test_the_same_file_sent_twice_is_one_batch(broker: Any) -> None:
    content = workbook([person(1)])
    assert sent(content, by=broker).pk == sent(content, by=broker).pk
    assert sent(content, by=UserFactory(park=True)).pk != sent(content, by=broker).pk


def test_a_file_that_was_registered_is_refused(broker: Any) -> None:
    content = workbook([person(1)])
    batch = sent(content, by=broker)
    RegistrationBatch.objects.filter(pk=batch.pk).update(state=BatchState.DONE, finished_at=timezone.now())
    with pytest.raises(Refused, match="已经登记过了"):
        sent(content, by=broker)


def test_a_fourth_roster_waits_until_the_others_are_done(broker: Any) -> None:
    for number in range(3):
        sent(workbook([person(number)]), by=broker)
    with pytest.raises(Refused, match="几份名册还没有办完"):
        sent(workbook([person(9)]), by=broker)


@pytest.mark.parametrize("role", ["officer", "admin", "employer"])
def test_only_helpers_may_send(role: str) -> None:
    with pytest.raises(Refused, match="只有劳务经纪人"):
        sent(workbook([person(1)]), by=UserFactory(**{role: True}))


# Checking -------------------------------------------------------------------------------------------------------------


def test_a_good_roster_waits_for_its_sender_and_nobody_is_registered(broker: Any) -> None:
    batch = checked([person(1), person(2, 乡镇="诺江镇", 村="千佛村")], by=broker)
    assert (batch.state, batch.rows, batch.problems, batch.duplicates) == (BatchState.CHECKED, 2, 0, 0)
    assert not Worker.objects.exists()
    assert Notice.objects.filter(recipient=broker, kind="roster").exists()


def test_what_is_wrong_is_said_by_row_and_column_without_the_cell_itself(broker: Any) -> None:
    rows = [person(1), person(2, 手机号="1371234567"), person(3, 家庭所在县区="", 身份证号="519999199005060010")]
    batch = checked(rows, by=broker)
    assert batch.state == BatchState.REFUSED
    assert problems(batch) == [
        (3, "手机号", "少了 1 位，应是 11 位"),
        (4, "家庭所在县区", "没有填"),
        (4, "身份证号", "身份证号对不上校验位，请对照身份证再看一遍"),
    ]
    assert "2 行要改" in batch.message
    assert not BatchPart.objects.exists()


def test_people_stand_in_parts_that_nobody_can_read(broker: Any) -> None:
    batch = checked([person(1, 身份证号=identity(7))], by=broker)
    with connection.cursor() as cursor:
        cursor.execute("SELECT people FROM workers_batchpart WHERE batch_id = %s", [batch.pk])
        stored = bytes(cursor.fetchone()[0])
    assert person(1)["手机号"].encode() not in stored and identity(7).encode() not in stored
    assert person(1)["姓名"].encode() not in stored


def test_more_people_than_a_group_may_have_are_refused(broker: Any) -> None:
    rows = [person(number, 结伴编号=1, 结伴关系="夫妻") for number in range(3)]
    assert problems(checked(rows, by=broker)) == [(2, "结伴编号", "有 3 个人用这个编号，夫妻只能是两个人")]
    rows = [person(number, 结伴编号=1) for number in range(21)]
    assert problems(checked(rows, by=broker)) == [(2, "结伴编号", "有 21 个人用这个编号，最多 20 个人结伴")]


def test_an_eleventh_person_on_one_phone_is_refused(broker: Any) -> None:
    rows = [person(number, 手机号="13700000000") for number in (1, 12, 23, 34, 45, 56, 67, 78, 89, 90, 101)]
    batch = checked(rows, by=broker)
    assert problems(batch) == [(12, "手机号", "这个号码已经有 10 个人用了，请换一个")]


def test_two_names_on_one_identity_number_are_refused(broker: Any) -> None:
    batch = checked([person(1, 身份证号=identity(7)), person(2, 身份证号=identity(7))], by=broker)
    assert problems(batch) == [(3, "身份证号", "和第 2 行的一样，但姓名不同，请核对")]


def test_somebody_elses_registered_identity_number_is_refused(broker: Any) -> None:
    WorkerFactory(resident_id=identity(7), resident_id_index=index(identity(7)))
    batch = checked([person(1, 身份证号=identity(7))], by=broker)
    assert problems(batch) == [(2, "身份证号", "已经有别人登记，姓名和手机号都不同，请核对")]


def test_a_file_that_cannot_be_read_says_why_and_is_deleted(
    broker: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        batch = sent(workbook([{"甲": 1}], headings=("甲", "乙")), by=broker)
        batches.check(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.REFUSED and "没有找到" in batch.message and batch.file == ""


def test_a_roster_without_people_is_refused(broker: Any) -> None:
    batch = checked([], by=broker)
    assert (batch.state, batch.message) == (BatchState.REFUSED, "表头下面没有人。请把人填在表头下面再传。")


def test_a_check_that_was_cut_off_goes_on_behind_its_last_part(broker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PART", 2)
    keep, kept = checking._keep, []

    def cut_off(batch: Any, people: Any, seen: Any) -> bool:
        if len(kept) == 1:
            raise ZeroDivisionError
        kept.append([one.row for one in people])
        return keep(batch, people, seen)

    monkeypatch.setattr(checking, "_keep", cut_off)
    batch = sent(workbook([person(1), person(2), person(3), person(1)]), by=broker)
    with pytest.raises(ZeroDivisionError):
        batches.check(batch_id=batch.pk)
    monkeypatch.setattr(checking, "_keep", lambda *some: kept.append([one.row for one in some[1]]) or keep(*some))
    batches.check(batch_id=batch.pk)
    batch.refresh_from_db()
    assert kept == [[2, 3], [4, 5]]
    assert (batch.state, batch.rows, batch.duplicates) == (BatchState.CHECKED, 4, 1)  # row 5 is row 2 again


def test_a_check_whose_time_is_up_posts_itself_the_next_letter(
    broker: Any, letters: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    monkeypatch.setattr(checking, "PART", 1)
    monkeypatch.setattr(checking, "SECONDS", -1.0)
    batch = sent(workbook([person(1), person(2)]), by=broker)
    with django_capture_on_commit_callbacks(execute=True):
        batches.check(batch_id=batch.pk)
    assert letters == [("labor.workers.tasks.check_batch", {"batch_id": batch.pk})]
    batches.check(batch_id=batch.pk)
    batches.check(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows) == (BatchState.CHECKED, 2)


def test_what_always_breaks_is_given_up_with_a_word(broker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "_read", broken)
    batch = sent(workbook([person(1)]), by=broker)
    for _ in range(claiming.MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            batches.check(batch_id=batch.pk)
    batches.check(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.message) == (BatchState.FAILED, claiming.GAVE_UP)


# Twins ----------------------------------------------------------------------------------------------------------------


def test_who_is_registered_already_is_skipped_unless_he_is_asked(broker: Any) -> None:
    one = person(1)
    known = WorkerFactory(name=one["姓名"], phone=one["手机号"])
    batch = checked([one, person(2)], by=broker)
    twin = batch.found.get()
    assert (twin.row, twin.resembles, twin.is_certain, twin.choice) == (2, known, True, TwinChoice.SKIP)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    batches.register_people(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.registered, batch.skipped) == (BatchState.DONE, 1, 1)
    assert Worker.objects.count() == 2 and not DelegationRequest.objects.exists()


def test_who_is_registered_and_has_an_account_is_asked_on_his_phone(broker: Any) -> None:
    one = person(1)
    known = WorkerFactory(name=one["姓名"], phone=one["手机号"])
    batch = checked([one], by=broker)
    batches.choose(batch=batch, by=broker, choices={batch.found.get().pk: TwinChoice.ASK})
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    batches.register_people(batch_id=batch.pk)
    assert DelegationRequest.objects.get().worker == known and not Delegation.objects.exists()


def test_who_is_registered_without_an_account_entrusts_himself_by_the_list(broker: Any) -> None:
    one = person(1)
    known = WorkerFactory(unclaimed=True, name=one["姓名"], phone=one["手机号"])
    Delegation.objects.update(ends_on=timezone.localdate() - timedelta(days=1))  # nobody looks after him any more
    batch = checked([one], by=broker)
    batches.choose(batch=batch, by=broker, choices={batch.found.get().pk: TwinChoice.ASK})
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    batches.register_people(batch_id=batch.pk)
    delegation = Delegation.objects.get(helper=broker)
    assert (delegation.worker, delegation.method) == (known, DelegationMethod.LIST)
    assert WorkerAct.objects.get(by=broker).worker == known


@pytest.mark.parametrize("is_certain", [True, False])
def test_a_list_does_not_open_the_profile_of_somebody_elses_person(broker: Any, is_certain: bool) -> None:
    one = person(1, 姓名="苟健国")
    known = WorkerFactory(unclaimed=True, name="苟健国" if is_certain else "苟建国", phone=one["手机号"])
    if not is_certain:
        Delegation.objects.filter(worker=known).update(ended_at=timezone.now())
    batch = checked([one], by=broker)
    batches.choose(batch=batch, by=broker, choices={batch.found.get().pk: TwinChoice.ASK})
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    batches.register_people(batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE and "有 1 位" in batch.message
    assert not Delegation.objects.filter(helper=broker).exists() and not Worker.objects.seen_by(broker).exists()


def test_similar_names_on_one_phone_have_to_be_decided_before_anybody_is_registered(broker: Any) -> None:
    WorkerFactory(name="苟建国", phone="13700000001")
    batch = checked([person(1, 姓名="苟健国", 手机号="13700000001")], by=broker)
    twin = batch.found.get()
    assert not twin.is_certain and twin.choice == ""
    with pytest.raises(Refused, match="没有选怎么办"):
        batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    assert batches.choose(batch=batch, by=broker, choices={twin.pk: TwinChoice.DIFFERENT}) == 0
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    batches.register_people(batch_id=batch.pk)
    assert Worker.objects.filter(name="苟健国").exists()


def test_a_different_birthday_tells_two_similar_people_apart(broker: Any) -> None:
    WorkerFactory(name="苟建国", phone="13700000001", birth_date=date(1960, 1, 1))
    rows = [person(1, 姓名="苟健国", 手机号="13700000001", 出生日期="1990-05-06")]
    assert not checked(rows, by=broker).found.exists()


def test_the_rest_can_be_decided_at_once(broker: Any) -> None:
    rows = [person(1, 姓名=name, 手机号="13700000001") for name in ("苟建国", "苟健国", "苟建")]
    batch = checked(rows, by=broker)
    assert batch.found.filter(choice="").count() == 2
    assert batches.choose(batch=batch, by=broker, choices={}, rest=TwinChoice.DIFFERENT) == 0


@pytest.mark.parametrize(
    ("choice", "words"),
    [(TwinChoice.DIFFERENT, "只能当同一个人"), ("both", "没有这个选项")],
)
def test_what_cannot_be_chosen_is_refused(broker: Any, choice: str, words: str) -> None:
    one = person(1)
    WorkerFactory(name=one["姓名"], phone=one["手机号"])
    batch = checked([one], by=broker)
    with pytest.raises(Refused, match=words):
        batches.choose(batch=batch, by=broker, choices={batch.found.get().pk: choice})


def test_another_row_of_the_list_cannot_be_asked(broker: Any) -> None:
    batch = checked([person(1), person(1)], by=broker)
    with pytest.raises(Refused, match="名册里的另一行"):
        batches.choose(batch=batch, by=broker, choices={batch.found.get().pk: TwinChoice.ASK})


def test_a_choice_about_another_batch_changes_nothing(broker: Any) -> None:
    first, second = checked([person(1), person(1)], by=broker), checked([person(2), person(2)], by=broker)
    other = second.found.get()
    batches.choose(batch=first, by=broker, choices={other.pk: TwinChoice.DIFFERENT})
    other.refresh_from_db()
    assert other.choice == TwinChoice.SKIP


# Confirming and registering -------------------------------------------------------------------------------------------


def test_everybody_is_registered_with_delegation_act_and_consents(broker: Any) -> None:
    TradeFactory(code=601, name="缝纫工")
    rows = [
        person(
            1, 乡镇="诺江镇", 村="千佛村", 身份证号=identity(7), 学历="初中", 想干的工种="缝纫", 想去的地方="义乌",
            每月最少工资=5000, 备注="他妻子电话 13912345678",
        )
    ]  # fmt: skip
    batch = registered(rows, by=broker)
    worker, delegation, act = Worker.objects.get(), Delegation.objects.get(), WorkerAct.objects.get()
    assert (batch.state, batch.registered) == (BatchState.DONE, 1)
    assert (worker.name, worker.phone, worker.home_id, worker.village) == (
        rows[0]["姓名"], rows[0]["手机号"], "511921100", "千佛村",
    )  # fmt: skip
    assert (worker.resident_id, worker.resident_id_index, worker.resident_id_last4) == (
        identity(7), index(identity(7)), identity(7)[-4:],
    )  # fmt: skip
    assert (worker.birth_date, worker.education, worker.trades, worker.places, worker.min_pay) == (
        date(1990, 5, 6), 2, [601], ["330782"], 5000,
    )  # fmt: skip
    assert (worker.registered_via, worker.registered_by, worker.user) == (RegisteredVia.IMPORT, broker, None)
    assert Worker.objects.with_phone(rows[0]["手机号"]).get() == worker
    assert (delegation.worker, delegation.helper, delegation.method) == (worker, broker, DelegationMethod.LIST)
    assert delegation.is_live and delegation.text == batch.consented_text
    assert (act.worker, act.by, act.delegation, act.kind) == (worker, broker, delegation, ActKind.REGISTER)
    assert act.note == f"名册（编号 {batch.pk}）第 2 行。他妻子电话 139****5678"
    assert set(Consent.objects.values_list("worker", "purpose", "given_by")) == {
        (worker.pk, ConsentPurpose.REGISTER, broker.pk), (worker.pk, ConsentPurpose.RESIDENT_ID, broker.pk),
    }  # fmt: skip
    assert Worker.objects.seen_by(broker).get() == worker
    assert not Worker.objects.seen_by(UserFactory(broker=True)).exists()


def test_people_with_one_number_go_together(broker: Any) -> None:
    rows = [
        person(1, 结伴编号=1, 结伴关系="夫妻"), person(2, 结伴编号="１"),
        person(3, 结伴编号="A"), person(4, 结伴编号="a "), person(5, 结伴编号=9), person(6),
    ]  # fmt: skip
    registered(rows, by=broker)
    together = {worker.phone[-1]: worker.group for worker in Worker.objects.select_related("group")}
    assert together["1"] == together["2"] != together["3"] == together["4"]
    assert (together["1"].kind, together["3"].kind) == (GroupKind.COUPLE, GroupKind.VILLAGERS)
    assert together["5"] is together["6"] is None and WorkerGroup.objects.count() == 2


def test_nothing_of_the_list_is_left_behind(broker: Any, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        batch = registered([person(1)], by=broker)
    batch.refresh_from_db()
    assert batch.file == "" and not BatchPart.objects.exists()
    assert not list(private_files.names(claiming.FOLDER))


def test_a_few_newcomers_are_matched_at_once_and_many_by_the_sweep(
    broker: Any, letters: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        registered([person(1), person(2)], by=broker)
    ids = list(Worker.objects.order_by("pk").values_list("pk", flat=True))
    matched = [kwargs["worker_id"] for task, kwargs in letters if task == "labor.matching.tasks.match_worker"]
    assert matched == ids
    letters.clear()
    monkeypatch.setattr(registering, "MOST_LETTERS", 1)
    with django_capture_on_commit_callbacks(execute=True):
        registered([person(3), person(4)], by=broker)
    assert [task for task, _ in letters if task == "labor.matching.tasks.match_worker"] == []


def test_confirming_twice_registers_once(broker: Any) -> None:
    batch = checked([person(1)], by=broker)
    for _ in range(2):
        batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    for _ in range(2):
        batches.register_people(batch_id=batch.pk)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    assert Worker.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"is_signed": False}, "签字同意"), ({"months": 7}, "列出的几种")],
)
def test_a_confirmation_has_to_say_all(broker: Any, fields: dict[str, Any], words: str) -> None:
    batch = checked([person(1)], by=broker)
    with pytest.raises(Refused, match=words):
        batches.confirm(**({"batch": batch, "by": broker, "is_signed": True, "months": 12} | fields))


def test_somebody_else_can_neither_decide_nor_confirm_nor_drop(broker: Any) -> None:
    batch, other = checked([person(1)], by=broker), UserFactory(broker=True)
    for deed in (
        lambda: batches.choose(batch=batch, by=other, choices={}),
        lambda: batches.confirm(batch=batch, by=other, is_signed=True, months=12),
        lambda: batches.drop(batch=batch, by=other),
        lambda: batches.report(batch=batch, by=other),
    ):
        with pytest.raises(Refused, match="只有上传的人"):
            deed()


def test_what_is_not_checked_cannot_be_confirmed(broker: Any) -> None:
    batch = sent(workbook([person(1)]), by=broker)
    with pytest.raises(Refused, match="刷新看看"):
        batches.confirm(batch=batch, by=broker, is_signed=True, months=12)


def test_who_came_since_the_check_stops_the_registration_and_is_shown(broker: Any) -> None:
    batch = checked([person(1), person(2)], by=broker)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    one = person(2)
    WorkerFactory(name=one["姓名"], phone=one["手机号"])
    batches.register_people(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.message) == (BatchState.WAITING, registering.CHANGED)
    assert Worker.objects.count() == 1
    batches.check(batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.found.get().row) == (BatchState.CHECKED, 3)


def test_a_registration_that_breaks_in_the_middle_leaves_nobody(broker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "PART", 2)
    batch = checked([person(number) for number in range(5)], by=broker)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    write, written = registering._register_part, []

    def cut_off(work: Any, people: Any) -> None:
        if len(written) == 2:
            raise ZeroDivisionError
        write(work, people)
        written.append(len(people))

    monkeypatch.setattr(registering, "_register_part", cut_off)
    with pytest.raises(ZeroDivisionError):
        batches.register_people(batch_id=batch.pk)
    assert written == [2, 2] and not Worker.objects.exists() and not Delegation.objects.exists()
    monkeypatch.setattr(registering, "_register_part", write)
    batches.register_people(batch_id=batch.pk)
    assert Worker.objects.count() == Delegation.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_others_see_how_far_the_registration_is_but_nobody_it_registered(
    broker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "PART", 2)
    batch = checked([person(number) for number in range(4)], by=broker)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    seen = []
    write = registering._register_part

    def look(work: Any, people: Any) -> None:
        write(work, people)
        if work.seen == 4:
            other = connections.create_connection("default")
            with other.cursor() as cursor:
                cursor.execute(
                    "SELECT done, state, (SELECT count(*) FROM workers_worker) FROM workers_registrationbatch"
                )
                seen.append(cursor.fetchone())
            other.close()

    monkeypatch.setattr(registering, "_register_part", look)
    batches.register_people(batch_id=batch.pk)
    assert seen == [(2, BatchState.IMPORTING, 0)]
    assert Worker.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_only_one_process_works_on_a_batch(broker: Any) -> None:
    batch = checked([person(1)], by=broker)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [claiming.BATCH_LOCK, batch.pk])
        batches.register_people(batch_id=batch.pk)
        assert not Worker.objects.exists()
        cursor.execute("SELECT pg_advisory_unlock_all()")  # as the end of a process does
    other.close()
    batches.register_people(batch_id=batch.pk)
    assert Worker.objects.count() == 1


# Dropping, sweeping, forgetting ---------------------------------------------------------------------------------------


def test_a_dropped_roster_is_deleted_and_is_never_registered(
    broker: Any, django_capture_on_commit_callbacks: Any
) -> None:
    batch = checked([person(1)], by=broker)
    with django_capture_on_commit_callbacks(execute=True):
        batches.drop(batch=batch, by=broker)
        batches.drop(batch=batch, by=broker)
    batch.refresh_from_db()
    assert (batch.state, batch.file) == (BatchState.DROPPED, "") and not BatchPart.objects.exists()
    with pytest.raises(Refused, match="刷新看看"):
        batches.confirm(batch=batch, by=broker, is_signed=True, months=12)


def test_a_confirmed_roster_cannot_be_dropped(broker: Any) -> None:
    batch = checked([person(1)], by=broker)
    batches.confirm(batch=batch, by=broker, is_signed=True, months=12)
    with pytest.raises(Refused, match="已经在登记了"):
        batches.drop(batch=batch, by=broker)


def test_the_sweep_posts_lost_letters_again_and_waits_between(
    broker: Any, letters: Any, django_capture_on_commit_callbacks: Any
) -> None:
    waiting = sent(workbook([person(1)]), by=broker)
    confirmed = checked([person(2)], by=broker)
    batches.confirm(batch=confirmed, by=broker, is_signed=True, months=12)
    RegistrationBatch.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert (batches.call_hands(), batches.call_hands()) == (2, 0)
    assert sorted(letters) == sorted([
        ("labor.workers.tasks.check_batch", {"batch_id": waiting.pk}),
        ("labor.workers.tasks.register_batch", {"batch_id": confirmed.pk}),
    ])  # fmt: skip


def test_a_week_later_the_file_and_what_was_found_are_gone(
    broker: Any, django_capture_on_commit_callbacks: Any
) -> None:
    old, fresh = checked([person(1), person(1)], by=broker), checked([person(2)], by=broker)
    RegistrationBatch.objects.filter(pk=old.pk).update(uploaded_at=timezone.now() - timedelta(days=8))
    with django_capture_on_commit_callbacks(execute=True):
        assert batches.forget() == 1
    old.refresh_from_db()
    assert (old.state, old.file) == (BatchState.DROPPED, "")
    assert not BatchProblem.objects.filter(batch=old).exists()
    assert list(private_files.names(claiming.FOLDER)) == [fresh.file]


def test_files_that_no_batch_knows_are_deleted_after_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    name = encrypted_files.save(b"x", folder=claiming.FOLDER)
    assert batches.forget() == 0
    monkeypatch.setattr(private_files, "get_modified_time", lambda name: timezone.now() - timedelta(days=2))
    assert batches.forget() == 1 and name not in list(private_files.names(claiming.FOLDER))


# The report -----------------------------------------------------------------------------------------------------------


def test_the_report_holds_the_rows_to_mend_and_is_written_down(broker: Any) -> None:
    batch = checked([person(1), person(2, 手机号="1371234567", 备注="+1")], by=broker)
    sheet = load_workbook(BytesIO(batches.report(batch=batch, by=broker))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert len(rows) == 2 and rows[0][:4] == ["问题", "原来第几行", "姓名*", "手机号*"]
    assert rows[1][:4] == ["手机号：少了 1 位，应是 11 位", "3", person(2)["姓名"], "1371234567"]
    assert rows[1][-1] == "+1"
    record = ExportRecord.objects.get()
    assert (record.by, record.rows, record.is_masked) == (broker, 1, False)


def test_nothing_in_a_report_becomes_a_formula() -> None:
    buffer = BytesIO()
    write_report(buffer, [(3, {"note": "=HYPERLINK(1)", "phone": 13712345678, "birth_date": date(1990, 5, 6)}, "=1")])
    cells = {cell.value: cell.data_type for cell in load_workbook(buffer).active[2] if cell.value}
    assert cells == dict.fromkeys(["=1", "3", "13712345678", "1990-05-06", "=HYPERLINK(1)"], "s")


def test_a_report_of_a_deleted_file_is_refused(broker: Any) -> None:
    batch = registered([person(1)], by=broker)
    with pytest.raises(Refused, match="已经删除"):
        batches.report(batch=batch, by=broker)
    broken = checked([person(2, 手机号="1")], by=broker)
    encrypted_files.delete(broken.file)
    with pytest.raises(Refused, match="已经删除"), transaction.atomic():
        batches.report(batch=broken, by=broker)
    assert not ExportRecord.objects.exists()
