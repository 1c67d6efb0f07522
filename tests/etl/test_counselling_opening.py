"""Opening a form: whatever is no form is refused in one line, and no file takes the machine's memory."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.counselling import opening, sheets
from etl.counselling.opening import open_form
from etl.counselling.problems import RefusedForm
from tests.etl.forms import GOOD, as_book, as_csv, filled, headers
from tests.generators_workbook import rezipped

SHEET = "xl/worksheets/sheet2.xml"  # of the data
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
MEGABYTES = 300


def refusal(body: bytes, lang: str = "en") -> str:
    """The one line in which a file is refused."""
    with pytest.raises(RefusedForm) as caught:
        open_form(body, lang)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 1
    assert "\n" not in str(caught.value)
    return str(caught.value)


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_sheet(inside: str) -> bytes:
    """The form with other XML in its data sheet."""
    return rezipped(filled(), {SHEET: f"<worksheet {MAIN}>{inside}</worksheet>".encode()})


def stored(body: bytes) -> bytes:
    """The archive unpacked, so that its ratio gives nothing away."""
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return zipped({name: archive.read(name) for name in archive.namelist()}, zipfile.ZIP_STORED)


def macros_by_type() -> bytes:
    body = filled()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        types = archive.read("[Content_Types].xml")
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert kind in types
    return rezipped(
        body, {"[Content_Types].xml": types.replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")}
    )


def linked() -> bytes:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
        'Target="https://example.org/" TargetMode="External"/></Relationships>'
    )
    return rezipped(filled(), {"xl/worksheets/_rels/sheet2.xml.rels": rels.encode()})


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "is empty"),
    "blanks": (lambda: b" \r\n\t", "is empty"),
    "11 MB": (lambda: b"a;b\n" * 2_800_000, "more than 10 MB"),
    "macros": (lambda: rezipped(filled(), {"xl/vbaProject.bin": b"x"}), "macros"),
    "macros without code": (macros_by_type, "macros"),
    "macros of Excel 4": (lambda: rezipped(filled(), {"xl/macrosheets/sheet1.xml": b"<x/>"}), "macros"),
    "encrypted": (lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted with a password"),
    "old workbook": (lambda: OLE + "Workbook".encode("utf-16-le"), "old format .xls"),
    "program of Windows": (lambda: b"MZ\x90\0\x03" + b"\0" * 99, "a program"),
    "program of Linux": (lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 99, "a program"),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0", "a picture"),
    "web page": (lambda: b"<!DOCTYPE html><p>Wartung", "a web page or XML"),
    "binary": (lambda: b"Zeitraum;B\0ro\n", "no text file"),
    "UTF-16": (lambda: "\ufeffZeitraum;Büro".encode("utf-16-le"), "UTF-16"),
    "unknown letters": (lambda: b"Zeitraum;B\x81ro\n", "neither in UTF-8 nor in Windows-1252"),
    "other archive": (lambda: zipped({"a.txt": b"a"}), "an archive of other files"),
    "half a workbook": (lambda: zipped({"xl/workbook.xml": b"<workbook/>"}), "an archive of other files"),
    "cut off": (lambda: filled()[:-30], "damaged"),
    "sheet that is no XML": (lambda: rezipped(filled(), {SHEET: b"<worksheet><row"}), "damaged"),
    "sheet with entities": (
        lambda: rezipped(filled(), {SHEET: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
        "damaged",
    ),
    "sheet that is not there": (
        lambda: rezipped(filled(), {"xl/_rels/workbook.xml.rels": b"<Relationships/>"}),
        "damaged",
    ),
    "linked workbook": (
        lambda: rezipped(filled(), {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
        "refers to other files",
    ),
    "hyperlink": (linked, "refers to other files or addresses (xl/worksheets/_rels/sheet2.xml.rels)"),
    "data connection": (lambda: rezipped(filled(), {"xl/connections.xml": b"<x/>"}), "refers to other files"),
    "embedded document": (lambda: rezipped(filled(), {"xl/embeddings/a.docx": b"x"}), "embedded objects"),
    "ActiveX": (lambda: rezipped(filled(), {"xl/activeX/activeX1.xml": b"<x/>"}), "embedded objects"),
    "text without the header": (lambda: b"a;b;c\n1;2;3\n", "header row is missing"),
    "workbook without the header": (lambda: as_book({"Daten": [["a", "b"], [1, 2]]}), "header row is missing"),
    "header far down": (lambda: as_csv([*[["x"]] * 10, headers("de"), *GOOD]), "header row is missing"),
    "two filled sheets": (
        lambda: as_book({"2024": [headers("de"), *GOOD], "2025": [headers("de"), *GOOD]}),
        "The sheets '2024' and '2025' both have",
    ),
    "quotation marks left open": (lambda: as_csv([headers("de")]) + b'"2025-03;a\n', "line 2: is no proper CSV"),
    "cell far to the right": (
        lambda: with_sheet('<sheetData><row r="1"><c r="XFD1"><v>1</v></c></row></sheetData>'),
        "'Daten'",
    ),
    "rows that go back": (
        lambda: with_sheet('<sheetData><row r="2"><c><v>1</v></c></row><row r="2"><c><v>1</v></c></row></sheetData>'),
        "damaged",
    ),
    "text that is not there": (
        lambda: with_sheet('<sheetData><row r="1"><c r="A1" t="s"><v>999</v></c></row></sheetData>'),
        "damaged",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_form_is_refused_in_one_line(what: str) -> None:
    body, words = REFUSED[what]
    assert words in refusal(body())


@pytest.mark.parametrize("what", REFUSED)
def test_the_line_is_german_as_well(what: str) -> None:
    body, _ = REFUSED[what]
    assert refusal(body(), "de") != refusal(body(), "en")


@pytest.mark.parametrize("write", [as_csv, lambda rows: as_book({"Daten": rows})], ids=["CSV", "XLSX"])
def test_too_many_filled_rows_are_refused(
    write: Callable[[list[list[object]]], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opening.MAX_ROWS == sheets.MAX_ROWS == 200_000
    monkeypatch.setattr(opening, "MAX_ROWS", 20)
    monkeypatch.setattr(sheets, "MAX_ROWS", 20)
    header, row = ["period", "office", "count"], ["2025-03", "wolfsburg", 1]
    assert len(open_form(write([header, *[row] * 19]), "en").rows) == 19
    assert "more than 20 filled rows" in refusal(write([header, *[row] * 21]))


# --- memory: a process of its own opens the file and says what it took (ru_maxrss would count its parent too)


CHILD = """
import re, sys
from pathlib import Path
from etl.counselling import opening, sheets
from etl.counselling.opening import open_form
from etl.counselling.problems import RefusedForm
try:
    open_form(Path(sys.argv[1]).read_bytes(), "en")
    print("fine")
except RefusedForm as refusal:
    print(refusal)
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024)
"""


def bomb() -> bytes:
    """A thousand bytes out of one."""
    return rezipped(filled(), {SHEET: b" " * 100_000_000})


def lying_bomb() -> bytes:
    """One whose directory says that it is small."""
    body = rezipped(filled(), {SHEET: b" " * 100_000_000})
    return body.replace((100_000_000).to_bytes(4, "little"), (30_000_000).to_bytes(4, "little"))


def a_million_empty_rows() -> bytes:
    empty = "".join(f'<row r="{n}"/>' for n in range(len(GOOD) + 2, 1_000_001))
    return with_sheet("<sheetData>" + "".join(rows_of(GOOD)) + empty + "</sheetData>")


def a_million_empty_lines() -> bytes:
    return as_csv([headers("de"), *GOOD]) + b";;;;;;;;\n" * 1_000_000


def rows_of(rows: tuple[tuple[object, ...], ...]) -> list[str]:
    """The rows as XML, the header first."""
    written = [headers("de"), *rows]
    return [
        f'<row r="{n}">' + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for n, row in enumerate(written, 1)
    ]


def one_endless_tag() -> bytes:
    return stored(with_sheet("<a " + " ".join(f'a{n}=""' for n in range(800_000)) + "/>"))


def endless_depth() -> bytes:
    return stored(rezipped(filled(), {SHEET: b"<a>" * 3_000_000}))


HOSTILE = {
    "bomb": (bomb, "more than 40 MB"),
    "lying bomb": (lying_bomb, "The workbook "),
    "a million empty rows": (a_million_empty_rows, "more than 250000 rows, empty ones included"),
    "a million empty lines": (a_million_empty_lines, "more than 250000 rows, empty ones included"),
    "one endless tag": (one_endless_tag, "too large for the form"),
    "endless depth": (endless_depth, "too large for the form"),
    "11 MB": (REFUSED["11 MB"][0], "more than 10 MB"),
    "macros": (REFUSED["macros"][0], "macros"),
    "encrypted": (REFUSED["encrypted"][0], "encrypted"),
    "program": (REFUSED["program of Windows"][0], "a program"),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_no_file_takes_more_than_300_megabytes(what: str, tmp_path: Path) -> None:
    body, words = HOSTILE[what]
    path = tmp_path / "form.xlsx"
    path.write_bytes(body())
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(path)], capture_output=True, text=True, timeout=60, check=True
    )
    line, megabytes = child.stdout.splitlines()
    assert words in line
    assert int(megabytes) < MEGABYTES


def test_empty_rows_are_nothing() -> None:
    empty = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(6, 1000))
    table = open_form(with_sheet("<sheetData>" + "".join(rows_of(GOOD)) + empty + "</sheetData>"), "en")
    assert [number for number, _ in table.rows] == [2, 3, 4, 5]
