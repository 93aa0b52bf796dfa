"""Rows of a 51job CSV file into plain offers: pure, no database.

The file's columns are COLUMNS, in any order and among others. Rows are numbered from 1, the header not counted.
Nothing is guessed: a cell that cannot be read leaves its field empty and is reported with the row, column and reason.
"""

import codecs
import csv
import hashlib
import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from employers.choices import EmploymentKind, Housing, Insurance, Meals, OrgType, RestRule, Scale
from employers.intake import salary
from jinba.reference import places
from jinba.reference.choices import Education, Shift
from jinba.reference.places import Place
from jinba.reference.trades import OTHER, trade_of

SOURCE = "51job"
SOURCE_NAME = "前程无忧"
COLUMNS = (
    "jobName", "tags", "area", "salary", "workYear", "degree", "companyName", "companyType", "companySize", "issueDate",
)  # fmt: skip
# The same columns under the headings that people give them.
HEADINGS = {
    heading: column
    for column, headings in {
        "jobName": "职位 职位名称 岗位 岗位名称",
        "tags": "标签 职位标签",
        "area": "地区 地点 工作地点 工作地区",
        "salary": "薪资 薪酬 工资",
        "workYear": "经验 工作经验 工作年限",
        "degree": "学历 学历要求",
        "companyName": "公司 公司名称 企业名称 单位名称",
        "companyType": "公司类型 公司性质",
        "companySize": "公司规模 规模",
        "issueDate": "发布时间 发布日期",
    }.items()
    for heading in headings.split()
}
BRACKETS = str.maketrans("()", "（）")  # as registered names write them
TITLE_LENGTH = 80
COMPANY_LENGTH = 120


class UnusableFile(Exception):
    """Nothing can be imported from the file; the message is one sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A cell that could not be read."""

    row: int
    column: str
    reason: str


@dataclass(slots=True)
class Tags:
    """What the tags of a posting say, sorted into our fields; '' where they say nothing."""

    insurance: str = ""
    meals: str = ""
    housing: str = ""
    rest_rule: str = ""
    shift: str = ""
    couple_rooms: bool = False
    benefits: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Offer:
    """One row, read. `problems` name the cells that were left empty; without title or company it is no offer."""

    row: int
    key: str
    title: str = ""
    company: str = ""
    org_type: str = OrgType.COMPANY
    scale: str = ""
    scale_text: str = ""
    area: str = ""
    place: Place | None = None
    place_stated: bool = False
    pay: salary.Pay | None = None
    salary_stated: bool = False
    education_min: int = Education.ANY
    education_text: str = ""
    years_min: int = 0
    years_text: str = ""
    employment_kind: str = EmploymentKind.FULL_TIME
    trade: int = OTHER
    tags: Tags = field(default_factory=Tags)
    issued_at: datetime | None = None
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return bool(self.title and self.company)


# -- the file ------------------------------------------------------------------------------------------------------


def encoding_of(path: Path) -> str:
    """`utf-8-sig`, `utf-16` or `gb18030`, whichever reads the file with the least damage; reads it in pieces."""
    with path.open("rb") as file:
        head = file.read(4)
        if not head:
            raise UnusableFile("文件是空的。")
        if head.startswith(b"PK\x03\x04") or head.startswith(b"\xd0\xcf\x11\xe0"):
            raise UnusableFile("这是 Excel 文件，请先另存为 CSV(UTF-8)再导入。")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        file.seek(0)
        damage = {"utf-8": 0, "gb18030": 0}
        letters = 0
        decoders = {name: codecs.getincrementaldecoder(name)("replace") for name in damage}
        while piece := file.read(1 << 20):
            for name, decoder in decoders.items():
                text = decoder.decode(piece)
                damage[name] += text.count("\ufffd")
                if name == "utf-8":
                    letters += sum(c > "\x7f" for c in text)
    if damage["utf-8"] * 20 <= letters or damage["utf-8"] <= damage["gb18030"]:
        return "utf-8-sig"
    return "gb18030"


def count_lines(path: Path) -> int:
    """How many lines the file has at most: for a progress bar."""
    with path.open("rb") as file:
        return sum(piece.count(b"\n") for piece in iter(lambda: file.read(1 << 20), b""))


def read_rows(path: Path) -> Iterator[tuple[int, dict[str, str] | Problem]]:
    """The rows as (number, cells by column) or (number, why the row cannot be read); blank rows are passed over.

    Raises UnusableFile when the file has no header with all COLUMNS, before the first row.
    """
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as file:
        table = _Table(line.replace("\0", "") for line in file)
        header = [_heading(cell) for cell in table.next() or []]
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            raise UnusableFile(
                f"缺少列：{'、'.join(missing)}。51job 文件应有这些列：{'、'.join(COLUMNS)}。没有导入任何内容。"
            )
        at = {column: header.index(column) for column in COLUMNS}
        number = 0
        while (cells := table.next()) is not None:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            if len(cells) == len(header):
                yield number, {column: cells[index] for column, index in at.items()}
                continue
            # A quote without its partner swallows the lines behind it: give them back and lose this one only.
            swallowed = table.give_back()
            column = header[len(cells)] if len(cells) < len(header) and not swallowed else header[-1]
            reason = "引号不成对" if swallowed else f"这一行有 {len(cells)} 列，表头有 {len(header)} 列，对不上"
            yield number, Problem(number, column, reason)


class _Table:
    """CSV records from lines; remembers the lines of the last record, so that all but its first can be given back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.waiting: deque[str] = deque()
        self.taken: list[str] = []
        self.reader = csv.reader(iter(self._line, None))

    def _line(self) -> str | None:
        line = self.waiting.popleft() if self.waiting else next(self.lines, None)
        if line is not None:
            self.taken.append(line)
        return line

    def next(self) -> list[str] | None:
        """The next record; an unreadable one has no cells but one blank-free mark; None at the end."""
        self.taken.clear()
        try:
            return next(self.reader)
        except StopIteration:
            return None
        except csv.Error:  # a cell longer than any real one
            return ["?"]

    def give_back(self) -> bool:
        rest = self.taken[1:]
        if rest:
            self.waiting.extendleft(reversed(rest))
            self.reader = csv.reader(iter(self._line, None))
        return bool(rest)


def _heading(cell: str) -> str:
    name = unicodedata.normalize("NFKC", cell).strip().strip("\ufeff\"'").strip()
    if name in HEADINGS:
        return HEADINGS[name]
    flat = re.sub(r"[\s_-]", "", name).lower()
    return next((column for column in COLUMNS if column.lower() == flat), name)


# -- one row -------------------------------------------------------------------------------------------------------


def _tidy(cell: str) -> str:
    """Half-width, without lost bytes, control characters and double blanks."""
    plain = unicodedata.normalize("NFKC", cell).replace("\ufffd", "")
    return re.sub(r"\s+", " ", "".join(c if c.isprintable() else " " for c in plain)).strip()


def key_of(cells: dict[str, str]) -> str:
    """The natural key of a row: equal rows have equal keys, whatever the order of their columns."""
    joined = "\x1f".join((SOURCE, *(_tidy(cells[column]) for column in COLUMNS)))
    return hashlib.sha256(joined.encode()).hexdigest()


def read_offer(row: int, cells: dict[str, str]) -> Offer:
    """Read one row; never raises: what cannot be read is in `problems`."""
    offer = Offer(row=row, key=key_of(cells))

    def problem(column: str, reason: str) -> None:
        offer.problems.append(Problem(row, column, reason))

    damaged = [column for column in COLUMNS if "\ufffd" in cells[column]]
    if damaged:
        offer.notes.append(f"第 {row} 行 {'、'.join(damaged)} 有损坏的字符，已去掉")
    offer.title = _tidy(cells["jobName"])
    offer.company = _tidy(cells["companyName"])
    if not offer.title:
        problem("jobName", "没有岗位名称，未导入这一行")
    if not offer.company:
        problem("companyName", "没有单位名称，未导入这一行")
    if len(offer.title) > TITLE_LENGTH:
        offer.notes.append(f"第 {row} 行岗位名称超过 {TITLE_LENGTH} 字，已截短")
        offer.title = offer.title[:TITLE_LENGTH]
    offer.company = offer.company[:COMPANY_LENGTH].translate(BRACKETS)

    offer.area = _tidy(cells["area"])
    offer.place_stated = places.is_stated(cells["area"])
    if offer.place_stated:
        offer.place = places.resolve(cells["area"].strip())
        if offer.place is None:
            problem("area", places.why_unresolved(offer.area))

    offer.salary_stated = salary.is_stated(cells["salary"])
    try:
        offer.pay = salary.parse(cells["salary"])
    except salary.Unreadable as error:
        problem("salary", str(error))
    if offer.pay and offer.pay.swapped:
        offer.notes.append(f"第 {row} 行工资上下限写反，已对调：{_tidy(cells['salary'])}")

    degree, years = _tidy(cells["degree"]), _tidy(cells["workYear"])
    try:
        offer.education_min, offer.education_text = education_of(degree), degree
    except ValueError as error:
        problem("degree", str(error))
    try:
        offer.years_min, offer.years_text = years_of(years), years
    except ValueError as error:
        problem("workYear", str(error))
    offer.scale_text = _tidy(cells["companySize"])
    try:
        offer.scale = scale_of(offer.scale_text)
    except ValueError as error:
        problem("companySize", str(error))
    offer.org_type = org_type_of(_tidy(cells["companyType"]))
    tags = [_tidy(tag) for tag in re.split(r"[,，;；|]", cells["tags"])]
    offer.tags = sort_tags(tag for tag in tags if tag and tag not in (degree, years))
    offer.employment_kind = employment_kind_of(offer.title)
    offer.trade = trade_of(offer.title) or next(filter(None, map(trade_of, offer.tags.wanted)), OTHER)
    try:
        offer.issued_at = issued_at(_tidy(cells["issueDate"]))
    except ValueError as error:
        problem("issueDate", str(error))
    return offer


DEGREES = (
    # The first word found decides; 及以下 asks for nothing, whatever it names.
    (("不限", "无要求", "无学历", "及以下", "以下"), Education.ANY),
    (("博士", "硕士", "研究生", "mba", "emba"), Education.GRADUATE),
    (("本科", "学士"), Education.BACHELOR),
    (("大专", "专科", "高职"), Education.COLLEGE),
    (("高中", "中专", "中技", "技校", "职高", "中职"), Education.SENIOR),
    (("初中", "中学"), Education.JUNIOR),
    (("小学",), Education.PRIMARY),
)


def education_of(text: str) -> int:
    """The least education asked; 不限 when nothing is said; ValueError when the words are unknown."""
    plain = text.lower()
    if not plain or plain in ("-", "其他", "其它"):
        return Education.ANY
    for words, education in DEGREES:
        if any(word in plain for word in words):
            return education
    raise ValueError(f"看不懂学历要求：{text}")


def years_of(text: str) -> int:
    """The least years of experience asked: 3 for 3-4年, 0 for 无需经验 and 在校生/应届生."""
    if not text or text == "-" or re.search(r"不限|无需|无经验|应届|在校|实习|不要求|经验以下|1年以下|1年以内", text):
        return 0
    found = re.search(r"(\d{1,2})(?:\.\d)?\s*(?:-\s*\d{1,2}\s*)?年", text)
    if not found:
        raise ValueError(f"看不懂工作经验：{text}")
    if re.search(r"年(及)?以下|以内", text) and "-" not in text:
        return 0
    return int(found.group(1))


SIZES = (
    (50, Scale.SMALL),  # 少于50人: most have 20 or more
    (150, Scale.MIDDLE),
    (500, Scale.MIDDLE),
    (1000, Scale.LARGE),
    (10_000, Scale.HUGE),
)


def scale_of(text: str) -> str:
    """Our class of size that covers most of the source's class; '' when nothing is said."""
    if not text or text == "-":
        return ""
    numbers = [int(n) for n in re.findall(r"\d+", text.replace(",", ""))]
    if not numbers:
        raise ValueError(f"看不懂单位规模：{text}")
    top = numbers[0] * 2 if re.search(r"以上|\+", text) else numbers[-1]
    if top <= 20:
        return Scale.TINY
    return next((scale for most, scale in SIZES if top <= most), Scale.GIANT)


def org_type_of(text: str) -> str:
    if re.search(r"事业|政府|机关|非营利|社会团体|协会|学校|医院", text):
        return OrgType.INSTITUTION
    if "个体" in text:
        return OrgType.SOLE
    if "合作社" in text:
        return OrgType.COOPERATIVE
    return OrgType.COMPANY


def employment_kind_of(title: str) -> str:
    if re.search(r"实习", title) and not re.search(r"非实习|不招实习", title):
        return EmploymentKind.INTERNSHIP
    if re.search(r"兼职|小时工|钟点", title):
        return EmploymentKind.PART_TIME
    if re.search(r"日结|零工", title):
        return EmploymentKind.CASUAL
    if re.search(r"临时工|短期|暑假工|寒假工|季节工", title):
        return EmploymentKind.SEASONAL
    return EmploymentKind.FULL_TIME


TAG_FIELDS: tuple[tuple[str, str, str], ...] = (
    # (field, value, what the tag contains, or ^what it is$); the first that fits a field wins.
    ("insurance", Insurance.FULL_FUND, r"[五六七]险[一二两]金|公积金"),
    ("insurance", Insurance.FULL, r"五险|^(缴纳|购买|交)?社保$|社会保险"),
    ("insurance", Insurance.INJURY, r"工伤保?险|意外险"),
    ("meals", Meals.ALL, r"包吃|包三餐|管吃|食宿|吃住全包|免费三餐|提供三餐|一日三餐"),
    ("meals", Meals.WORK, r"工作餐|免费午餐|包午餐|包餐|提供午餐|免费餐|午餐免费"),
    ("meals", Meals.SUBSIDY, r"餐补|餐饮补|餐费补|饭补|伙食补|就餐补|用餐补"),
    ("housing", Housing.FREE, r"包住|包吃住|管住|食宿|住宿$|提供宿舍|(免费|员工)(住宿|宿舍|公寓)|吃住全包|^宿舍$"),
    ("housing", Housing.SUBSIDY, r"住房补|房补|租房补|住宿补"),
    ("rest_rule", RestRule.TWO_DAYS, r"双休|做五休二|五天(工作)?制|朝九晚五"),
    ("rest_rule", RestRule.ONE_DAY, r"单休|[做上]六休一"),
    ("rest_rule", RestRule.FOUR_A_MONTH, r"月休[4四]天?"),
    ("rest_rule", RestRule.ROTA, r"轮休|排班|做[一二三四]休[一二]"),
    ("shift", Shift.DAY, r"[长常]白班|正常班|^白班$"),
    ("shift", Shift.TWO, r"[两二]班[倒制]"),
    ("shift", Shift.THREE, r"三班[倒制]"),
    ("shift", Shift.ROTATING, r"倒班|轮班|翻班|四班"),
)
_TAG_FIELDS = tuple((name, value, re.compile(pattern)) for name, value, pattern in TAG_FIELDS)
BENEFIT = re.compile(
    r"补贴|补助|津贴|奖|假|体检|旅游|福利|保险|[五六七]险|公积金|年金|双休|期权|股权|激励|班车|下午茶|零食|茶点|团建|聚餐|调薪|晋升|"
    r"弹性|住宿|宿舍|食宿|公寓|包吃|包住|食堂|工作餐|餐补|社保|礼|健身|瑜伽|氛围|扁平|出国机会|专业培训|培训机会|带薪|岗前培训|"
    r"入职培训|技能培训|免费|落户|加班费|加班补|加班工资|空调|不加班|少加班|做五休二|朝九晚|早九晚|月休|轮休|五天|班制|生日|活动|"
    r"慰问|分红|提成|\d薪|接送|车补|话补|房补|饭补|领导好|管理规范|发展空间|高温|全勤|工龄|单休|白班|转正机会|实习证明"
)
NO_BENEFIT = re.compile(r"薪酬|管理系统|活动策划|活动运营|保险业务|保险产品|奖惩|培训师|培训管理|假肢")


def sort_tags(tags: Iterable[str]) -> Tags:
    """Sort tags into our fields, other benefits, and words that the employer wants; each is kept once, in order."""
    sorted_tags = Tags()
    seen: set[str] = set()
    for tag in tags:
        lower = tag.lower()
        if lower in seen:
            continue
        seen.add(lower)
        hit = False
        for name, value, pattern in _TAG_FIELDS:
            if pattern.search(tag):
                hit = True
                if not getattr(sorted_tags, name):
                    setattr(sorted_tags, name, value)
        if "夫妻房" in tag:
            sorted_tags.couple_rooms = hit = True
        if hit or (BENEFIT.search(tag) and not NO_BENEFIT.search(tag)):
            sorted_tags.benefits.append(tag[:30])
        else:
            sorted_tags.wanted.append(tag[:40])
    return sorted_tags


def issued_at(text: str) -> datetime | None:
    """The time of issue as written, without a zone (the source means Beijing time); None when nothing is said."""
    if not text or text == "-":
        return None
    plain = re.sub(r"[年月/.]", "-", text).replace("日", " ").replace("T", " ").strip()
    found = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?)?", plain)
    try:
        if not found:
            raise ValueError
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        when = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - the caller knows the zone
        if when.date() < date(2000, 1, 1):
            raise ValueError
        return when
    except ValueError:
        raise ValueError(f"看不懂发布日期：{text}") from None


def read_offers(path: Path) -> Iterator[Offer | Problem]:
    """Every row of the file in its order: an Offer, or the Problem that makes it unreadable as a whole."""
    for number, cells in read_rows(path):
        yield cells if isinstance(cells, Problem) else read_offer(number, cells)
