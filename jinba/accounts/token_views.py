"""“接口令牌”: where a user lets his programs in, and shuts them out again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from jinba.accounts import tokens
from jinba.accounts.models import ApiToken
from jinba.accounts.second_factor import confirm_first
from jinba.accounts.token_forms import TokenForm
from jinba.core.access import roles
from jinba.core.errors import Refused


@roles(*tokens.HOLDERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """The user's tokens and the form for a new one, whose text is on the answer to that form alone."""
    user: Any = request.user
    if user.is_staff and (first := confirm_first(request)):
        return first  # a token needs no second factor any more
    form = TokenForm(request.POST if request.method == "POST" else None, role=user.role)
    text = ""
    if form.is_valid():
        try:
            _, text = tokens.make(by=user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            form = TokenForm(role=user.role)
    rows = ApiToken.objects.filter(user=user)[: 2 * tokens.MOST_LIVE]
    context = {"form": form, "text": text, "rows": [_row(token) for token in rows]}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


def _row(token: ApiToken) -> dict[str, Any]:
    words = dict(ApiToken.scopes.field.base_field.choices or ())
    return {
        "token": token,
        "scopes": "、".join(str(words.get(scope, scope)) for scope in token.scopes),
        "is_live": token.is_live,
    }


@roles(*tokens.HOLDERS)
@require_POST
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = tokens.revoke(token=get_object_or_404(ApiToken, pk=pk, user=request.user), by=request.user)
    messages.success(request, f"“{token.name}”已撤销，用它的程序马上进不来了。")
    return redirect("accounts:tokens")
