"""Officers are in groups, and each group has only the rights of its work."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from jinba.accounts import actions as accounts
from jinba.accounts import groups
from jinba.accounts.choices import Role
from jinba.core.errors import Refused
from tests.factories.accounts import UserFactory, user_in

pytestmark = pytest.mark.django_db


def test_every_right_of_the_table_exists() -> None:
    assert groups.load() == []


def test_loading_again_changes_nothing_and_heals_what_was_changed_by_hand() -> None:
    call_command("load_groups", verbosity=0)
    before = set(Group.permissions.through.objects.values_list("group__name", "permission_id"))
    reviewers = Group.objects.get(name="岗位审核")
    reviewers.permissions.add(Permission.objects.get(codename="delete_user"))
    Group.objects.get(name="导出").permissions.clear()
    Group.objects.create(name="从前的组")
    call_command("load_groups", verbosity=0)
    assert set(Group.permissions.through.objects.values_list("group__name", "permission_id")) == before
    assert set(Group.objects.values_list("name", flat=True)) == set(groups.ALL)


def test_no_group_deletes_or_touches_users() -> None:
    for name in groups.ALL:
        for right in groups.rights_of(name):
            app, _, codename = right.partition(".")
            assert not codename.startswith("delete_") and app not in ("accounts", "auth", "mfa"), (name, right)


def test_who_reviews_postings_does_not_verify_employers_or_read_workers() -> None:
    officer = UserFactory(officer=True, groups=["岗位审核"])
    assert officer.has_perm("employers.change_jobposting") and officer.has_perm("employers.view_employer")
    for right in ("employers.change_employer", "workers.view_worker", "privacy.add_exportrecord"):
        assert not officer.has_perm(right)


def test_clear_numbers_leave_the_house_with_one_group_alone() -> None:
    assert [name for name in groups.ALL if "privacy.export_unmasked" in groups.rights_of(name)] == ["导出明文"]


def test_administrators_put_officers_in_groups(client: Client) -> None:
    officer, admin = UserFactory(officer=True, groups=[]), user_in(Role.ADMIN)
    groups.load()
    with pytest.raises(Refused, match="只有系统管理员"):
        accounts.put_in_groups(user=officer, groups=Group.objects.all(), by=officer)
    with pytest.raises(Refused, match="只有人社干部"):
        accounts.put_in_groups(user=user_in(Role.BROKER), groups=Group.objects.all(), by=admin)
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("admin:accounts_user_change", args=[officer.pk])
    assert "岗位审核" in client.get(url).content.decode()
    chosen = Group.objects.get(name="岗位审核")
    typed = {"name": officer.name, "side": "east", "groups": [chosen.pk]}
    assert client.post(url, typed).status_code == 302
    assert [group.name for group in officer.groups.all()] == ["岗位审核"]
    broker = user_in(Role.BROKER)
    url = reverse("admin:accounts_user_change", args=[broker.pk])
    assert "岗位审核" not in client.get(url).content.decode()
    assert client.post(url, {"name": broker.name, "side": "east", "groups": [chosen.pk]}).status_code == 302
    assert not broker.groups.exists()
