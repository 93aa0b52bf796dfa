"""Wrong settings of what leaves the house are said at the start, with what to do."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from jinba.notices import quiet


@register()
def notice_settings(**kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    try:
        quiet.hours()
    except ValueError:
        hint = "Two hours of the day, such as 21-8; empty for none."
        found.append(Error(f"QUIET_HOURS: {settings.QUIET_HOURS} makes no sense.", hint=hint, id="notices.E001"))
    address = urlsplit(settings.SITE_URL)
    if address.scheme not in ("http", "https") or not address.netloc or address.path.strip("/"):
        hint = "The address that visitors type, such as https://jobs.example.cn."
        found.append(Error(f"SITE_URL: {settings.SITE_URL} is no address.", hint=hint, id="notices.E002"))
    if settings.EMAIL_FROM and "@" not in settings.EMAIL_FROM:
        hint = "An address such as noreply@jobs.example.cn."
        found.append(Error(f"EMAIL_FROM: {settings.EMAIL_FROM} is no address.", hint=hint, id="notices.E003"))
    if settings.SILENCE_REMIND_DAYS >= settings.SILENCE_CLOSE_DAYS:
        hint = "Applications end some days after the reminder: 7 and 15."
        words = "SILENCE_REMIND_DAYS has to be less than SILENCE_CLOSE_DAYS."
        found.append(Error(words, hint=hint, id="notices.E004"))
    return found


@register(deploy=True)
def public_address(**kwargs: Any) -> list[CheckMessage]:
    if (urlsplit(settings.SITE_URL).hostname or "") not in ("localhost", "127.0.0.1"):
        return []
    hint = "Links in texts and e-mails lead there: set it to the address that visitors type."
    return [Warning("SITE_URL is this machine's own address.", hint=hint, id="notices.W001")]
