from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from jinba.reference import actions as reference


class Command(BaseCommand):
    help = "载入区划、园区、职业、工种、技能和证书（数据文件没变就跳过，可反复运行）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="文件没变也重新载入")

    def handle(self, *, force: bool, **options: Any) -> None:
        counts = reference.load(force=force)
        if counts:
            self.stdout.write("已载入：" + ",".join(f"{table} {count}" for table, count in counts.items()) + "。")
        elif options["verbosity"] > 1:
            self.stdout.write("数据文件没有变化。")
