import pytest

from employers.models import Employer, JobPosting, Member
from jinba.accounts.models import User
from tests.factories.accounts import UserFactory
from tests.factories.employers import EmployerFactory, JobPostingFactory, MemberFactory


@pytest.fixture
def employer(db: None) -> Employer:
    return EmployerFactory()


@pytest.fixture
def owner(employer: Employer) -> User:
    return MemberFactory(employer=employer).user


@pytest.fixture
def recruiter(employer: Employer, owner: User) -> User:
    return MemberFactory(employer=employer, recruiter=True).user


@pytest.fixture
def stranger(db: None) -> User:
    """An owner of another employer."""
    member: Member = MemberFactory()
    return member.user


@pytest.fixture
def officer(db: None) -> User:
    return UserFactory(officer=True)


@pytest.fixture
def posting(employer: Employer, owner: User) -> JobPosting:
    """A published posting of `employer`."""
    return JobPostingFactory(employer=employer, created_by=owner)
