"""The home page of each role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from jinba.accounts.choices import Role


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Where the signed-in user goes on working."""
    role = request.user.role  # type: ignore[union-attr]
    if role == Role.EMPLOYER:
        return redirect("employers:desk")
    if role in (Role.OFFICER, Role.ADMIN):
        return redirect("admin:index")
    return redirect("home")
