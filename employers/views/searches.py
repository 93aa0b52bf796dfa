"""The reader's own saved searches."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from employers import filters
from employers.actions import searches
from employers.models import SavedSearch


@require_safe
def list_(request: HttpRequest) -> HttpResponse:
    """The searches kept; with filters in the address also the question whether to keep these."""
    asked = filters.read(request.GET)
    words = "、".join([*([f"“{asked.q}”"] if asked.q else []), *(choice.text for choice in asked.chosen)])
    context = {
        "searches": SavedSearch.objects.filter(user=request.user.pk),
        "words": words,
        "query": asked.address().removeprefix("?"),
    }
    return render(request, "saved_searches/list.html", context)


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filter that the list shows; `query` is the part of its address behind the question mark."""
    searches.save(query=request.POST.get("query", ""), by=request.user)
    messages.success(request, "订阅好了。有新岗位，每天傍晚告诉您一次。")
    return redirect("saved_searches:list")


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    search = get_object_or_404(SavedSearch, pk=pk, user=request.user)
    searches.switch(search=search, by=request.user, on="on" in request.POST)
    return redirect("saved_searches:list")


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    search = get_object_or_404(SavedSearch, pk=pk, user=request.user)
    searches.delete(search=search, by=request.user)
    messages.success(request, "已经删掉。")
    return redirect("saved_searches:list")
