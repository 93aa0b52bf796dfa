"""Links to a broadcast on another platform: only such as lead where they say."""

from urllib.parse import urlsplit

from jinba.core.errors import Refused
from labor.live.choices import Platform

# A link leads to a platform when its host is one of these, or stands below one.
HOSTS: dict[Platform, tuple[str, ...]] = {
    Platform.DOUYIN: ("douyin.com", "iesdouyin.com"),
    Platform.CHANNELS: ("weixin.qq.com", "channels.weixin.qq.com"),
    Platform.KUAISHOU: ("kuaishou.com", "kuaishouapp.com", "gifshow.com"),
}
WRONG = "请贴完整的网址，以 http:// 或者 https:// 开头。"


def checked(platform: str, url: str) -> tuple[str, str]:
    """Platform and link as they are kept; both are given, or neither. Refused beside the field that is wrong.

    People paste what an app hands them: words with the link in the middle. The link is taken out of it.
    """
    url = _link_in(url)
    if not platform and not url:
        return "", ""
    if platform not in Platform.values:
        raise Refused("请选是哪个平台的链接。", field="platform")
    name = Platform(platform)
    if not url:
        raise Refused(f"请贴{name.label}的直播链接；没有就选“只在本站播”。", field="platform_url")
    try:
        parts = urlsplit(url)
        host, has_port = (parts.hostname or "").rstrip("."), parts.port is not None
    except ValueError as error:
        raise Refused(WRONG, field="platform_url") from error
    if parts.scheme not in ("http", "https") or not host or len(url) > 300:
        raise Refused(WRONG, field="platform_url")
    if parts.username is not None or has_port or not _is_name(host):
        raise Refused("这个网址不像是直播平台的，请从平台里重新复制。", field="platform_url")
    wanted = HOSTS.get(name, ())
    if wanted and not any(host == one or host.endswith(f".{one}") for one in wanted):
        raise Refused(f"这不是{name.label}的链接，请从{name.label}里重新复制，或者改选平台。", field="platform_url")
    return name.value, url


def _link_in(text: str) -> str:
    """The first link in what was pasted; the text itself when there is none."""
    return next((word for word in text.split() if word.startswith(("http://", "https://"))), text.strip())


def _is_name(host: str) -> bool:
    """Whether it is the name of a public host: no number, no machine of our own network."""
    labels = host.split(".")
    return len(labels) > 1 and labels[-1].isalpha() and labels[-1] not in ("local", "localhost", "internal", "lan")
