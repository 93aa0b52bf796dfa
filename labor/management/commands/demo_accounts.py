from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from jinba.accounts.models import User
from jinba.core.errors import Refused
from jinba.notices.letters import absolute
from labor.demo import broadcasting, interviewing
from labor.demo.story import ACCOUNTS, kept_passwords
from labor.interviews.choices import SeatKind
from labor.interviews.links import link_path

PHONES = {username: phone for username, _, _, _, phone in ACCOUNTS}


class Command(BaseCommand):
    help = "列出演示账号：手机号、用户名和密码，怎样拿到短信验证码；再备好一场现在就能进的演示面试和一场能开播的直播。"

    def handle(self, **options: Any) -> None:
        there = set(User.objects.filter(username__startswith="demo-").values_list("username", flat=True))
        if not there:
            raise CommandError("没有演示账号，请先运行 seed_demo。")
        passwords = kept_passwords()
        lines = ["演示账号"]
        for username, role, _, name, phone in ACCOUNTS:
            if username in there:
                how = (
                    f"手机 {phone}"
                    if phone
                    else f"用户名 {username}  密码 {passwords.get(username, '（已改或不在本机）')}"
                )
                lines.append(f"  {role.label}  {name}  {how}")
        lines += [
            f"验证码：手机号登录后看 {settings.VAR_DIR / 'sms.log'} 的最后一行。",
            "19900000006 是一对夫妻共用，登录时会问是哪一位。",
            "有密码的账号在“工作人员登录”处登录。",
        ]
        self.stdout.write("\n".join([*lines, *self.interview(), *self.live()]))

    def interview(self) -> list[str]:
        """Where the two sides of a video interview come in."""
        try:
            interview = interviewing.ready_to_try()
        except Refused as refusal:
            return [f"演示面试没有备好：{refusal.message}"]
        if interview is None:
            return []
        seat = interview.seats.valid().get(kind=SeatKind.WORKER)
        room = absolute(reverse("rooms:room", args=[interview.pk]))
        return [
            "远程面试，现在就能试（两个窗口，其中一个用无痕窗口）",
            f"  面试官  用手机 {PHONES['demo-recruiter']} 登录后打开 {room}",
            f"  求职者  {interview.application.worker.name}，不用登录，打开 {absolute(link_path(seat))}",
        ]

    def live(self) -> list[str]:
        """Where a live session is put on air, and where it is watched."""
        try:
            session = broadcasting.ready_to_try()
        except Refused as refusal:
            return [f"演示直播没有备好：{refusal.message}"]
        if session is None:
            return []
        console = absolute(reverse("studio:console", args=[session.pk]))
        return [
            "直播带岗，现在就能开播（两个窗口，其中一个用无痕窗口）",
            f"  主播  用手机 {PHONES['demo-recruiter']} 登录后打开 {console} ，点“开播”",
            f"  观众  不用登录，打开 {absolute(session.get_absolute_url())}",
        ]
