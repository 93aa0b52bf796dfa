from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jinba.core.access import public
from jinba.links import actions as links
from jinba.links.addresses import leads_to_public_page
from jinba.links.arrival import remember


@public
@require_safe
@never_cache
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """Where a short link leads; the reader's browser keeps which one it was."""
    link = links.follow(code=code, counts=request.method == "GET")
    if link is None or not leads_to_public_page(link.path):
        raise Http404
    response = HttpResponseRedirect(link.path)
    remember(response, link.code)
    return response
