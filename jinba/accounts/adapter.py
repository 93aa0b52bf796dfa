import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.stages import AuthenticateStage
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from jinba.accounts import second_factor
from jinba.core.client import client_address

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """allauth signs staff in by password and opens every session; nobody registers through its own pages."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": "用户名或密码不对。",
        "too_many_login_attempts": "试得太多了，请过几分钟再来。",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_stages(self) -> list[str]:
        return ["jinba.accounts.adapter.SecondFactorStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages speak for themselves."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """A disabled user sounds like a wrong password, even with the right one."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, "这个账号已停用，请联系工作人员。")
        return redirect("accounts:sign_in")

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        logger.info("accounts: user %s (%s) signed in from %s", user.pk, user.role, client_address(request))

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        logger.warning("accounts: a wrong password from %s", client_address(request))


class SecondFactorStage(AuthenticateStage):
    """Who set up a second factor is signed in only when he gave it; the page is ours."""

    urlname = "accounts:second_factor"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        if self.login.user is None or not second_factor.is_set_up(self.login.user):
            return None, True
        return redirect(self.urlname), True


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of second factors are encrypted with the keys of our own columns."""

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def encrypt(self, text: str) -> str:
        return second_factor.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.unseal(encrypted_text)
