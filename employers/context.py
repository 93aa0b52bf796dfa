from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from employers.licensing import shown_licences


def licence(request: HttpRequest) -> dict[str, object]:
    """`platform_licence` for the foot of the page: the licence under which this zone places workers, or None."""
    return {"platform_licence": SimpleLazyObject(lambda: next(iter(shown_licences()), None))}
