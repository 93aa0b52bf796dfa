"""Users in every role. `phone` is a normalised number; the password of those who have one is PASSWORD."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from jinba.accounts import groups
from jinba.accounts.choices import STAFF_ROLES, Role, Side
from jinba.accounts.models import User

PASSWORD = "opens-the-door"


def phone_number(number: int) -> str:
    return f"139{number % 10**8:08d}"


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    # No name that a test gives somebody of its own: who is looked for must not be found in another.
    name = factory.Sequence(lambda number: f"游小{'英芳兰梅红'[number % 5]}")
    role = Role.SEEKER
    phone = factory.Sequence(phone_number)

    class Params:
        employer = factory.Trait(role=Role.EMPLOYER)
        broker = factory.Trait(role=Role.BROKER, side=Side.WEST)
        park = factory.Trait(role=Role.PARK, side=Side.WEST)
        officer = factory.Trait(role=Role.OFFICER, side=Side.EAST, phone="", password=PASSWORD)
        admin = factory.Trait(role=Role.ADMIN, phone="", password=PASSWORD, is_superuser=True)

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        """An officer is in all groups unless `groups` names some."""
        names = fields.pop("groups", groups.ALL if fields.get("role") == Role.OFFICER else ())
        user = User.objects.create_user(**fields)
        if names:
            user.groups.set(groups.named(names))
        return user

    @classmethod
    def _build(cls, model_class: type[User], *args: Any, **fields: Any) -> User:
        phone, password = fields.pop("phone", ""), fields.pop("password", None)
        user = User(**fields, is_staff=fields.get("role") in STAFF_ROLES)
        user.set_phone(phone)
        user.set_password(password)
        return user


def user_in(role: str, **fields: Any) -> User:
    """A user in that role."""
    trait = {} if role == Role.SEEKER else {str(role): True}
    return UserFactory(**trait, **fields)
