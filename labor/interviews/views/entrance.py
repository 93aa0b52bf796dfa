"""How people come into the room: by their link, or signed in; and the check of their devices before."""

from django.http import HttpRequest, HttpResponse

from jinba.core.access import public


@public
def link(request: HttpRequest, token: str) -> HttpResponse:
    return HttpResponse(status=404)


@public
def room(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def check(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)
