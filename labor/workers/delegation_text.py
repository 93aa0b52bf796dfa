"""What a worker agrees to when he entrusts somebody: who may do what for him, and until when.

The page shows the text and the delegation keeps it word for word. Change the words and raise VERSION together.
"""

from calendar import monthrange
from datetime import date
from typing import Any

VERSION = 1
MONTHS = (3, 6, 12, 24)
USUAL_MONTHS, MOST_MONTHS = 12, 24
# What he may do; the same lines tell the worker what will stop.
DEEDS = (
    "填写和修改您的求职资料、技能",
    "替您结伴、退出结伴",
    "替您报名、取消报名、谢绝邀请",
    "替您答复企业的录用",
    "替您同意把资料交给您报名的企业",
)


def last_day(months: int, *, start: date) -> date:
    """The same day of the month that many months later, or that month's last."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def delegation_text(*, helper: Any, ends_on: date | None) -> str:
    """Without `ends_on` as it is read out before the day is chosen."""
    day = f"{ends_on.year} 年 {ends_on.month} 月 {ends_on.day} 日" if ends_on else "选好的那一天"
    who = f"{helper.name or helper.username}（{helper.get_role_display()}）"
    return (
        f"我委托{who}帮我找工作，到{day if not ends_on else ' ' + day}为止。"
        "他可以替我：填写和修改求职资料、技能；结伴和退出结伴；报名、取消报名、谢绝邀请；答复企业的录用；"
        "同意把我的姓名、电话、简历交给我报名的企业。"
        "每一次代办都有记录，我随时能查，也随时能结束委托。代办不向我收任何费用。"
        f"（第 {VERSION} 版）"
    )
