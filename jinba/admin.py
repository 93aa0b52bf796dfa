from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode

from jinba.accounts.choices import Role
from jinba.core import queues


class JinbaAdminSite(AdminSite):
    """Django's own admin for the officers of both cities. Sign-in is the staff page, with its limits on guessing."""

    site_header = site_title = "金巴就业 · 管理后台"
    index_title = "工作台"

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied  # Django's own form here would let passwords be guessed without limit
        back = urlencode({"next": request.GET.get("next", "/admin/")})
        return redirect(f"{reverse('accounts:staff_sign_in')}?{back}")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits, how the week went, and then the tables."""
        user = request.user
        lines = list(queues.lines(user))
        shown = {
            "queues": lines,
            "all_done": not any(line.count for line in lines),
            "week": queues.week(user),
            "has_no_group": user.role == Role.OFFICER and not user.get_all_permissions(),  # type: ignore[union-attr]
        }
        return super().index(request, {**shown, **(extra_context or {})})
