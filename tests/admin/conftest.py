import pytest
from django.test import Client

from jinba.accounts.choices import Role
from jinba.accounts.models import User
from tests.factories.accounts import UserFactory, user_in


def client_for(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def admin(db: None) -> User:
    return user_in(Role.ADMIN)


@pytest.fixture
def officer(db: None) -> User:
    """In all groups."""
    return UserFactory(officer=True)


@pytest.fixture
def desk(officer: User) -> Client:
    return client_for(officer)
