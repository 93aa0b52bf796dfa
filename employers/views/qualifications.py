"""Who runs this zone, under which licence, and where to complain (人力资源市场暂行条例 §32)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from employers.choices import TRUSTED_STATES
from employers.licensing import shown_licences
from employers.models import Licence
from jinba.core.access import public
from jinba.core.page_cache import public_page

MOST_AGENCIES = 200


@public
@require_safe
@public_page(seconds=60)
def about(request: HttpRequest) -> HttpResponse:
    """The licences of this zone and of the agencies that recruit in it."""
    agencies = Licence.objects.valid().to_place().filter(employer__state__in=TRUSTED_STATES)
    context = {
        "licences": shown_licences(),
        "agencies": agencies.select_related("employer").order_by("employer__name", "pk")[:MOST_AGENCIES],
    }
    return render(request, "employers/about.html", context)
