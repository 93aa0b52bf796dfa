"""The doors of a room for its own page: JSON in, JSON out, each one action."""

from django.http import HttpRequest, HttpResponse

from jinba.core.access import public


@public
def state(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def ice(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def admit(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def away(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def say(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def chat(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def report(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def device(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)


@public
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(status=404)
