import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jinba.core.access import public
from jinba.core.page_cache import public_page
from jinba.reference.models import Region

CODE = re.compile(r"[0-9]{2,12}")


@public
@require_safe
@public_page(seconds=600)
def regions(request: HttpRequest) -> HttpResponse:
    """The regions right below `?parent=` (provinces without it): the options of a select for htmx, else JSON."""
    parent = request.GET.get("parent", "")
    if not parent:
        below = Region.objects.provinces()
    elif CODE.fullmatch(parent):
        below = Region.objects.filter(parent_id=parent)
    else:
        below = Region.objects.none()
    found = list(below.order_by("code").values("code", "name"))
    if getattr(request, "htmx", False):
        return render(request, "reference/_regions.html", {"regions": found})
    return JsonResponse({"regions": found})
