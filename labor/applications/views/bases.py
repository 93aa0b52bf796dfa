from django.http import HttpRequest

from jinba.accounts.choices import Role


def base_of(request: HttpRequest) -> str:
    """The frame of a page that workers and their helpers share."""
    return "base_seeker.html" if request.user.role == Role.SEEKER else "base_staff.html"  # type: ignore[union-attr]
