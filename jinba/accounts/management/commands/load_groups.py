from typing import Any

from django.core.management.base import BaseCommand, CommandError

from jinba.accounts import groups


class Command(BaseCommand):
    help = "按 jinba/accounts/groups.py 建立干部的权限组。可以反复运行。"

    def handle(self, **options: Any) -> None:
        if unknown := groups.load():
            raise CommandError(f"这些权限不存在，请先运行 migrate：{'、'.join(unknown)}")
        if options["verbosity"]:
            self.stdout.write(f"权限组：{len(groups.ALL)} 个。")
