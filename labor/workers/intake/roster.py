"""A workbook's rows as people: which sheet, which row bears the headings, and what each cell below them means."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from jinba.core import resident_id
from labor.workers.answers import FIELDS
from labor.workers.intake import cells
from labor.workers.intake.cells import Complaint
from labor.workers.intake.columns import BY_KEY, CARRIED_DOWN, EXAMPLE, REQUIRED, TITLES, key_of
from labor.workers.intake.template import SHEET
from labor.workers.intake.workbook import Broken, Sheet, UnusableFile, Value, Workbook

MOST_PEOPLE = 100_000
HEADINGS_WITHIN = 20  # rows: a title and who filled it in may stand above
LONGEST_VILLAGE = 60


@dataclass(frozen=True)
class Finding:
    """What is wrong with a cell; `column` as the person knows it, or empty for the whole row."""

    row: int
    column: str
    words: str
    is_fatal: bool = True


@dataclass(frozen=True)
class Known:
    """The codes of the reference tables: only what stands there can be stored."""

    regions: Collection[str]
    places: Collection[str]
    trades: Collection[int]


@dataclass
class Person:
    """One row in its clean form; `fields` are JSON values."""

    row: int
    fields: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_usable(self) -> bool:
        return not any(finding.is_fatal for finding in self.findings)


@dataclass
class Layout:
    """Where things stand in the workbook."""

    sheet: Sheet
    heading_row: int
    columns: dict[str, int]  # key → number of the column
    rows: int  # at most so many people
    notes: list[str] = field(default_factory=list)
    carried: dict[int, list[tuple[int, int]]] = field(default_factory=dict)


class Roster:
    """`with Roster(stream) as roster:`; UnusableFile when no people can be read from the workbook."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._book = Workbook(stream)
        try:
            self.layout = self._find_layout()
        except BaseException:
            self._book.__exit__()
            raise

    def __enter__(self) -> "Roster":
        return self

    def __exit__(self, *error: object) -> None:
        self._book.__exit__()

    def people(self, known: Known, *, after: int = 0) -> Iterator[Person]:
        """The people below row `after`, in the order of the sheet; without the template's example."""
        for row, values in self.raw_rows():
            if row > after:
                yield read_person(row, values, known)

    def raw_rows(self) -> Iterator[tuple[int, dict[str, Value]]]:
        """(row, values by key) of the rows that hold anything in a column of ours; merged cells carried down."""
        layout = self.layout
        carriers = {key: _Carrier(layout.carried[at]) for key, at in layout.columns.items() if at in layout.carried}
        for row, found in self._book.rows(layout.sheet):
            if row <= layout.heading_row:
                continue
            values = {key: found[at] for key, at in layout.columns.items() if at in found and _says(found[at])}
            for key, carrier in carriers.items():
                value = carrier.value(row, values.get(key))
                if value is not None and values:
                    values[key] = value
            # A row with nothing but what the template numbers or carries is no person.
            if not set(values) - CARRIED_DOWN - {"note"} or _is_example(values) or _is_heading(values):
                continue
            yield row, values

    def _find_layout(self) -> Layout:
        found: list[Layout] = []
        hidden: list[Layout] = []
        for sheet in self._book.sheets:
            layout = self._layout_of(sheet)
            if layout is None:
                continue
            (hidden if sheet.is_hidden else found).append(layout)
        visible = sum(not sheet.is_hidden for sheet in self._book.sheets)
        if not found:
            if hidden:
                raise UnusableFile("名册在一张隐藏的工作表里。请取消隐藏，放在第一张表，再传。")
            raise UnusableFile(
                "没有找到写着“姓名”“手机号”的表头。请下载我们的模板，把人填进去再传；表头那一行请不要改。"
            )
        if len(found) > 1:
            names = "、".join(f"“{layout.sheet.name[:20]}”" for layout in found[:4])
            raise UnusableFile(f"文件里有 {len(found)} 张表都是名册（{names}）。请合到一张表里再传，免得漏人。")
        layout = found[0]
        missing = [TITLES[key] for key in REQUIRED if key not in layout.columns]
        if missing:
            raise UnusableFile(f"表头里少了{'、'.join(f'“{title}”' for title in missing)}。请对照模板补上这一列。")
        if hidden:
            layout.notes.append("隐藏的工作表没有读。")
        if visible > 1 and layout.sheet.name != SHEET:  # our own template has sheets beside it
            layout.notes.append(f"只读了工作表“{layout.sheet.name[:20]}”。")
        survey = self._book.survey(layout.sheet)
        layout.rows = max(survey.rows - 1, 0)
        if layout.rows > MOST_PEOPLE + HEADINGS_WITHIN:
            raise UnusableFile(f"一次最多登记 {MOST_PEOPLE:,} 人，请把名册分成几份再传。")
        for column, top, bottom in survey.merges:
            layout.carried.setdefault(column, []).append((top, bottom))
        layout.carried = {at: merges for at, merges in layout.carried.items() if _key_at(layout, at) in CARRIED_DOWN}
        return layout

    def _layout_of(self, sheet: Sheet) -> Layout | None:
        """None when no row near the top looks like headings."""
        for row, values in self._book.rows(sheet):
            if row > HEADINGS_WITHIN:
                return None
            named = [(key_of(value), at) for at, value in sorted(values.items())]
            keys = [key for key, _ in named if key]
            if "name" not in keys or len(set(keys)) < 2:
                continue
            twice = {key for key in keys if keys.count(key) > 1}
            columns = dict(reversed([(key, at) for key, at in named if key]))
            layout = Layout(sheet, row, columns, 0)
            if twice & {"name", "phone", "resident_id"}:
                title = TITLES[sorted(twice & {"name", "phone", "resident_id"})[0]]
                raise UnusableFile(f"表头里“{title}”出现了两次，不知道该读哪一列。请只留一列。")
            if twice:
                layout.notes.append(f"“{'、'.join(sorted(TITLES[key] for key in twice))}”有两列，读的是靠左的一列。")
            unread = sum(1 for key, at in named if not key and _says(values[at]))
            if unread:
                layout.notes.append(f"有 {unread} 列不是我们要的，没有读（比如序号、性别）。")
            return layout
        return None


def _key_at(layout: Layout, at: int) -> str:
    return next((key for key, column in layout.columns.items() if column == at), "")


class _Carrier:
    """Gives the value of a cell merged downwards to each of its rows."""

    def __init__(self, merges: list[tuple[int, int]]) -> None:
        self._merges = sorted(merges)
        self._at = 0
        self._value: Value = None
        self._until = 0

    def value(self, row: int, own: Value) -> Value:
        while self._at < len(self._merges) and self._merges[self._at][0] <= row:
            top, bottom = self._merges[self._at]
            self._at += 1
            if row <= bottom:
                self._until, self._value = bottom, own if row == top else None
        if own is not None:
            return own
        return self._value if row <= self._until else None


def _says(value: Value) -> bool:
    """Whether anything is written in the cell but blanks and the dashes that stand for nothing."""
    return not isinstance(value, str) or value.strip(" \t\r\n\u3000\xa0-—–/\\") != ""


def _is_example(values: dict[str, Value]) -> bool:
    name = values.get("name")
    return isinstance(name, str) and name.strip().startswith(EXAMPLE)


def _is_heading(values: dict[str, Value]) -> bool:
    """The headings once more, as at the top of each printed page; or the line of totals at the end."""
    name = values.get("name")
    text = name.strip().replace(" ", "").replace("\u3000", "") if isinstance(name, str) else ""
    return key_of(text) == "name" or (text in ("合计", "总计", "小计") and "phone" not in values)


# One row --------------------------------------------------------------------------------------------------------------


def read_person(row: int, values: dict[str, Value], known: Known) -> Person:
    person = Person(row, {})
    fields = person.fields

    def read(key: str, rule: Callable[[Value], Any], otherwise: Any) -> Any:
        value = values.get(key)
        if value is None or value == "":
            if BY_KEY[key].is_required:
                hint = "。是合并的单元格的话，请取消合并，每行都填上" if key == "phone" else ""
                person.findings.append(Finding(row, TITLES[key], f"没有填{hint}"))
            return otherwise
        try:
            return rule(value)
        except Complaint as complaint:
            person.findings.append(Finding(row, TITLES[key], complaint.words, complaint.is_fatal))
            return otherwise

    fields["name"] = read("name", cells.name, "")
    fields["phone"] = read("phone", cells.phone, "")
    home = read("county", lambda value: cells.home(value, _plain(values.get("town")), known.regions), None)
    village = read("village", cells.village, "")
    if home is not None:
        fields["home"] = home.code
        fields["village"] = f"{home.rest if home.rest not in village else ''}{village}"[:LONGEST_VILLAGE]
    fields["resident_id"] = read("resident_id", cells.identity, "")
    born = read("birth_date", cells.birth_date, None)
    fields["birth_date"] = _birth_date(person, born)
    fields["education"] = read("education", cells.education, 0)
    fields["trades"] = read("trades", lambda value: cells.trades(value, known.trades), [])
    fields["places"] = read("places", lambda value: cells.wanted_places(value, known.places), [])
    fields["min_pay"] = read("min_pay", cells.min_pay, 0)
    fields["group"] = read("group", cells.group, "")
    fields["group_kind"] = read("group_kind", cells.group_kind, "")
    fields["note"] = read("note", cells.note, "")
    return person


def _plain(value: Value) -> Value:
    """The township is read together with the county; what is broken there counts as empty."""
    return None if isinstance(value, Broken) else value


def _birth_date(person: Person, stated: date | None) -> str | None:
    """ISO, from the identity number when there is one; the two must agree."""
    number = person.fields["resident_id"]
    born = stated
    if number:
        born = resident_id.birth_date(number)
        if stated is not None and stated != born:
            person.findings.append(Finding(person.row, TITLES["birth_date"], "和身份证号里的出生日期对不上，请核对"))
        elif stated is None:
            try:
                cells._asked(FIELDS["birth_date"], born)
            except Complaint as complaint:
                person.findings.append(Finding(person.row, TITLES["resident_id"], complaint.words))
    return born.isoformat() if born else None
