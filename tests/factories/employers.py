"""Employers, their members and postings, in the situations that tests speak of."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from employers import document_rules, posting_rules, search, uscc
from employers.choices import (
    DocumentKind,
    DocumentState,
    EmployerState,
    Engagement,
    Housing,
    LicenceKind,
    MemberRole,
    OrgType,
    Origin,
    PostingState,
    Scale,
)
from employers.models import Employer, EmployerDocument, JobPosting, Licence, Member, today
from jinba.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.reference import TradeFactory, region


def credit_code(number: int) -> str:
    """A well-formed social credit code for each number."""
    first = f"913307{number % 100:02d}MA{number:07d}"
    return first + uscc.check_character(first)


class LicenceFactory(DjangoModelFactory):
    """A licence of this zone to place workers, in force for a year; with an `employer` an agency's."""

    class Meta:
        model = Licence

    kind = LicenceKind.PLACEMENT
    holder = "测试人力资源服务中心"
    number = factory.Sequence(lambda number: f"（测试）人服证字〔2026〕第 {number:04d} 号")
    scope = "职业中介、网络招聘"
    issuer = "测试区人力资源和社会保障局"
    valid_from = factory.LazyFunction(lambda: today() - timedelta(days=100))
    valid_to = factory.LazyFunction(lambda: today() + timedelta(days=265))
    supervision_phone = "0579-12333"


def make_sure_of_licence() -> None:
    """Nobody recruits without a licence of this zone: every market of the tests stands under one."""
    if not Licence.objects.of_platform().exists():
        LicenceFactory()


class EmployerDocumentFactory(DjangoModelFactory):
    """An approved paper without a last day. Its file is not on the disk unless one is given: `file=ContentFile(…)`."""

    class Meta:
        model = EmployerDocument

    employer = factory.SubFactory("tests.factories.employers.EmployerFactory")
    kind = DocumentKind.LICENCE
    file = factory.Sequence(lambda number: f"documents/0/{number:032x}.bin")
    content_type = "image/jpeg"
    size = 1000
    sha256 = factory.Sequence(lambda number: f"{number:064x}")
    original_name = "执照.jpg"
    state = DocumentState.APPROVED
    uploaded_by = factory.LazyAttribute(lambda paper: owner_of(paper.employer))

    class Params:
        submitted = factory.Trait(state=DocumentState.SUBMITTED)


def papers_of(employer: Employer, state: str = DocumentState.APPROVED) -> list[EmployerDocument]:
    """All the papers that the employer has to show, approved unless another state is wanted."""
    person = owner_of(employer)
    return [
        EmployerDocumentFactory(employer=employer, kind=kind, state=state, uploaded_by=person)
        for kind in document_rules.required_kinds(employer)
    ]


class EmployerFactory(DjangoModelFactory):
    """A verified employer in 永康 with a complete profile; `draft`, `submitted`, … for other states.

    With `papers` it has all its papers, approved, and can be verified. A licence of this zone comes along.
    """

    class Meta:
        model = Employer

    name = factory.Sequence(lambda number: f"永康市晨光五金{number:04d}厂")
    uscc = factory.Sequence(credit_code)
    industry = "五金制造"
    scale = Scale.MIDDLE
    region = factory.LazyFunction(lambda: region("330784"))
    address = "五金大道 8 号"
    intro = "做五金工具三十年，产品卖到全国。"
    contact_name = "吕厂长"
    contact_phone = "13857900001"
    state = EmployerState.VERIFIED
    verified_at = factory.LazyFunction(timezone.now)

    class Params:
        draft = factory.Trait(state=EmployerState.DRAFT, verified_at=None)
        submitted = factory.Trait(state=EmployerState.SUBMITTED, verified_at=None)
        returned = factory.Trait(state=EmployerState.RETURNED, verified_at=None)
        due = factory.Trait(state=EmployerState.DUE)
        suspended = factory.Trait(state=EmployerState.SUSPENDED)
        banned = factory.Trait(state=EmployerState.BANNED)
        imported = factory.Trait(
            origin=Origin.IMPORTED, source_name="前程无忧", uscc=None, state=EmployerState.DRAFT, verified_at=None
        )
        agency = factory.Trait(org_type=OrgType.AGENCY)

    @classmethod
    def _create(cls, model_class: type[Employer], *args: Any, **fields: Any) -> Employer:
        papers = fields.pop("papers", False)
        make_sure_of_licence()
        employer = super()._create(model_class, *args, **fields)
        if papers:
            papers_of(employer)
        return employer


class MemberFactory(DjangoModelFactory):
    """An owner, or with `recruiter` somebody who handles postings and applicants only."""

    class Meta:
        model = Member

    employer = factory.SubFactory(EmployerFactory)
    user = factory.SubFactory(UserFactory, employer=True)
    role = MemberRole.OWNER

    class Params:
        recruiter = factory.Trait(role=MemberRole.RECRUITER)


def owner_of(employer: Employer) -> User:
    """A user who owns the employer; made when there is none."""
    member = employer.members.filter(role=MemberRole.OWNER).first() or MemberFactory(employer=employer)
    return member.user


class JobPostingFactory(DjangoModelFactory):
    """A published posting of a verified employer that says all it must; `draft`, `review`, … for other states."""

    class Meta:
        model = JobPosting

    employer = factory.SubFactory(EmployerFactory)
    title = factory.Sequence(lambda number: f"冲压工{number:04d}")
    trade = factory.SubFactory(TradeFactory, code=203, name="冲压工")
    headcount = 5
    contract_months = 12
    probation_months = 1
    duties = "操作冲床，两人一台，有师傅带。"
    requirements = "不限，肯学就行。"
    region = factory.LazyFunction(lambda: region("330784"))
    address = "五金大道 8 号"
    base_pay_min = 6000
    base_pay_max = 8000
    housing = Housing.FREE
    valid_until = factory.LazyFunction(lambda: today() + timedelta(days=30))
    state = PostingState.PUBLISHED
    published_at = factory.LazyFunction(timezone.now)

    class Params:
        draft = factory.Trait(state=PostingState.DRAFT, published_at=None)
        blank = factory.Trait(
            draft=True, title="", trade=None, duties="", requirements="", region=None, address="", base_pay_min=None,
            base_pay_max=None, valid_until=None, contract_months=None, probation_months=0,
        )  # fmt: skip
        review = factory.Trait(state=PostingState.REVIEW, published_at=None)
        rejected = factory.Trait(state=PostingState.REJECTED, published_at=None, state_reason="请写清加班怎么算")
        paused = factory.Trait(state=PostingState.PAUSED)
        filled_up = factory.Trait(state=PostingState.FILLED, filled=factory.SelfAttribute("headcount"))
        removed = factory.Trait(state=PostingState.REMOVED)
        archived = factory.Trait(state=PostingState.ARCHIVED)
        expired = factory.Trait(valid_until=factory.LazyFunction(lambda: today() - timedelta(days=1)))
        flexible = factory.Trait(engagement=Engagement.MIGRATORY, days_planned=30)
        repost = factory.Trait(
            employer=factory.SubFactory(EmployerFactory, imported=True), source_name="前程无忧",
            source_url="https://example.com/job/1",
        )  # fmt: skip

    @classmethod
    def _create(cls, model_class: type[JobPosting], *args: Any, **fields: Any) -> JobPosting:
        """Derived columns and search come along, as the actions would have written them."""
        posting = model_class(**fields)
        posting_rules.derive(posting)
        posting.save()
        search.refresh(posting)
        return posting
