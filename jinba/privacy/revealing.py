"""The one way in which a page shows personal data in clear: a POST with a reason, for this answer only.

GET shows the masked data and asks why. Nothing of what was shown goes into a session, an address or a cache.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control

from jinba.core.errors import Refused
from jinba.privacy.choices import Purpose
from jinba.privacy.fields import LABELS, PHONE
from jinba.privacy.forms import RevealForm

CALLED = frozenset({PHONE})  # what a phone can dial


def piece(
    *,
    url: str,
    masked: Mapping[str, str],
    purposes: Iterable[Purpose],
    form: RevealForm | None = None,
    shown: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What `privacy/_reveal.html` shows: the masked data and why one may see it, or the data itself."""
    values = shown or masked
    return {
        "url": url,
        "rows": [
            {"label": LABELS[name], "value": value, "href": f"tel:{value}" if shown and name in CALLED else ""}
            for name, value in values.items()
            if value
        ],
        "form": form or RevealForm(purposes=purposes, auto_id="why_%s"),
        "is_shown": shown is not None,
        "button": f"显示{'、'.join(LABELS[name] for name, value in masked.items() if value)}",
    }


def answer(
    request: HttpRequest,
    *,
    masked: Mapping[str, str],
    purposes: Iterable[Purpose],
    act: Callable[..., Mapping[str, str]],
    title: str,
    back_url: str,
    base: str = "base.html",
) -> HttpResponse:
    """GET: asks why. POST: calls `act(purpose=, reason=)`, which writes the row and returns the data by field."""
    purposes, shown, status = list(purposes), None, 200
    form = RevealForm(request.POST if request.method == "POST" else None, purposes=purposes, auto_id="why_%s")
    if form.is_valid():
        try:
            shown = act(purpose=form.cleaned_data["purpose"], reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    if form.errors:
        status = 422
    reveal = piece(url=request.path, masked=masked, purposes=purposes, form=form, shown=shown)
    context = {"reveal": reveal, "title": title, "back_url": back_url, "base": base}
    template = "privacy/_reveal.html" if getattr(request, "htmx", False) else "privacy/reveal.html"
    response = render(request, template, context, status=status)
    add_never_cache_headers(response)
    patch_cache_control(response, no_store=True, private=True)
    return response
