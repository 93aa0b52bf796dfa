from typing import Any

from django.core.management.base import BaseCommand

from jinba.privacy import keys


class Command(BaseCommand):
    help = "换过 INDEX_KEY 以后，把手机号、身份证号、邮箱的盲索引全部重算（先停机：重算完以前按手机号找不到人）。"

    def handle(self, **options: Any) -> None:
        for column in keys.columns():
            if column.index:
                changed = sum(keys.reindex(column))
                self.stdout.write(f"{column.table}.{column.index}：重算，变了 {changed} 个")
        self.stdout.write("好了。发出去还没用的验证码请重新获取。")
