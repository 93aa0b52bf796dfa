"""The workbooks that we write: the empty roster, and the rows that have to be mended."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from io import BytesIO
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from jinba.reference.trades import read_trades
from labor.workers.choices import GroupKind
from labor.workers.intake.columns import COLUMNS, COUNTIES, EDUCATIONS
from labor.workers.intake.workbook import Broken, Value

SHEET, HELP, LISTS = "名册", "填写说明", "选项"
LAST_ROW = 5_000  # drop-downs and text format reach so far down
TEXT = "@"
HEAD = PatternFill("solid", fgColor="0F5C57")
HEAD_FONT = Font(bold=True, color="FFFFFF")
MUTED = Font(italic=True, color="808080")
LINE = Border(bottom=Side("thin", color="CCCCCC"))
RED = Font(color="B3261E")

RULES = (
    "怎么填",
    "1. 从第 3 行开始，一行填一个人。带 * 的三列一定要填，其余能填多少填多少。",
    "2. 第 2 行是示例，可以删掉，留着也不会登记。",
    "3. 手机号、身份证号这两列已经设成“文本”，请不要改格式，不然号码后几位会丢。",
    "4. 一家人可以用同一个手机号，最多 10 个人。",
    "5. 两口子、同村的人想一起去，在“结伴编号”里填同一个数字，“结伴关系”选夫妻或者同乡。",
    "6. 未满 16 周岁的人不能登记。",
    "7. 每个人都要在您手里的名册上签字，同意由您代办，才能登记。",
    "8. 填好后存成 Excel 工作簿（*.xlsx），再到网站上传。先检查，您确认以后才登记。",
    "",
    "想干的工种可以写",
)


@cache
def template() -> bytes:
    """The empty roster. The same for everybody until we are started anew."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    for at, column in enumerate(COLUMNS, 1):
        letter = get_column_letter(at)
        head = sheet.cell(1, at, f"{column.title}*" if column.is_required else column.title)
        head.font, head.fill, head.border = HEAD_FONT, HEAD, LINE
        head.alignment = Alignment(horizontal="center", vertical="center")
        head.comment = Comment(column.help, "金巴就业", height=60, width=220)
        example = sheet.cell(2, at, column.example)
        example.font, example.number_format = MUTED, TEXT
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = TEXT
    sheet.row_dimensions[1].height = 24
    sheet.freeze_panes = "B2"
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    choices = {"county": COUNTIES, "education": EDUCATIONS, "group_kind": tuple(str(one.label) for one in GroupKind)}
    for at, (key, words) in enumerate(choices.items(), 1):
        for row, word in enumerate(words, 1):
            lists.cell(row, at, word)
        letter = get_column_letter(at)
        rule = DataValidation(
            type="list",
            formula1=f"{LISTS}!${letter}$1:${letter}${len(words)}",
            allow_blank=True,
            showErrorMessage=False,
        )
        own = get_column_letter(1 + next(i for i, column in enumerate(COLUMNS) if column.key == key))
        rule.add(f"{own}3:{own}{LAST_ROW}")
        sheet.add_data_validation(rule)
    _write_help(book.create_sheet(HELP, 1))
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _write_help(sheet: Any) -> None:
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 90
    for row, words in enumerate(RULES, 1):
        sheet.cell(row, 1, words).font = Font(bold=words in (RULES[0], RULES[-1]))
    families: dict[str, list[str]] = {}
    for trade in read_trades():
        families.setdefault(trade.family_name, []).append(trade.name)
    for row, (family, names) in enumerate(families.items(), len(RULES) + 1):
        sheet.cell(row, 1, family)
        sheet.cell(row, 2, "、".join(names)).alignment = Alignment(wrap_text=True, vertical="top")


def write_report(target: IO[bytes], rows: Iterable[tuple[int, dict[str, Value], str]]) -> None:
    """The rows (number, values by key, what is wrong) as a workbook like the roster. Nothing becomes a formula."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    titles = ["问题", "原来第几行", *(f"{column.title}*" if column.is_required else column.title for column in COLUMNS)]
    for at, width in enumerate([60, 10, *(column.width for column in COLUMNS)], 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "C2"
    sheet.append([_text(sheet, title, HEAD_FONT, HEAD) for title in titles])
    for row, values, words in rows:
        sheet.append([
            _text(sheet, words, RED), _text(sheet, str(row)),
            *(_text(sheet, _said(values.get(column.key))) for column in COLUMNS),
        ])  # fmt: skip
    book.save(target)


def _text(sheet: Any, words: str, font: Font | None = None, fill: PatternFill | None = None) -> Any:
    cell = WriteOnlyCell(sheet, "".join(sign for sign in words if sign >= " "))
    cell.data_type, cell.number_format = "s", TEXT
    if font:
        cell.font = font
    if fill:
        cell.fill = fill
    return cell


def _said(value: Value) -> str:
    if value is None or isinstance(value, Broken):
        return ""
    return f"{value:%Y-%m-%d}" if isinstance(value, datetime | date) else str(value)
