"""An .xlsx from a stranger, read row by row in bounded memory.

openpyxl builds trees of whatever a part contains and trusts the archive; what strangers send is read here instead, by
expat alone: no entity is ever defined (a DOCTYPE is refused), nothing is unpacked to disk, no formula is computed, and
how deep, how long and how many is limited before it is held.
"""

import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import IO, Any
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

MB = 1024 * 1024
MOST_BYTES = 20 * MB
MOST_ENTRIES = 2_000
MOST_DIRECTORY = 1 * MB  # of the archive; zipfile reads it whole
MOST_UNPACKED = 800 * MB  # streamed, never held; a million formatted empty rows are half of it
MOST_SMALL_PART = 20 * MB  # workbook, relations, styles
MOST_STRINGS, MOST_STRING_SIGNS = 2_000_000, 60_000_000
MOST_COLUMNS, MOST_ROWS = 16_384, 1_048_576  # of Excel itself
LONGEST_CELL = 32_767
DEEPEST = 40
LONGEST_TOKEN = 4 * MB
MOST_MERGES = 50_000
PIECE = 64 * 1024

SAVE_AS = "请用 Excel 或 WPS 打开它，点“文件”里的“另存为”，类型选“Excel 工作簿（*.xlsx）”，再传新存的文件。"
TOO_BIG = f"文件太大了，最大 {MOST_BYTES // MB} MB。请把名册分成几份再传。"
TOO_MUCH = "表格展开后太大了。请把名册里的人复制到一张新表（或者我们的模板）里，再传新表。"
BROKEN = f"文件打不开，可能传坏了或者存坏了。{SAVE_AS}"
STRANGE = f"文件里有表格不该有的内容，为安全起见不能收。{SAVE_AS}"


class UnusableFile(Exception):
    """Nothing can be read from the file; the message is one sentence that says what to do."""


class Broken:
    """A cell that holds no usable value; `why` is told to the person."""

    def __init__(self, why: str) -> None:
        self.why = why


FORMULA_ERROR = Broken("公式出错了，请改成直接填写")
NOT_COMPUTED = Broken("公式没有算出结果，请改成直接填写")
TOO_LONG = Broken("内容太长了")

Value = str | int | float | date | datetime | time | bool | Broken | None


@dataclass(frozen=True)
class Sheet:
    name: str
    is_hidden: bool
    part: str


@dataclass
class Survey:
    """What a quick look over a sheet's bytes tells: hints only, the reading itself does not rely on them."""

    rows: int = 0  # rows with any content
    merges: list[tuple[int, int, int]] = field(default_factory=list)  # (column, first row, last row), one column wide


# The door -------------------------------------------------------------------------------------------------------------


def check(stream: IO[bytes], size: int) -> None:
    """Refuse, cheaply and before anything is unpacked, what is no .xlsx or too large; UnusableFile says what to do."""
    if size == 0:
        raise UnusableFile("这个文件是空的，请重新选一个。")
    if size > MOST_BYTES:
        raise UnusableFile(TOO_BIG)
    stream.seek(0)
    head = stream.read(4096)
    if not head.startswith(b"PK"):
        raise UnusableFile(_what_it_is(head, stream))
    with _archive(stream) as archive:
        _check_parts(archive)


def _what_it_is(head: bytes, stream: IO[bytes]) -> str:
    """The sentence for a file that is no zip archive."""
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        stream.seek(0)
        if "EncryptedPackage".encode("utf-16-le") in stream.read(MOST_BYTES):
            return "这个表格加了密码。请打开它，把密码去掉，另存以后再传。"
        return f"这是老格式的表格（.xls 或 .et）。{SAVE_AS}"
    if head.startswith(b"%PDF"):
        return "这是 PDF，不是表格。请把名册填进我们的模板再传。"
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"RIFF")):
        return "这是图片，不是表格。请把名册填进我们的模板再传。"
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        return f"这其实是网页格式的表格，只是名字像 Excel。{SAVE_AS}"
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"认不出这个文件，只收 .xlsx 表格。{SAVE_AS}"
    return f"这是文本（CSV）文件，长号码会丢掉后几位。{SAVE_AS}"


def _archive(stream: IO[bytes]) -> zipfile.ZipFile:
    _check_directory(stream)
    try:
        return zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnusableFile(BROKEN) from error


def _check_directory(stream: IO[bytes]) -> None:
    """The archive's table of contents has to be small: zipfile would hold all of it."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - 66_000))
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        raise UnusableFile(BROKEN)
    if tail[:at][-20:].startswith(b"PK\x06\x07"):
        raise UnusableFile(STRANGE)
    entries, directory = (
        struct.unpack("<H", tail[at + 10 : at + 12])[0],
        struct.unpack("<I", tail[at + 12 : at + 16])[0],
    )
    if entries > MOST_ENTRIES or directory > MOST_DIRECTORY:
        raise UnusableFile(STRANGE)
    stream.seek(0)


def _check_parts(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename.lower().lstrip("/") for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) != len(names):
        raise UnusableFile(STRANGE)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnusableFile("这个文件加了密码。请去掉密码再传。")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise UnusableFile(STRANGE)
    if "[content_types].xml" not in names:
        if "mimetype" in names:
            raise UnusableFile(f"这是 OpenDocument 表格（.ods）。{SAVE_AS}")
        raise UnusableFile("这是压缩包，不是表格。请把里面的表格单独传上来。")
    if any(name.endswith(("vbaproject.bin", ".xlsb")) or name == "xl/workbook.bin" for name in names):
        raise UnusableFile(f"这个表格带宏或者是二进制格式，为安全起见不能收。{SAVE_AS}")
    if not any(name.startswith("xl/") for name in names):
        raise UnusableFile("这不是 Excel 表格（可能是 Word 或 PPT 文档）。请把名册填进我们的模板再传。")
    if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise UnusableFile(TOO_MUCH)


# Reading --------------------------------------------------------------------------------------------------------------


class Workbook:
    """`with Workbook(stream) as book:`; raises UnusableFile from any method when the file is not what it should be."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._archive = _archive(stream)
        _check_parts(self._archive)
        self._parts = {entry.filename.lstrip("/").lower(): entry for entry in self._archive.infolist()}
        main = self._main_part()
        self._epoch = CALENDAR_WINDOWS_1900
        self._related = self._relations(main)
        self.sheets = self._sheets(main)
        self._strings: list[str] | None = None
        self._dates: set[int] | None = None

    def __enter__(self) -> "Workbook":
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()

    def survey(self, sheet: Sheet) -> Survey:
        """How many rows have content, and which cells of a column are merged downwards; a pass over the bytes."""
        found, is_counted, held = Survey(), True, b""
        for piece in self._pieces(sheet.part, MOST_UNPACKED):
            text = held + piece
            end = max(text.rfind(b">") + 1, len(text) - 400)
            for match in _LANDMARK.finditer(text, 0, end):
                if match["row"]:
                    is_counted = False
                elif match["value"]:
                    found.rows += not is_counted
                    is_counted = True
                elif match["left"] == match["right"] and len(found.merges) < MOST_MERGES:
                    found.merges.append((_column(match["left"].decode()), int(match["top"]), int(match["bottom"])))
            held = text[end:]
        return found

    def rows(self, sheet: Sheet) -> Iterator[tuple[int, dict[int, Value]]]:
        """(number, values by column from 0) of the rows that have any content, in the order of the file."""
        reader = _SheetReader(self._string, self._date_styles, self._epoch)
        for _ in self._parsed(sheet.part, reader.start, reader.end, reader.text, most=MOST_UNPACKED):
            yield from reader.done
            reader.done.clear()

    # -- parts -----------------------------------------------------------------------------------------------------

    def _main_part(self) -> str:
        for kind, target in self._relations("").values():
            if kind.endswith("/officeDocument"):
                return target
        raise UnusableFile(BROKEN)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """id → (kind, part) of what a part names, leaving out what lies outside the file."""
        folder, _, name = part.rpartition("/")
        path = f"{folder}/_rels/{name}.rels".lstrip("/")
        found: dict[str, tuple[str, str]] = {}

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "Relationship" and attributes.get("TargetMode") != "External":
                target = attributes.get("Target", "")
                full = target if target.startswith("/") else f"{folder}/{target}"
                found[attributes.get("Id", "")] = (attributes.get("Type", ""), _normal(full))

        if path.lower() in self._parts:
            self._read(path, start)
        return found

    def _sheets(self, main: str) -> list[Sheet]:
        found = []

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                self._epoch = CALENDAR_MAC_1904
            if tag == "sheet":
                relation = next((value for key, value in attributes.items() if key.endswith(" id")), "")
                kind, part = self._related.get(relation, ("", ""))
                if kind.endswith("/worksheet") and part.lower() in self._parts:
                    found.append(Sheet(attributes.get("name", ""), attributes.get("state", "") in HIDDEN, part))

        self._read(main, start)
        if not found:
            raise UnusableFile("这个文件里没有工作表。请用我们的模板填写。")
        return found

    def _part_of(self, kind: str) -> str:
        return next((part for ending, part in self._related.values() if ending.endswith(f"/{kind}")), "")

    def _string(self, number: int) -> str:
        if self._strings is None:
            self._strings = self._read_strings()
        return self._strings[number] if 0 <= number < len(self._strings) else ""

    def _read_strings(self) -> list[str]:
        part = self._part_of("sharedStrings")
        if part.lower() not in self._parts:
            return []
        reader = _StringsReader()
        for _ in self._parsed(part, reader.start, reader.end, reader.text, most=MOST_UNPACKED):
            pass
        return reader.strings

    @property
    def _date_styles(self) -> set[int]:
        """The numbers of the cell styles that show a number as a date."""
        if self._dates is None:
            self._dates = self._read_styles()
        return self._dates

    def _read_styles(self) -> set[int]:
        part = self._part_of("styles")
        formats, styles, inside = dict(BUILTIN_FORMATS), [0], [False]
        dates: set[int] = set()

        def start(tag: str, attributes: dict[str, str]) -> None:
            if tag == "numFmt" and attributes.get("numFmtId", "").isdigit():
                formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
            elif tag == "cellXfs":
                inside[0] = True
            elif tag in ("cellStyles", "dxfs"):
                inside[0] = False
            elif tag == "xf" and inside[0]:
                number = attributes.get("numFmtId", "0")
                # 27–36 and 50–58 are the dates of Chinese Excel, which leaves their formats unsaid.
                known = int(number) if number.isdigit() and len(number) < 9 else 0
                if known in EAST_ASIAN_DATES or is_date_format(formats.get(known, "General")):
                    dates.add(styles[0])
                styles[0] += 1

        if part.lower() in self._parts:
            self._read(part, start)
        return dates

    # -- bytes -----------------------------------------------------------------------------------------------------

    def _read(self, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
        """Hand every opening tag of a small part to `start`."""
        for _ in self._parsed(part, start, most=MOST_SMALL_PART):
            pass

    def _parsed(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
        *,
        most: int,
    ) -> Iterator[None]:
        """Parse a part piece by piece; yields after each, so that who listens can hand on what he gathered."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        depth = 0

        def opened(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            if depth > DEEPEST:
                raise UnusableFile(STRANGE)
            start(tag.rpartition(" ")[2], attributes)

        def closed(tag: str) -> None:
            nonlocal depth
            depth -= 1
            if end:
                end(tag.rpartition(" ")[2])

        def refuse(*_: Any) -> None:
            raise UnusableFile(STRANGE)

        parser.StartElementHandler, parser.EndElementHandler = opened, closed
        parser.StartDoctypeDeclHandler = refuse
        parser.EntityDeclHandler = refuse
        if text:
            parser.CharacterDataHandler = text
        fed = 0
        try:
            for piece in self._pieces(part, most):
                parser.Parse(piece, False)
                fed += len(piece)
                if fed - max(parser.CurrentByteIndex, 0) > LONGEST_TOKEN:
                    raise UnusableFile(STRANGE)
                yield
            parser.Parse(b"", True)
            yield
        except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
            raise UnusableFile(BROKEN) from error

    def _pieces(self, part: str, most: int) -> Iterator[bytes]:
        """The part's bytes, as many as there really are, whatever the archive says."""
        entry = self._parts.get(part.lower())
        if entry is None:
            raise UnusableFile(BROKEN)
        read = 0
        try:
            with self._archive.open(entry) as stream:
                while piece := stream.read(PIECE):
                    read += len(piece)
                    if read > most:
                        raise UnusableFile(TOO_MUCH)
                    yield piece
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise UnusableFile(BROKEN) from error
        except Exception as error:
            if type(error).__module__ == "zlib":
                raise UnusableFile(BROKEN) from error
            raise


HIDDEN = ("hidden", "veryHidden")
EAST_ASIAN_DATES = frozenset((*range(27, 32), *range(34, 37), *range(50, 59)))
_LANDMARK = re.compile(
    rb"<(?:\w+:)?(?:(?P<row>row)[\s>/]|(?P<value>v|is)>|mergeCell\s[^>]{0,100}?ref=.(?P<left>[A-Z]{1,3})(?P<top>\d{1,7})"
    rb":(?P<right>[A-Z]{1,3})(?P<bottom>\d{1,7}))"
)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def _normal(path: str) -> str:
    """A part's name without dots: xl/../xl/a.xml is xl/a.xml."""
    steps: list[str] = []
    for step in path.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)


def _column(letters: str) -> int:
    """A is 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


class _StringsReader:
    """The table of strings that cells refer to by number."""

    def __init__(self) -> None:
        self.strings: list[str] = []
        self._signs = 0
        self._held: list[str] = []
        self._length = 0
        self._is_text = self._is_aside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._held.clear()
            self._length = 0
        elif tag == "rPh":  # how it is pronounced
            self._is_aside = True
        elif tag == "t":
            self._is_text = not self._is_aside

    def end(self, tag: str) -> None:
        if tag == "t":
            self._is_text = False
        elif tag == "rPh":
            self._is_aside = False
        elif tag == "si":
            self._signs += self._length
            self.strings.append("".join(self._held))
            if len(self.strings) > MOST_STRINGS or self._signs > MOST_STRING_SIGNS:
                raise UnusableFile(TOO_MUCH)

    def text(self, text: str) -> None:
        if self._is_text and self._length <= LONGEST_CELL:
            self._held.append(text[: LONGEST_CELL + 1])
            self._length += len(text)


class _SheetReader:
    """Gathers finished rows in `done`."""

    def __init__(self, string: Callable[[int], str], date_styles: set[int], epoch: Any) -> None:
        self.done: list[tuple[int, dict[int, Value]]] = []
        self._string, self._dates, self._epoch = string, date_styles, epoch
        self._row = self._column = self._length = 0
        self._cells: dict[int, Value] = {}
        self._held: list[str] = []
        self._kind, self._style = "n", 0
        self._is_text = self._is_aside = self._has_formula = self._is_over = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._is_over:
            return
        if tag == "c":
            reference = _REFERENCE.match(attributes.get("r", ""))
            self._column = _column(reference[1]) if reference else self._column + 1
            if self._column >= MOST_COLUMNS:
                raise UnusableFile(STRANGE)
            self._kind = attributes.get("t", "n")
            style = attributes.get("s", "0")
            self._style = int(style) if style.isdigit() and len(style) < 9 else 0
            self._has_formula = False
            self._held.clear()
            self._length = 0
        elif tag in ("v", "t"):
            self._is_text = not self._is_aside
        elif tag == "f":
            self._has_formula = True
        elif tag == "rPh":
            self._is_aside = True
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdigit() and len(number) < 9 else self._row + 1
            if self._row > MOST_ROWS:
                raise UnusableFile(STRANGE)
            self._column, self._cells = -1, {}

    def end(self, tag: str) -> None:
        if self._is_over:
            return
        if tag == "c":
            if self._held or self._has_formula:
                value = self._value()
                if value is not None and value != "":
                    self._cells[self._column] = value
        elif tag in ("v", "t"):
            self._is_text = False
        elif tag == "row":
            if self._cells:
                self.done.append((self._row, self._cells))
        elif tag == "rPh":
            self._is_aside = False
        elif tag == "sheetData":
            self._is_over = True

    def text(self, text: str) -> None:
        if self._is_text and not self._is_over:
            if self._length <= LONGEST_CELL:
                self._held.append(text[: LONGEST_CELL + 1])
            self._length += len(text)

    def _value(self) -> Value:
        if self._length > LONGEST_CELL:
            return TOO_LONG
        text = "".join(self._held)
        if self._kind == "s":
            return self._string(int(text)) if text.isdigit() and len(text) < 9 else ""
        if self._kind == "e":
            return FORMULA_ERROR
        if not text:
            return NOT_COMPUTED if self._has_formula else None
        if self._kind in ("str", "inlineStr"):
            return text
        if self._kind == "b":
            return text.strip() == "1"
        if self._kind == "d":
            try:
                return datetime.fromisoformat(text)
            except ValueError:
                return text
        return self._number(text.strip())

    def _number(self, text: str) -> Value:
        try:
            number: int | float = int(text) if text.lstrip("-").isdigit() and len(text) < 20 else float(text)
        except ValueError:
            return text
        if isinstance(number, float) and number.is_integer() and abs(number) < 1e19:
            number = int(number)
        if self._style in self._dates and 0 < number < 2_958_466:
            try:
                return from_excel(number, self._epoch)
            except (ValueError, OverflowError):
                return number
        return number
