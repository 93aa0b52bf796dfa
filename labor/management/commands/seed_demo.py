import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from jinba.core.errors import Refused
from jinba.core.progress import Progress
from labor.demo import seeding

MOST_WORKERS, MOST_POSTINGS = 3_000_000, 200_000


class Command(BaseCommand):
    help = """生成演示数据：虚构的巴中劳动者、金华和巴中的用人单位、岗位、报名和各角色账号。
已有演示数据时什么也不做；--add 再加一批。数据量大时用 --workers 1100000 --postings 20000。"""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workers", type=int, default=400, metavar="N", help="劳动者人数（默认 400）")
        parser.add_argument("--postings", type=int, default=120, metavar="M", help="岗位个数（默认 120）")
        parser.add_argument(
            "--seed", type=int, default=1, metavar="S", help="随机种子，同一种子同一天结果相同（默认 1）"
        )
        parser.add_argument("--add", action="store_true", help="已有演示数据也再加一批")
        parser.add_argument("--no-match", action="store_true", help="不做匹配")

    def handle(self, *, workers: int, postings: int, seed: int, add: bool, no_match: bool, **options: Any) -> None:
        if not 1 <= workers <= MOST_WORKERS or not 2 <= postings <= MOST_POSTINGS:
            raise CommandError(f"人数应在 1 到 {MOST_WORKERS}，岗位应在 2 到 {MOST_POSTINGS} 之间。")
        if seeding.is_there() and not add:
            self.stdout.write("已有演示数据，没有改动。要再加一批请用 --add。")
            return
        with (
            Progress("岗位", postings, stream=sys.stderr) as offers,
            Progress("劳动者", workers, stream=sys.stderr) as people,
        ):
            made = seeding.seed(
                workers=workers, postings=postings, seed=seed, tell_postings=offers.at, tell_workers=people.at
            )
        rate = made.workers / max(made.worker_seconds, 0.001)
        self.stdout.write(
            f"已生成：用人单位 {made.employers}，岗位 {made.postings}（{made.posting_seconds:.1f} 秒），"
            f"劳动者 {made.workers}（{made.worker_seconds:.1f} 秒，每秒 {rate:,.0f} 人），报名 {made.applications}。"
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        if no_match:
            return
        try:
            self.stdout.write(seeding.match())
        except Refused as refusal:
            self.stdout.write(f"没有匹配：{refusal}")
