from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from jinba.accounts.models import User
from labor.demo.story import ACCOUNTS, kept_passwords


class Command(BaseCommand):
    help = "列出演示账号：手机号、用户名和密码，以及怎样拿到短信验证码。"

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
        self.stdout.write("\n".join(lines))
