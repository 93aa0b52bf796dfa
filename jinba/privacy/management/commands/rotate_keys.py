from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from jinba.privacy import keys


class Command(BaseCommand):
    help = "把加密的内容换成 FIELD_KEYS 里第一把密钥（可中断、可重复运行，不用停机）；--check 只看还有多少用旧密钥。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只数，不改")
        parser.add_argument("--batch", type=int, default=keys.BATCH, help="一次换多少个")

    def handle(self, *, check: bool, batch: int, **options: Any) -> None:
        if not check:
            self._renew(batch)
        self._tell()

    def _renew(self, batch: int) -> None:
        for column in keys.columns():
            left = sum(number for key, number in keys.count(column).items() if key != keys.newest())
            if not left:
                continue
            done = 0
            for renewed in keys.renew(column, batch=batch):
                done += renewed
                self.stdout.write(f"{column.name}：{done} / {left}", ending="\r" if done < left else "\n")
                self.stdout.flush()
        self.stdout.write(f"二次验证的密钥：换了 {keys.renew_secrets()} 个")
        self.stdout.write(f"加密的文件：换了 {sum(keys.renew_files())} 个")

    def _tell(self) -> None:
        total: Counter[int] = Counter()
        for column in keys.columns():
            found = keys.count(column)
            total += found
            if found:
                self.stdout.write(f"{column.name}：{_words(found)}")
        files = keys.count_files()
        total += files
        self.stdout.write(f"加密的文件：{_words(files) if files else '没有'}")
        old = {key: number for key, number in sorted(total.items()) if key != keys.newest()}
        if old:
            self.stdout.write(f"还有 {sum(old.values())} 个用旧密钥（{_words(Counter(old))}），旧密钥不能删。")
        else:
            self.stdout.write(
                f"全部用密钥 {keys.newest()}。会话里也有密文，所以旧密钥从现在起再留 30 天，"
                "并留到用它的备份都过期，然后从 FIELD_KEYS 删掉。"
            )


def _words(found: Counter[int]) -> str:
    return "，".join(f"密钥 {key}：{number} 个" for key, number in sorted(found.items()))
