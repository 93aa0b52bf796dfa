"""Who may pass a door of the API. Default deny: a method that declares no need is closed to everybody."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request


@dataclass(frozen=True)
class Need:
    """What a method asks of the caller: the scope that a token must hold, and the roles whose business it is.

    A session holds every scope. Without `roles` everybody who is known may pass; what he sees is the queryset's matter.
    `right` is the permission that officers need besides: as in the admin, they see what their groups let them.
    """

    scope: str
    roles: frozenset[str] | None = None
    right: str = ""

    @property
    def is_public(self) -> bool:
        return not self.scope


ANYONE = Need("")


def need(scope: str, *roles: str, right: str = "") -> Need:
    return Need(str(scope), frozenset(roles) or None, right)


class ScopeMissing(PermissionDenied):
    """The token is right, but may not do this (RFC 6750 §3.1)."""

    default_code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__("这个令牌没有这项权限，请换一个令牌。")
        self.scope = scope


class WrongRole(PermissionDenied):
    default_code = "wrong_role"
    default_detail = "您的身份不能办这件事。"


class Declared(BasePermission):
    """Reads the view's `needs`. A token never does more than its user: both are asked."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else str(request.method)
        if request.method not in view.allowed_methods:
            return True  # 405 follows, whoever asks
        asked: Need | None = view.needs.get(method)
        if asked is None:
            return False
        if asked.is_public:
            return True
        if not request.user.is_authenticated:
            raise NotAuthenticated
        if asked.roles is not None and request.user.role not in asked.roles:
            raise WrongRole
        if asked.right and request.user.is_staff and not request.user.has_perm(asked.right):
            raise WrongRole
        held: Iterable[str] | None = getattr(request.auth, "scopes", None)
        if held is not None and asked.scope not in held:
            raise ScopeMissing(asked.scope)
        return True
