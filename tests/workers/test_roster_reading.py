"""Workbooks from villages and from villains: what is read kindly, and what is refused in a sentence."""

import io
import struct
import tracemalloc
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook as Book
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

from jinba.reference.places import gazetteer
from jinba.reference.trades import read_trades
from labor.workers.intake import cells, workbook
from labor.workers.intake.columns import COLUMNS, key_of
from labor.workers.intake.roster import Finding, Known, Person, Roster
from labor.workers.intake.template import template
from labor.workers.intake.workbook import Broken, UnusableFile, Workbook
from labor.workers.twins import Traits, are_similar, is_certain, may_be_same
from tests.factories.rosters import HEADINGS, identity, part, person, with_part
from tests.factories.rosters import workbook as made

SHEET = "xl/worksheets/sheet1.xml"
KNOWN = Known(
    regions=set(gazetteer().divisions),
    places={"3307", "5119", "330782", "330784", "511921", "511902-jkq"},
    trades={trade.code for trade in read_trades()},
)


def people(content: bytes) -> list[Person]:
    with Roster(io.BytesIO(content)) as roster:
        return list(roster.people(KNOWN))


def one(**written: Any) -> Person:
    (found,) = people(made([person(1) | written]))
    return found


def findings(**written: Any) -> list[tuple[str, str]]:
    return [(finding.column, finding.words) for finding in one(**written).findings]


def checked(content: bytes) -> None:
    workbook.check(io.BytesIO(content), len(content))


def saved(book: Book) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


# Kindly read ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("１３９　１２３４　５６７８", "13912345678"),
        (13912345678, "13912345678"),
        (13912345678.0, "13912345678"),
        ("139-1234-5678", "13912345678"),
        ("+86 139 1234 5678", "13912345678"),
        ("'13912345678", "13912345678"),
        ("\u202d13912345678\u202c\n", "13912345678"),
        ("13912345678（妻子）", "13912345678"),
    ],
)
def test_a_phone_is_read_however_it_was_written(written: Any, means: str) -> None:
    found = one(手机号=written)
    assert (found.fields["phone"], found.findings) == (means, [])


@pytest.mark.parametrize(
    ("column", "written", "words"),
    [
        ("手机号", "1391234567", "少了 1 位，应是 11 位"),
        ("手机号", "139123456789", "多了 1 位，应是 11 位"),
        ("手机号", "12912345678", "不像手机号，请核对前两位"),
        ("手机号", "0827-5261234", "像是座机号，请填手机号"),
        ("手机号", "13912345678/13812345678", "写了不止一个号码，请只留一个"),
        ("手机号", "1.39E+10", "被表格写成了科学计数，后几位已经丢了。请把这一列设成“文本”格式再填"),
        ("手机号", "没有", "没有数字，应是 11 位手机号"),
        ("身份证号", 519999199005060017, "被表格当成了数字，后几位已经丢了。请把这一列设成“文本”格式再填"),
        ("身份证号", "5.11921E+17", "被表格当成了数字，后几位已经丢了。请把这一列设成“文本”格式再填"),
        ("身份证号", "51192119900506001", "身份证号是 18 位，现在是 17 位"),
        ("身份证号", "519999900506001", "这是 15 位的旧号码，请填二代身份证上的 18 位号码"),
        ("姓名", "13912345678", "里面有一串数字，是不是填错列了"),
        ("家庭所在县区", "朝阳", "认不出是哪个县（市、区），请写全，如“四川省巴中市通江县”"),
        ("出生日期", "1990年5月", "请写到哪一天，如 1990-05-06"),
        ("出生日期", "去年", "看不懂这个日期，请写成 1990-05-06 这样"),
        ("出生日期", "1990-02-30", "没有这一天，请核对"),
        ("出生日期", "2020-01-01", "未满 16 周岁，国家规定任何单位都不能招用，请先好好上学"),
        ("学历", "博士后流动站", "没认出来，会先空着。可选：小学及以下、初中、高中·中专·技校、大专、本科、研究生"),
        ("想干的工种", "天上飞的", "没认出这个工种，会先空着。请参照“填写说明”里的工种"),
        ("想去的地方", "月亮上", "没认出这个地方，会先空着。请写金华、巴中或者它们的县（市、区）"),
        ("每月最少工资", "看着给", "看不懂这个工资，会先空着。请只写数字，如 5000"),
        ("每月最少工资", 50, "不像每月的工资，会先空着。请写每月多少元，如 5000"),
        ("结伴关系", "同学会", "没认出来，请填“夫妻”或者“同乡”"),
    ],
)
def test_what_is_wrong_is_said_without_repeating_it(column: str, written: Any, words: str) -> None:
    assert findings(**{column: written}) == [(column, words)]
    assert len(str(written)) < 4 or str(written) not in words


@pytest.mark.parametrize(
    "written", ["1990-05-06", "1990.5.6", "1990年5月6日", "19900506", 19900506, 32999, date(1990, 5, 6), "1990/5/6"]
)
def test_a_day_is_read_however_it_was_written(written: Any) -> None:
    assert one(出生日期=written).fields["birth_date"] == "1990-05-06"


def test_the_identity_number_tells_the_day_of_birth_and_the_two_must_agree() -> None:
    assert one(身份证号=identity(3)).fields["birth_date"] == "1990-05-06"
    assert findings(身份证号=identity(3), 出生日期="1990-05-07") == [
        ("出生日期", "和身份证号里的出生日期对不上，请核对")
    ]
    assert findings(身份证号=identity(3, "20200101"))[0][0] == "身份证号"


@pytest.mark.parametrize(
    ("county", "town", "code", "village"),
    [
        ("通江县", "诺江镇", "511921100", ""),
        ("通江", None, "511921", ""),
        ("四川省巴中市平昌县", None, "511923", ""),
        ("巴州区", "没听说过镇", "511902", "没听说过镇"),
        ("四川省巴中市通江县诺江镇千佛村", None, "511921100", "千佛村"),
        ("义乌", None, "330782", ""),
    ],
)
def test_a_home_is_read_as_deep_as_it_is_proven(county: str, town: str | None, code: str, village: str) -> None:
    fields = one(家庭所在县区=county, 乡镇=town).fields
    assert (fields["home"], fields["village"]) == (code, village)


def test_the_rest_of_a_row_is_read_in_the_words_of_the_people() -> None:
    fields = one(
        学历="高中毕业", 想干的工种="缝纫、包装", 想去的地方="义乌，金华 巴中", 每月最少工资="5千", 结伴编号=1.0,
        结伴关系="两口子",
    ).fields  # fmt: skip
    assert (fields["education"], fields["places"], fields["min_pay"]) == (3, ["330782", "3307", "5119"], 5000)
    assert (fields["trades"], fields["group"], fields["group_kind"]) == ([601, 103], "1", "couple")


def test_titles_notes_and_blank_rows_around_the_roster_do_no_harm() -> None:
    rows = [person(1), {}, {"姓名": "　"}, person(2), dict(zip(HEADINGS, HEADINGS, strict=True)), {"姓名": "合 计"}]
    content = made(rows, above=["诺江镇千佛村外出务工人员花名册", "填表人：村委会"])
    assert [found.row for found in people(content)] == [4, 7]


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("*姓 名（必填）", "name"),
        ("联系电话\n11 位", "phone"),
        ("身份证号码：", "resident_id"),
        ("家庭住址", "county"),
        ("序号", ""),
    ],
)
def test_headings_are_known_however_they_are_dressed(heading: str, key: str) -> None:
    assert key_of(heading) == key


def test_columns_may_stand_in_any_order_and_others_are_left_out() -> None:
    book = Book()
    book.active.append(["序号", "电话", "性别", "户籍地址", "姓名"])
    book.active.append([1, "13912345678", "男", "通江县", "苟建国"])
    with Roster(io.BytesIO(saved(book))) as roster:
        (found,) = roster.people(KNOWN)
        assert found.fields["name"] == "苟建国" and found.findings == []
        assert roster.layout.notes == ["有 2 列不是我们要的，没有读（比如序号、性别）。"]


def test_a_cell_merged_downwards_counts_for_each_row() -> None:
    book = Book()
    sheet = book.active
    sheet.append(["姓名", "手机号", "家庭所在县区", "村"])
    for name in ("苟建国", "苟秀英", "苟小勇"):
        sheet.append([name, "13912345678", None, None])
    sheet["C2"], sheet["D2"] = "通江县", "千佛村"
    sheet.merge_cells("C2:C4")
    sheet.merge_cells("D2:D3")
    found = people(saved(book))
    assert [(one.fields["home"], one.fields["village"]) for one in found] == [
        ("511921", "千佛村"), ("511921", "千佛村"), ("511921", ""),
    ]  # fmt: skip


def test_computed_cells_give_their_value_and_broken_ones_say_so() -> None:
    content = made([person(1)])
    sheet = part(content, SHEET).decode()
    text = person(1)["手机号"]
    assert text in sheet or "<v>" in sheet
    book = load_workbook(io.BytesIO(content))
    book.active["B2"] = "=A1&A2"
    book.active["C2"] = ArrayFormula("C2:C3", "=A1")
    (found,) = people(saved(book))
    assert Finding(2, "手机号", "公式没有算出结果，请改成直接填写") in found.findings
    with_value = with_part(
        content, SHEET,
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>\xe5\xa7\x93\xe5\x90\x8d</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>\xe6\x89\x8b\xe6\x9c\xba\xe5\x8f\xb7</t></is></c>'
        b'<c r="C1" t="inlineStr"><is><t>\xe5\x8e\xbf</t></is></c></row>'
        b'<row r="2"><c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B2"><f>A1</f><v>13912345678</v></c></row>'
        b"</sheetData></worksheet>",
    )  # fmt: skip
    (found,) = people(with_value)
    assert found.fields["phone"] == "13912345678"
    assert Finding(2, "姓名", "公式出错了，请改成直接填写") in found.findings


def test_the_template_is_read_by_ourselves_and_its_example_registers_nobody() -> None:
    with Roster(io.BytesIO(template())) as roster:
        assert set(roster.layout.columns) == {column.key for column in COLUMNS}
        assert list(roster.people(KNOWN)) == []
    sheet = load_workbook(io.BytesIO(template())).active
    assert sheet.column_dimensions["B"].number_format == "@" and len(sheet.data_validations.dataValidation) == 3
    assert [cell.value for cell in sheet[1]][:3] == ["姓名*", "手机号*", "家庭所在县区*"]


def test_the_example_would_register_well() -> None:
    written = {column.title: column.example for column in COLUMNS} | {"姓名": "李小明"}
    (found,) = people(made([written]))
    assert found.findings == []


# Refused --------------------------------------------------------------------------------------------------------------


def test_a_second_sheet_of_people_is_not_left_out_silently() -> None:
    book = Book()
    book.active.append(["姓名", "手机号", "家庭所在县区"])
    other = book.create_sheet("二组")
    other.append(["姓名", "手机号", "家庭所在县区"])
    with pytest.raises(UnusableFile, match="2 张表都是名册"):
        Roster(io.BytesIO(saved(book)))
    other.sheet_state = "hidden"
    with Roster(io.BytesIO(saved(book))) as roster:
        assert "隐藏的工作表没有读。" in roster.layout.notes
    other.sheet_state, book.active.sheet_state = "visible", "hidden"
    book.remove(other)
    book.create_sheet("别的")
    with pytest.raises(UnusableFile, match="隐藏的工作表里"):
        Roster(io.BytesIO(saved(book)))


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        (["姓名", "手机号"], "少了“家庭所在县区”"),
        (["姓名", "手机号", "联系电话", "县"], "“手机号”出现了两次"),
        (["名称", "数量"], "没有找到写着“姓名”“手机号”的表头"),
    ],
)
def test_headings_that_do_not_suffice_are_refused(headings: list[str], words: str) -> None:
    with pytest.raises(UnusableFile, match=words):
        people(made([], headings=headings))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "是空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "老格式"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "加了密码"),
        ("姓名,手机号\n张三,13912345678".encode(), "CSV"),
        ("姓名,手机号".encode("gb18030"), "CSV"),
        ("\ufeff姓名".encode("utf-16"), "CSV"),
        (b"<html><table><tr><td>", "网页格式"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook>', "网页格式"),
        (b"%PDF-1.7", "PDF"),
        (b"\xff\xd8\xff\xe0", "图片"),
        (b"\x89PNG\r\n", "图片"),
        (b"\x7fELF\0\0", "认不出"),
        (b"PK\x03\x04 cut off", "打不开"),
        (b"PK\x05\x06" + b"\0" * 18, "压缩包"),
    ],
)
def test_what_is_no_xlsx_is_refused_with_what_to_do(content: bytes, words: str) -> None:
    with pytest.raises(UnusableFile, match=words):
        checked(content)


def zipped(*entries: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in entries:
            archive.writestr(name, text)
    return buffer.getvalue()


TYPES = ("[Content_Types].xml", b"<Types/>")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(("a.txt", b"x")), "压缩包"),
        (zipped(("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", b"")), "OpenDocument"),
        (zipped(TYPES, ("word/document.xml", b"x")), "Word"),
        (zipped(TYPES, ("xl/vbaProject.bin", b"x")), "宏"),
        (zipped(TYPES, ("XL/VBAPROJECT.BIN", b"x")), "宏"),
        (zipped(TYPES, ("xl/workbook.bin", b"x")), "二进制"),
        (zipped(TYPES, *((f"xl/{number}.xml", b"") for number in range(2_001))), "为安全起见"),
        (zipped(TYPES, ("xl/a.xml", b"x"), ("XL/A.xml", b"y")), "为安全起见"),
    ],
)
def test_archives_that_are_something_else_are_refused(content: bytes, words: str) -> None:
    with pytest.raises(UnusableFile, match=words):
        checked(content)


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(UnusableFile, match="最大 20 MB"):
        workbook.check(io.BytesIO(b"PK"), workbook.MOST_BYTES + 1)


def test_an_archive_that_owns_up_to_too_much_is_refused_at_the_door() -> None:
    content = made([person(1)])
    at = content.rfind(b"PK\x01\x02")
    huge = content[: at + 24] + struct.pack("<I", workbook.MOST_UNPACKED + 1) + content[at + 28 :]
    with pytest.raises(UnusableFile, match="展开后太大"):
        checked(huge)


def test_an_archive_with_a_hidden_table_of_contents_is_refused() -> None:
    content = made([person(1)])
    at = content.rfind(b"PK\x05\x06")
    with pytest.raises(UnusableFile, match="为安全起见"):
        checked(content[: at + 12] + struct.pack("<I", 2**31) + content[at + 16 :])
    with pytest.raises(UnusableFile, match="为安全起见"):
        checked(content[:at] + b"PK\x06\x07" + b"\0" * 16 + content[at:])


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_UNPACKED", 3_000_000)
    monkeypatch.setattr(workbook, "_check_parts", lambda archive: None)  # as if the door had been lied to
    head = b'<worksheet xmlns="x"><sheetData><row r="1"><c t="inlineStr"><is><t>a</t></is></c></row>'
    content = with_part(made([person(1)]), SHEET, head + b" " * 5_000_000 + b"</sheetData></worksheet>")
    assert len(content) < 20_000
    with pytest.raises(UnusableFile, match="展开后太大"), Workbook(io.BytesIO(content)) as book:
        list(book.rows(book.sheets[0]))


ATTACKS = {
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>',
    "external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet>&a;</worksheet>',
    "only a doctype": b'<!DOCTYPE worksheet SYSTEM "http://localhost/x.dtd"><worksheet/>',
    "in another encoding": '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x []><worksheet/>'.encode("utf-16"),
    "too deep": b"<worksheet>" + b"<a>" * 100 + b"</a>" * 100 + b"</worksheet>",
    "a column beyond Excel": b'<worksheet><sheetData><row r="1"><c r="ZZZ1"><v>1</v></c></row></sheetData></worksheet>',
    "a row beyond Excel": b'<worksheet><sheetData><row r="9999999"/></sheetData></worksheet>',
    "one endless tag": b'<worksheet><sheetData><row r="' + b"1" * 5_000_000 + b'"/></sheetData></worksheet>',
    "more cells than columns": b"<worksheet><sheetData><row>" + b"<c/>" * 17_000 + b"</row></sheetData></worksheet>",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_attacks_by_xml_are_refused(attack: str) -> None:
    content = with_part(made([person(1)]), SHEET, ATTACKS[attack])
    with pytest.raises(UnusableFile, match="为安全起见"):
        people(content)


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "_rels/.rels"])
def test_no_part_may_define_entities(name: str) -> None:
    good = shared("<si><t>姓名</t></si><si><t>手机号</t></si><si><t>县</t></si><si><t>苟建国</t></si>")
    assert len(people(good)) == 1
    text = part(good, name)
    at = text.index(b"<", text.index(b"?>") + 2) if text.startswith(b"<?xml") else 0
    content = with_part(good, name, text[:at] + b'<!DOCTYPE x [<!ENTITY a "b">]>' + text[at:])
    with pytest.raises(UnusableFile, match="为安全起见"):
        people(content)


def shared(strings: str) -> bytes:
    """A workbook as Excel itself writes it: texts in a table of their own, cells give their numbers."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    content = made([person(1)])
    cells = "".join(f'<c r="{letter}1" t="s"><v>{number}</v></c>' for number, letter in enumerate("ABC"))
    rows = f'<row r="1">{cells}</row><row r="2"><c r="A2" t="s"><v>3</v></c><c r="B2"><v>13912345678</v></c></row>'
    sheet = f'<x:worksheet xmlns:x="{main}"><sheetData xmlns="{main}">{rows}</sheetData></x:worksheet>'
    rels = part(content, "xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        f'<Relationship Id="rS" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'.encode(),
    )
    content = with_part(content, "xl/_rels/workbook.xml.rels", rels)
    content = with_part(content, SHEET, sheet.encode())
    return with_part(content, "xl/sharedStrings.xml", f'<sst xmlns="{main}">{strings}</sst>'.encode())


def test_texts_in_excels_table_are_read_with_their_colours_and_without_their_pronunciation() -> None:
    head = "<si><t>姓名</t></si><si><t>手机号</t></si><si><t>县</t></si>"
    rich = "<si><r><rPr/><t>苟</t></r><r><t>建国</t></r><rPh sb='0' eb='1'><t>gou</t></rPh></si>"
    (found,) = people(shared(head + rich))
    assert (found.fields["name"], found.fields["phone"]) == ("苟建国", "13912345678")
    (found,) = people(shared(head))  # a number beyond the table
    assert found.fields["name"] == "" and found.findings[0] == Finding(2, "姓名", "没有填")


def test_a_table_of_too_many_texts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_STRINGS", 3)
    with pytest.raises(UnusableFile, match="展开后太大"):
        people(shared("<si><t>a</t></si>" * 4))


@pytest.mark.parametrize("name", ["_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET])
def test_a_part_that_is_missing_or_broken_is_refused(name: str) -> None:
    for text in (None, b"", b"<worksheet", b"\xff\xfe\x00", b"not xml at all"):
        with pytest.raises(UnusableFile):
            people(with_part(made([person(1)]), name, text))


def test_links_to_other_files_are_not_followed() -> None:
    rels = part(made([person(1)]), "xl/_rels/workbook.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rX" Type="http://x/worksheet" Target="file:///etc/passwd" TargetMode="External"/>'
        b'<Relationship Id="rY" Type="http://x/sharedStrings" Target="../../../../etc/passwd"/></Relationships>',
    )
    assert len(people(with_part(made([person(1)]), "xl/_rels/workbook.xml.rels", rels))) == 1


def test_a_million_formatted_empty_rows_cost_time_but_no_memory() -> None:
    rows = b"".join(b'<row r="%d" s="1"><c r="A%d" s="1"/></row>' % (number, number) for number in range(3, 200_000))
    sheet = part(made([person(1)]), SHEET)
    content = with_part(made([person(1)]), SHEET, sheet.replace(b"</sheetData>", rows + b"</sheetData>"))
    tracemalloc.start()
    try:
        assert len(people(content)) == 1
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_more_people_than_allowed_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labor.workers.intake.roster.MOST_PEOPLE", 3)
    monkeypatch.setattr("labor.workers.intake.roster.HEADINGS_WITHIN", 1)
    with pytest.raises(UnusableFile, match="一次最多登记 3 人"):
        people(made(person(number) for number in range(9)))


def test_a_cell_longer_than_excels_is_a_complaint() -> None:
    content = with_part(
        made([person(1)]), SHEET,
        part(made([person(1)]), SHEET).replace(person(1)["姓名"].encode(), "苟".encode() * 40_000),
    )  # fmt: skip
    assert Finding(2, "姓名", "内容太长了") in people(content)[0].findings


VALUES = st.one_of(
    st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.dates(),
    st.just(Broken("坏了")), st.none(),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(values=st.fixed_dictionaries({column.key: VALUES for column in COLUMNS}))
def test_nothing_in_a_cell_breaks_the_reader(values: dict[str, Any]) -> None:
    from labor.workers.intake.roster import read_person

    found = read_person(7, {key: value for key, value in values.items() if value is not None}, KNOWN)
    assert all(finding.row == 7 and len(finding.words) <= 200 for finding in found.findings)


def test_no_complaint_is_longer_than_its_column() -> None:
    with pytest.raises(cells.Complaint) as complaint:
        cells.education("不知道")
    assert len(complaint.value.words) < 200


# Who resembles whom ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("苟建国", "苟健国", True), ("苟建国", "苟建", True), ("苟建国", "苟 建国", True), ("苟建", "苟敏", False),
        ("苟建国", "何建国", False), ("苟建国", "苟秀英", False), ("", "苟", False), ("建国", "苟建国", False),
    ],
)  # fmt: skip
def test_names_that_a_slip_of_the_pen_makes_of_each_other(first: str, second: str, alike: bool) -> None:
    assert are_similar(first, second) is alike and are_similar(second, first) is alike


def test_what_proves_and_what_disproves_that_two_are_one() -> None:
    born = date(1990, 5, 6)
    one = Traits("苟建国", "p", "i", born)
    assert is_certain(one, Traits("苟健国", "q", "i"))
    assert is_certain(Traits("苟建国", "p"), Traits("苟建国", "p"))
    assert not is_certain(one, Traits("苟建国", "p", "j")) and not may_be_same(one, Traits("苟健国", "p", "j"))
    assert may_be_same(Traits("苟建国", "p"), Traits("苟健国", "p"))
    assert not may_be_same(Traits("苟建国", "p", "", born), Traits("苟健国", "p", "", date(1960, 1, 1)))
    assert not may_be_same(Traits("苟建国"), Traits("苟健国"))


def test_values_of_excel_become_values_of_ours() -> None:
    book = Book()
    book.active.append([1, 1.5, 1e10, True, date(1990, 5, 6), "x", None, 19900506])
    with Workbook(io.BytesIO(saved(book))) as opened:
        ((row, values),) = opened.rows(opened.sheets[0])
    assert (row, values) == (1, {0: 1, 1: 1.5, 2: 10**10, 3: True, 4: values[4], 5: "x", 7: 19900506})
    assert isinstance(values[4], datetime) and values[4].date() == date(1990, 5, 6)
