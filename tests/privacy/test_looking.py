from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from jinba.core.errors import Refused
from jinba.privacy import actions as privacy
from jinba.privacy.choices import Purpose, Subject
from jinba.privacy.models import PersonalDataAccess
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def look(**changes: Any) -> PersonalDataAccess:
    given = {
        "by": changes.pop("by", None) or UserFactory(broker=True),
        **{"subject": Subject.WORKER, "subject_id": 7, "fields": ["phone"], "purpose": Purpose.CONTACT},
        **changes,
    }
    return privacy.look(**given)


def test_a_look_says_who_in_which_role_what_and_why() -> None:
    broker = UserFactory(broker=True)
    row = look(by=broker, fields=["resident_id", "phone", "phone"], reason="  车票要\n实名 ")
    assert (row.by, row.role, row.subject_id) == (broker, "broker", 7)
    assert row.fields == ["phone", "resident_id"]
    assert row.reason == "车票要 实名"


def test_a_purpose_that_tells_enough_is_the_reason() -> None:
    assert look(purpose=Purpose.HIRING).reason == "招聘联系"


@pytest.mark.parametrize("purpose", [Purpose.OTHER, Purpose.COMPLAINT])
def test_other_purposes_have_to_be_told_in_words(purpose: str) -> None:
    with pytest.raises(Refused, match="请写一句") as refusal:
        look(purpose=purpose, reason="  ")
    assert refusal.value.field == "reason"


def test_an_unknown_purpose_is_refused() -> None:
    with pytest.raises(Refused, match="为什么") as refusal:
        look(purpose="curious")
    assert refusal.value.field == "purpose"


def test_a_novel_is_refused() -> None:
    with pytest.raises(Refused, match="200"):
        look(reason="长" * 201)


def test_the_reason_keeps_no_number() -> None:
    assert look(reason="回拨 13812345678").reason == "回拨 138****5678"


def test_a_look_at_nothing_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError):
        look(fields=[])


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nobody_looks() -> None:
    with pytest.raises(RuntimeError):
        look()


def test_rows_are_neither_changed_nor_deleted() -> None:
    row = look()
    for change in ("UPDATE privacy_personaldataaccess SET reason = ''", "DELETE FROM privacy_personaldataaccess"):
        with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    row.refresh_from_db()
    assert row.reason
