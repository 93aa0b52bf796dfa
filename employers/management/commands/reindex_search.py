from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from employers.models import JobPosting
from employers.search import SEARCH_VERSION, refresh_many


class Command(BaseCommand):
    help = "按现在的分词规则重建岗位检索词；中断后可再次运行，只处理还没有更新的岗位。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500)
        parser.add_argument("--all", action="store_true", help="连版本相同的岗位也重建")

    def handle(self, *, batch: int, all: bool, **options: Any) -> None:
        postings = JobPosting.objects.select_related("employer", "trade", "region", "zone").defer("search")
        if not all:
            postings = postings.exclude(search_version=SEARCH_VERSION)
        done, last = 0, 0
        while rows := list(postings.filter(pk__gt=last).order_by("pk")[:batch]):
            done += refresh_many(rows)
            last = rows[-1].pk
        self.stdout.write(f"已更新 {done} 个岗位（分词版本 {SEARCH_VERSION}）。")
