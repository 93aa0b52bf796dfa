"""The site's addresses, and some that always end in an error page."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path

from jinba import urls
from jinba.accounts.views import too_many
from jinba.core.access import public
from jinba.core.doors import csrf_failure

handler429 = urls.handler429


@public
def broken(request: HttpRequest, error: int) -> HttpResponse:
    if error == 400:
        raise SuspiciousOperation
    if error == 403:
        raise PermissionDenied
    raise RuntimeError("a page that breaks")


urlpatterns = [
    *urls.urlpatterns,
    path("broken/<int:error>/", broken),
    path("broken/csrf/", public(csrf_failure)),
    path("broken/too-many/", too_many),
]
