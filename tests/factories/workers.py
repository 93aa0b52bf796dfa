"""Workers in the situations that tests speak of."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from jinba.accounts.models import phone_index
from jinba.reference.choices import SkillLevel
from labor.workers.choices import DelegationMethod, GroupKind, RegisteredVia
from labor.workers.delegation_text import VERSION, delegation_text
from labor.workers.models import Delegation, Worker, WorkerGroup, WorkerSkill
from tests.factories.accounts import UserFactory, phone_number
from tests.factories.reference import SkillFactory, region


class WorkerGroupFactory(DjangoModelFactory):
    class Meta:
        model = WorkerGroup

    kind = GroupKind.COUPLE
    code = factory.Sequence(lambda number: f"{number:08o}".translate(str.maketrans("01234567", "ABCDEFGH")))


class WorkerFactory(DjangoModelFactory):
    """A worker who registered himself and has told nothing more; `unclaimed`: somebody else registered him."""

    class Meta:
        model = Worker
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"游大{'华强军平勇'[number % 5]}")
    phone = factory.Sequence(lambda number: phone_number(50_000_000 + number))
    user = factory.SubFactory(UserFactory, phone=factory.SelfAttribute("..phone"), name=factory.SelfAttribute("..name"))
    home = factory.LazyFunction(lambda: region("511921"))

    class Params:
        unclaimed = factory.Trait(
            user=None, registered_via=RegisteredVia.BROKER, registered_by=factory.SubFactory(UserFactory, broker=True)
        )

    @factory.post_generation
    def helper(self: Worker, create: bool, extracted: Any, **kwargs: Any) -> None:
        """`helper=`: whom the worker has entrusted himself to. Who registered somebody else is it anyway."""
        helper = extracted or (self.registered_by if self.user_id is None else None)
        if helper is not None:
            DelegationFactory(worker=self, helper=helper)

    @classmethod
    def _adjust_kwargs(cls, **fields: Any) -> dict[str, Any]:
        return {**fields, "phone": fields["phone"] or None, "phone_index": phone_index(fields["phone"] or "")}


class DelegationFactory(DjangoModelFactory):
    """A delegation of a year; `run_out`: its last day was yesterday."""

    class Meta:
        model = Delegation

    worker = factory.SubFactory(WorkerFactory)
    helper = factory.SubFactory(UserFactory, broker=True)
    method = DelegationMethod.SPOKEN
    ends_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=365))
    version = VERSION
    text = factory.LazyAttribute(lambda made: delegation_text(helper=made.helper, ends_on=made.ends_on))
    recorded_by = factory.SelfAttribute("helper")

    class Params:
        run_out = factory.Trait(ends_on=factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=1)))


class WorkerSkillFactory(DjangoModelFactory):
    class Meta:
        model = WorkerSkill

    worker = factory.SubFactory(WorkerFactory)
    skill = factory.SubFactory(SkillFactory)
    level = SkillLevel.BASIC
