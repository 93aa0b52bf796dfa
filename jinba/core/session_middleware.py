"""Django's own, but for one thing: what was asked before somebody signed in, and answered after, signs nobody out."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangosMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers


class SessionMiddleware(DjangosMiddleware):
    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A cookie whose session is gone is taken away by pages alone.

        Signing in gives the session another key. A piece of a picture or an answer to a script that was asked with the
        old one comes back after it, and taking the cookie away then would take away the new one.
        """
        session = request.session
        is_gone = settings.SESSION_COOKIE_NAME in request.COOKIES and session.is_empty() and not session.modified
        if is_gone and "text/html" not in request.headers.get("Accept", ""):
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)
