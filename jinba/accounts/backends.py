"""What officers may open in the admin. Administrators are superusers; nobody is given single permissions by hand."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from jinba.accounts.choices import Role

VIEW, CHANGE = "view", "change"
# Buttons that move something ask for `change`; no form lets a state be typed. Users are administrators' work.
OFFICERS_MAY: dict[str, frozenset[str]] = {
    "employers": frozenset({VIEW, CHANGE}),
    "matching": frozenset({VIEW, CHANGE}),
    "applications": frozenset({VIEW}),
    "workers": frozenset({VIEW}),
    "reference": frozenset({VIEW}),
    "notices": frozenset({VIEW}),
}


class OfficerBackend(BaseBackend):
    """Signs nobody in; says what a signed-in officer may do."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        app, _, deed = perm.partition(".")
        return self._is_officer(user_obj) and deed.partition("_")[0] in OFFICERS_MAY.get(app, ())

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return self._is_officer(user_obj) and app_label in OFFICERS_MAY

    @staticmethod
    def _is_officer(user: Any) -> bool:
        return user.is_authenticated and user.is_active and user.role == Role.OFFICER
