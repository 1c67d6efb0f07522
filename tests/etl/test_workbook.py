"""Workbooks and archives from outside: every cell as it stands, and no way to take the memory of the machine."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

import etl.sheet_guard
import etl.workbook
from etl.archive import Archive, Limits
from etl.errors import ParseError
from etl.grid import column_letters, position
from etl.workbook import Workbook, read_sheet, sheet_names
from tests.generators import damaged
from tests.generators_workbook import SHEETS, Cell, Rows, as_xlsx, rezipped
from tests.recordings import SHARED, needs_recordings

SMALL: Rows = [["Kreis", "Zahl"], ["Gifhorn", 4614], ["Peine", None, 2.5]]


@given(SHEETS)
@settings(max_examples=60, deadline=None)
def test_every_cell_that_goes_in_comes_out(rows: list[list[Cell]]) -> None:
    grid = read_sheet(as_xlsx({"Tabelle": rows}), "Tabelle", "w")
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            came = grid.cell(r, c)
            if isinstance(cell, int | float):
                assert float(came) == float(cell)
                assert "e" not in came.lower() and not came.endswith(".0")
            else:
                assert came == (cell or "")


def test_numbers_keep_all_their_digits_and_integers_have_no_point() -> None:
    grid = read_sheet(as_xlsx({"a": [[1234567.0, 0.1, 36249.274614, 1e-7, 1e20, -3]]}), "a", "w")
    assert list(grid.rows[0]) == ["1234567", "0.1", "36249.274614", "0.0000001", "100000000000000000000", "-3"]


def test_dates_truths_and_errors_of_formulas_stay_visible() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("a")
    sheet.write_datetime(0, 0, date(2024, 6, 30), book.add_format({"num_format": "dd.mm.yyyy"}))
    sheet.write_boolean(0, 1, True)
    sheet.write_formula(0, 2, "=1/0", None, "#DIV/0!")
    sheet.write_formula(0, 3, "=1+1", None, 2)
    sheet.write_number(0, 4, 5, book.add_format({"num_format": '0.0 "Mrd. d"'}))
    sheet.write_rich_string(0, 5, "Aus", book.add_format({"bold": True}), "länder")
    book.close()
    assert list(read_sheet(out.getvalue(), "a", "w").rows[0]) == [
        "2024-06-30",
        "true",
        "#DIV/0!",
        "2",
        "5",
        "Ausländer",
    ]


def test_sheets_are_known_by_name_and_an_unknown_one_is_told() -> None:
    body = as_xlsx({"Übersicht 1": SMALL, "2": [["x"]]})
    assert sheet_names(body, "w") == ("Übersicht 1", "2")
    with pytest.raises(ParseError, match=r"w: expected a sheet '3', the workbook has \['Übersicht 1', '2'\]"):
        read_sheet(body, "3", "w")


def test_prefixed_tags_and_inline_texts_are_read() -> None:
    xml = (
        b'<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        b'<x:row r="2"><x:c t="inlineStr"><x:is><x:t>ohne</x:t>'
        b'<x:r><x:t xml:space="preserve"> Adresse</x:t></x:r></x:is></x:c>'
        b'<x:c r="D2"><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    grid = read_sheet(rezipped(as_xlsx({"a": SMALL}), {"xl/worksheets/sheet1.xml": xml}), "a", "w")
    assert [list(r) for r in grid.rows] == [[], ["ohne Adresse", "", "", "7"]]


def test_a_header_over_several_columns_stands_over_each_of_them() -> None:
    rows: Rows = [["Kreis", "Männer", None, "Frauen", None], [None, "2023", "2024", "2023", "2024"]]
    grid = read_sheet(as_xlsx({"a": rows}, {"a": [(0, 0, 1, 0), (0, 1, 0, 2)]}), "a", "w")
    assert grid.fill_forward(0, 1) == ["Männer", "Männer", "Frauen", "Frauen"]
    assert grid.merged_label(1, 0) == "Kreis"
    assert grid.merged_label(0, 2) == "Männer"
    assert grid.merged_label(0, 4) == ""  # not merged


def test_a_header_row_is_found_by_its_labels_whatever_their_order_and_line_breaks() -> None:
    grid = read_sheet(as_xlsx({"a": [["Titel"], [], ["Zahl", "Regional-\nschlüssel", "zahl der Jahre"]]}), "a", "w")
    header = grid.header(["Regionalschlüssel", "Zahl"])
    assert (header.row, header.columns) == (2, {"Regionalschlüssel": 1, "Zahl": 0})
    with pytest.raises(ParseError, match=r"sheet 'a'.*row 3 comes nearest and lacks \['Stadt'\]"):
        grid.header(["Zahl", "Stadt"])


def test_a_label_that_stands_twice_is_no_header() -> None:
    grid = read_sheet(as_xlsx({"a": [["Zahl", "Zahl"]]}), "a", "w")
    with pytest.raises(ParseError, match="expected a header row"):
        grid.header(["Zahl"])


def test_an_error_names_file_sheet_and_cell() -> None:
    grid = read_sheet(as_xlsx({"a b": SMALL}), "a b", "ba: table x (url)")
    assert str(grid.error(1, 27, "a number")).startswith("ba: table x (url): sheet 'a b', cell AB2: expected a number")


def test_a_frame_of_some_columns_keeps_the_rows_indices() -> None:
    frame = read_sheet(as_xlsx({"a": SMALL}), "a", "w").frame({"kreis": 0, "zahl": 1}, first=1)
    assert frame.rows() == [(1, "Gifhorn", "4614"), (2, "Peine", "")]


@given(st.integers(0, 16_383))
def test_letters_and_numbers_of_columns_agree(column: int) -> None:
    assert position(f"{column_letters(column)}9") == (8, column)


def test_what_is_no_workbook_is_told_from_one() -> None:
    for body, what in (
        (b"", "empty"),
        (b"<html>Wartung", "web page"),
        (b"Jahr;Kreis", "something else"),
        (as_xlsx({"a": SMALL})[:-40], "cut off"),
    ):
        with pytest.raises(ParseError, match=what):
            Workbook(body, "w")
    with pytest.raises(ParseError, match=r"lacks \['\[Content_Types\].xml', 'xl/workbook.xml'\]"):
        Workbook(zipped({"a.csv": b"1"}), "w")


def test_a_document_type_is_refused_before_it_can_expand() -> None:
    laughs = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    body = rezipped(as_xlsx({"a": SMALL}), {"xl/sharedStrings.xml": laughs})
    with pytest.raises(ParseError, match="declares a document type"):
        read_sheet(body, "a", "w")


def with_cells(cells: bytes, strings: bytes = b"<sst><si><t>nullter</t></si></sst>") -> bytes:
    """A workbook with one sheet of these cells, all of them in its first row."""
    xml = b'<worksheet><sheetData><row r="1">' + cells + b"</row></sheetData></worksheet>"
    return rezipped(as_xlsx({"a": SMALL}), {"xl/worksheets/sheet1.xml": xml, "xl/sharedStrings.xml": strings})


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        (b'<c r="A1" t="s"><v>99</v></c>', r"refers to a text that is not there \(99\)"),
        (b'<c r="A1" t="s"><v>-1</v></c>', r"refers to a text that is not there \(-1\)"),
        (b'<c r="A1" t="s"><v>0x</v></c>', r"refers to a text that is not there \(0x\)"),
        (b'<c t="s" r="A1"><f>A2</f><v> </v></c>', "refers to a text that is not there"),
        (b'<c r="B1"><v>1e999</v></c>', "cell B1: expected a number, came inf"),
        (b'<c r="B1"><v>nan</v></c>', "cell B1: expected a number, came nan"),
        (b'<c r="1A"><v>1</v></c>', "cannot be read"),
        (b'<c r="A9999999"><v>1</v></c>', "outside of the largest sheet"),
        (b'<c r="A4294967297"><v>1</v></c>', "outside of the largest sheet"),
        (b'<c r="A99999999999999999999"><v>1</v></c>', "outside of the largest sheet"),
        (b'<c r="XFE1"><v>1</v></c>', "outside of the largest sheet"),
        (b'<c r="ZZZZ1"><v>1</v></c>', "outside of the largest sheet"),
        (b'<c r="A1"><v>1</c>', "cannot be read"),
        (b'<c r="A1"><v>1<!-- -->2</v></c>', "holds a comment or the like"),
        (b'<c r="A1"><v><![CDATA[5]]></v></c>', "holds a comment or the like"),
        (b'<c r="A1"><v>1<?x?>2</v></c>', "holds a comment or the like"),
        (b'<c r="A1" t="s"><v></v></c>', "refers to a text that is not there"),
        (
            b'</row></sheetData><x><row><c r="A1" t="e"><v>#N/A</v></c></row></x><sheetData><row>',
            "outside of the table",
        ),
        (b'<c r="A1" t="e"><v>#QUATSCH!</v></c>', "cannot be read .*#QUATSCH!"),
        (b'<c t="e"><v>#N/A</v></c>', "has an error of a formula that cannot be understood"),
        ("<c r='A1'><v>ä</v></c>".encode("latin-1"), "expected UTF-8"),
        (b"<c r='A1'><v>\0</v></c>", "expected UTF-8"),
    ],
)
def test_what_would_be_read_wrong_is_refused(cell: bytes, message: str) -> None:
    with pytest.raises(ParseError, match=f"^w: sheet 'a'.*{message}"):
        read_sheet(with_cells(cell), "a", "w")


def test_a_text_in_place_of_a_number_stays_visible() -> None:
    assert read_sheet(with_cells(b'<c r="A1"><v>1,5</v></c>'), "a", "w").cell(0, 0) == "1,5"


def test_errors_of_formulas_stand_where_they_occur() -> None:
    known = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]
    cells = [f'<c s="0" t="e" r="{column_letters(2 * n)}1"><f>1/0</f><v>{e}</v></c>' for n, e in enumerate(known)]
    grid = read_sheet(with_cells("".join(cells).encode()), "a", "w")
    assert [grid.cell(0, 2 * n) for n in range(len(known))] == known


def test_a_fault_in_the_library_is_an_error_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})

    class Faulty:
        @staticmethod
        def from_filelike(body: object) -> None:
            raise panic("index out of bounds")

    monkeypatch.setattr(etl.workbook, "CalamineWorkbook", Faulty)
    with pytest.raises(ParseError, match=r"w: sheet 'a': cannot be read \(index out of bounds\)"):
        read_sheet(as_xlsx({"a": SMALL}), "a", "w")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_workbook_is_refused_or_read_right(data: st.DataObject) -> None:
    body = as_xlsx({"a": SMALL})
    whole = read_sheet(body, "a", "w").rows
    try:
        assert read_sheet(data.draw(damaged(body)), "a", "w").rows == whole
    except ParseError as error:
        assert str(error).startswith("w: ")


@given(
    st.data(), st.sampled_from(["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
)
@settings(max_examples=150, deadline=None)
def test_damage_inside_of_the_archive_ends_in_a_clear_error_or_in_a_sheet(data: st.DataObject, part: str) -> None:
    body = as_xlsx({"a": SMALL})
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        inner = archive.read(part)
    try:
        book = Workbook(rezipped(body, {part: data.draw(damaged(inner))}), "w")
        for name in book.sheet_names:
            book.sheet(name)
    except ParseError as error:
        assert str(error).startswith("w: ")


# genuine workbooks, read once more in another way


def plainly(body: bytes, sheet: int) -> dict[str, str]:
    """Address → text of the cells of a sheet, by the tree of its XML; numbers as written."""
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        strings = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        tree = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))
    for reading in strings.iter(f"{main}rPh"):
        reading.clear()
    texts = ["".join(t.text or "" for t in item.iter(f"{main}t")) for item in strings]
    found = {}
    for cell in tree.iter(f"{main}c"):
        value = cell.findtext(f"{main}v")
        if value is not None:
            found[cell.attrib["r"]] = texts[int(value)] if cell.get("t") == "s" else value
    return {address: text.strip() for address, text in found.items() if text.strip()}


@needs_recordings
@pytest.mark.parametrize(
    ("file", "sheet", "name"),
    [
        ("statistikportal/vgrdl_r2b3_bs2024.xlsx", 17, "2.3"),
        ("statistikportal/vgrdl_r2b3_bs2024.xlsx", 18, "2.4"),
        ("statistikportal/vgr_r2b2_bs2020_2.xlsx", 35, "3.1"),
        ("lsn/excel/2025_5-2-2.xlsx", 1, "Tabelle1"),
    ],
)
def test_every_cell_of_a_recorded_sheet_is_read_as_another_reader_reads_it(file: str, sheet: int, name: str) -> None:
    body = (SHARED / "recordings" / file).read_bytes()
    grid, plain = read_sheet(body, name, "w"), plainly(body, sheet)
    came = {grid.address(r, c): cell for r, row in enumerate(grid.rows) for c, cell in enumerate(row) if cell}
    assert came.keys() == plain.keys() and len(came) > 5000
    assert all(came[a] == text or float(came[a]) == float(text) for a, text in plain.items())


# bounds


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def peak_of(call: object) -> int:
    """Bytes of memory that a call takes at most; it must end in a ParseError."""
    assert callable(call)
    tracemalloc.start()
    try:
        with pytest.raises(ParseError, match="archive refused"):
            call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_bomb_is_refused_before_it_expands() -> None:
    bomb = zipped({"xl/workbook.xml": b"0" * 50_000_000})
    assert peak_of(lambda: Workbook(bomb, "w")) < 4_000_000


def test_a_bomb_whose_directory_lies_is_refused_while_it_expands() -> None:
    honest = zipped({"a.csv": b"0" * 50_000_000})
    at = honest.rindex(b"PK\x01\x02")
    lie = honest[: at + 24] + (1000).to_bytes(4, "little") + honest[at + 28 :]
    assert Archive(lie, "w").names == ("a.csv",)
    assert peak_of(lambda: Archive(lie, "w").read("a.csv")) < 4_000_000


def test_an_archive_says_by_how_much_it_is_too_large() -> None:
    body = zipped({"a": bytes(range(256)) * 100, "b": bytes(range(256)) * 100})
    for limits, what in (
        (Limits(members=1), "holds 2 members, expected at most 1"),
        (Limits(member_bytes=20_000), "a: expands to 25,600 bytes"),
        (Limits(total_bytes=30_000), "expands to 51,200 bytes"),
        (Limits(ratio=2, ratio_from=0), "a: expands .*-fold"),
    ):
        with pytest.raises(ParseError, match=what):
            Archive(body, "w", limits)


def test_reading_a_member_again_and_again_comes_to_an_end() -> None:
    archive = Archive(zipped({"a": b"x" * 600}), "w", Limits(total_bytes=1000))
    archive.read("a")
    with pytest.raises(ParseError, match="unpacked more than 1,000 bytes"):
        archive.read("a")


def test_a_changed_byte_in_a_member_is_noticed() -> None:
    body = bytearray(zipped({"a.csv": b"1234;5678"}, zipfile.ZIP_STORED))
    body[body.index(b"5678")] = ord("9")
    with pytest.raises(ParseError, match="length or checksum"):
        Archive(bytes(body), "w").read("a.csv")


def test_two_members_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("a", b"1")
            archive.writestr("a", b"2")
    with pytest.raises(ParseError, match="two members of the same name"):
        Archive(out.getvalue(), "w")


def refused_within(megabytes: int, body: bytes, message: str) -> None:
    """Refused before the library sees it, whose memory cannot be measured here."""
    tracemalloc.start()
    try:
        with pytest.raises(ParseError, match=message):
            read_sheet(body, "a", "w")
        assert tracemalloc.get_traced_memory()[1] < megabytes * 1_000_000
    finally:
        tracemalloc.stop()


NUMBER = b"<v>1</v></c>"


@pytest.mark.parametrize(
    ("cells", "last"),
    [
        (b'<c r="XFD1048576">' + NUMBER, "XFD1048576"),
        (b'<c r="A1">' + NUMBER + b"<c s=\"0\"r = 'xfd1048576'>" + NUMBER, "XFD1048576"),
        (b'<c r="XFD1">' + NUMBER + b'<c r="A1048576">' + NUMBER, "XFD1048576"),
        (b'<c r="XFD1048576"><f/><is/>' + NUMBER, "XFD1048576"),
        (b'<c r="XFC1"/><c>' + NUMBER + b'<c r="A1048576">' + NUMBER, "XFD1048576"),
        (b'</row><row r="1048575"/><row><c r="XFD5">' + NUMBER, "XFD1048576"),
    ],
)
def test_a_far_off_cell_is_refused_before_it_takes_memory(cells: bytes, last: str) -> None:
    refused_within(20, with_cells(cells), f"sheet 'a': holds more than 8,000,000 cells, it reaches to {last}")


@pytest.mark.parametrize(
    "tag",
    [
        b'<c r="A1" r="XFD1048576">',  # the library takes the last
        b"""<c s=' r="A1"' r="XFD1048576">""",
        b"""<c s=">" r="XFD1048576">""",
        b"""<c s="<c r='A1'>" r="XFD1048576">""",
        b'<c hidden r="XFD1048576">',
        b'<c r="A1" t="s" t="n">',
    ],
)
def test_a_tag_that_two_readers_may_read_differently_is_refused(tag: bytes) -> None:
    with pytest.raises(ParseError, match="a tag of a row or a cell that cannot be understood"):
        read_sheet(with_cells(tag + NUMBER), "a", "w")


def test_cells_that_only_have_a_format_do_not_count() -> None:
    cells = b'<c r="B1"><v>5</v></c><c r="XFD1" t="s"></c></row><row r="1048576"><c r="XFD1048576" s="0"/>'
    assert [list(r) for r in read_sheet(with_cells(cells), "a", "w").rows] == [["", "5"]]


def test_a_text_used_often_is_one_text_and_too_often_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = b"".join(b'<c r="%s1" t="s"><v>1</v></c>' % column_letters(c).encode() for c in range(100))
    body = with_cells(cells, b"<sst><si><t/></si><si><t>%s</t></si></sst>" % (b"w" * 30_000))
    grid = read_sheet(body, "a", "w")
    assert len({id(text) for text in grid.rows[0]}) == 1 and grid.cell(0, 50) == "w" * 30_000
    monkeypatch.setattr(etl.sheet_guard, "MAX_TEXT", 3_000_000)
    with pytest.raises(ParseError, match=r"its texts take 3,00.,.00 bytes, expected at most 3,000,000"):
        read_sheet(body, "a", "w")


def test_a_sheet_of_too_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(etl.sheet_guard, "MAX_CELLS", 5)
    with pytest.raises(ParseError, match="sheet 'a': holds more than 5 cells, it reaches to F1"):
        read_sheet(as_xlsx({"a": [[None, None, None, None, None, 1]]}), "a", "w")
