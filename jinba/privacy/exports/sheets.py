"""Tables as files, row by row and without a file of the operating system in between: nothing lies about in clear.

Every cell is text, so that long numbers keep their digits; what a spreadsheet would take for a formula is disarmed.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

# What begins a formula in some spreadsheet (OWASP, CSV injection); an apostrophe before it makes it text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
MOST_SIGNS = 32_000  # of one cell; Excel takes 32,767
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}

_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_NAMESPACE}" xmlns:r="{_RELATIONS}">'
    '<sheets><sheet name="数据" sheetId="1" r:id="rId1"/></sheets></workbook>',
}


def disarmed(value: object) -> str:
    """The value as text that no spreadsheet computes and no XML chokes on."""
    text = NOT_IN_XML.sub("", "" if value is None else str(value))[:MOST_SIGNS]
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def written(format: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The whole file. Rows are taken one by one; only the packed bytes are held."""
    return _xlsx(headers, rows) if format == "xlsx" else _csv(headers, rows)


def _csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    held = io.BytesIO()
    text = io.TextIOWrapper(held, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([disarmed(header) for header in headers])
    writer.writerows([disarmed(value) for value in row] for row in rows)
    text.flush()
    return held.getvalue()


def _xlsx(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as book:
        for name, content in _PARTS.items():
            book.writestr(name, _XML + content)
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_NAMESPACE}"><sheetData>'.encode())
            sheet.write(_row(headers))
            for row in rows:
                sheet.write(_row(row))
            sheet.write(b"</sheetData></worksheet>")
    return held.getvalue()


def _row(values: Sequence[object]) -> bytes:
    cells = "".join(
        f'<c t="inlineStr"><is><t xml:space="preserve">{escape(disarmed(value))}</t></is></c>' for value in values
    )
    return f"<row>{cells}</row>".encode()
