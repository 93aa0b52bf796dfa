from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from jinba.accounts import staff_views, token_views, views

View = Callable[..., HttpResponse]
app_name = "accounts"


def account_urls(*, after_code: Callable[[HttpRequest], HttpResponse], who: View) -> list[URLPattern]:
    """The way in. Who a phone may belong to is known above this floor: `after_code` goes on, `who` asks."""
    return [
        path("sign-in/", views.sign_in, name="sign_in"),
        path("sign-in/code/", views.code, {"after": after_code}, name="code"),
        path("sign-in/who/", who, name="who"),
        path("sign-in/new/", views.new, name="new"),
        path("sign-in/employer/", views.new_employer, name="new_employer"),
        path("sign-out/", views.sign_out, name="sign_out"),
        path("staff/", staff_views.staff_sign_in, name="staff_sign_in"),
        path("staff/code/", staff_views.second_factor, name="second_factor"),
        path("staff/confirm/", staff_views.confirm, name="confirm"),
        path("staff/second-factor/", staff_views.second_factor_setup, name="second_factor_setup"),
        path("tokens/", token_views.token_list, name="tokens"),
        path("tokens/<int:pk>/revoke/", token_views.token_revoke, name="token_revoke"),
        path("staff/second-factor/codes/", staff_views.spare_codes, name="spare_codes"),
    ]
