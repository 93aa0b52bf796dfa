from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from employers.actions import lexicon


class Command(BaseCommand):
    help = "载入随系统带的岗位词库（只加新的说法，干部改过、停用的不动；可反复运行）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="文件没变也重新载入")

    def handle(self, *, force: bool, **options: Any) -> None:
        added = lexicon.load(force=force)
        if added or options["verbosity"] > 1:
            self.stdout.write(f"词库新增 {added} 个说法。" if added else "词库没有变化。")
