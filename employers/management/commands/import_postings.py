import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from employers.actions import imports
from employers.intake.job51 import COLUMNS, UnusableFile, count_lines
from employers.posting_rules import LONGEST_DAYS
from jinba.core.errors import Refused
from jinba.core.progress import Progress

HELP = f"""把其他网站的岗位文件导入为转载岗位（标明来源，点开去来源网站，不在本站报名）。

51job 的文件是 CSV，表头要有这些列，先后不限：{"、".join(COLUMNS)}。
行号从 1 开始数，只数数据行，不算表头和空行。看不懂的格子列在报告的“未读懂”里：
没有岗位名称或单位名称的行不导入；工资或地点看不懂的行照样导入，那一格留空，没有地点的存为草稿、不公开。
转载岗位从发布日期起 {LONGEST_DAYS} 天内有效，过期的导入后不公开；--valid-days 表示已核实来源仍在招聘，从今天算起。
同一行不会导入第二次。文件本身不能用时退出码为 1，什么也不导入。"""


class Command(BaseCommand):
    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="岗位文件")
        parser.add_argument("--source", required=True, choices=sorted(imports.READERS), help="文件来自哪里")
        parser.add_argument(
            "--json", action="store_true", dest="as_json",
            help="最后一行输出一个 JSON 对象：rows, created, unchanged, salary_stated, salary_parsed, place_stated, "
            "place_resolved, rejected（row 为数据行号，从 1 开始；column；reason）",
        )  # fmt: skip
        parser.add_argument("--valid-days", type=int, metavar="N", help="从今天起有效 N 天（已核实来源仍在招聘）")

    def handle(self, *, file: Path, source: str, as_json: bool, valid_days: int | None, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"没有这个文件：{file}")
        try:
            with Progress("导入", count_lines(file), stream=sys.stderr) as progress:
                report = imports.import_file(path=file, source=source, valid_days=valid_days, tell=progress.at)
        except UnusableFile as error:
            raise CommandError(str(error)) from None
        except Refused as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"读不了文件 {file}:{error.strerror or error}。") from None
        self._tell(report)
        if as_json:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))

    def _tell(self, report: imports.Report) -> None:
        r = report
        lines = [
            f"共 {r.rows} 行：新导入 {r.created}，已有 {r.unchanged}，没有导入 {r.rows - r.created - r.unchanged}。",
            f"写明工资 {r.salary_stated}，读懂 {r.salary_parsed}{_share(r.salary_parsed, r.salary_stated)};"
            f"写明地点 {r.place_stated}，认出 {r.place_resolved}{_share(r.place_resolved, r.place_stated)}。",
        ]
        if report.renewed:
            lines.append(f"续期 {report.renewed} 个以前导入的岗位。")
        if report.without_place:
            lines.append(f"{report.without_place} 个岗位没有地点，存为草稿，不公开。")
        if report.rejected:
            lines.append(f"未读懂 {len(report.rejected)} 处：")
            lines += [f"  第 {p.row} 行 {p.column}:{p.reason}" for p in report.rejected]
        lines += report.notes
        self.stdout.write("\n".join(lines))


def _share(part: int, whole: int) -> str:
    return f"({part * 100 / whole:.1f}%)" if whole else ""
