"""The form of counselling counts: its lists say what the import understands, and its example is marked as invented."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import polars as pl
import pytest
import yaml

import etl.counselling.template as template
from etl.catalogue import CATALOGUE_DIR, Catalogue, load_catalogue
from etl.counselling.form import HEADERS, INVENTED, KEY_COLUMNS, codes
from etl.counselling.template import EXAMPLE_FILE, LAST_ROW, example_rows, write_template
from etl.counselling_entries import Office, Provider
from etl.entries import Text
from etl.errors import CatalogueError, EtlError
from etl.grid import Grid, column_letters, position
from etl.workbook import Workbook

CATALOGUE = load_catalogue()
CENTER = next(p for p in CATALOGUE.counselling.providers if p.id == "welcome-center")
SHEETS = {"de": ("Daten", "Hinweise", "Listen"), "en": ("Data", "Notes", "Lists")}
TEXT_FORMAT = "49"  # the number of "@" among a workbook's built-in formats
XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = list(HEADERS)

both_languages = pytest.mark.parametrize("lang", ["de", "en"])


class Form:
    """A written form, read back."""

    def __init__(self, path: Path) -> None:
        self.body = path.read_bytes()
        self.book = Workbook(self.body, path.name)
        self.parts = {}
        with zipfile.ZipFile(io.BytesIO(self.body)) as archive:
            self.parts = {name: archive.read(name).decode() for name in archive.namelist()}

    @property
    def rows(self) -> list[list[str]]:
        """The rows of the data sheet below the headers, each as long as the headers."""
        headers, *rows = self.book.sheet(self.book.sheet_names[0]).rows
        return [[*row, *[""] * (len(headers) - len(row))] for row in rows]

    @property
    def notes(self) -> list[str]:
        return [row[0] for row in self.book.sheet(self.book.sheet_names[1]).rows]

    @property
    def lists(self) -> Grid:
        return self.book.sheet(self.book.sheet_names[2])

    def listed(self, place: int) -> list[str]:
        """What the lists sheet offers in its column with this number."""
        return [row[place] for row in list(self.lists.rows)[1:] if len(row) > place and row[place]]

    def rule(self, column: str) -> ElementTree.Element:
        """The data validation of a column of the data sheet, which must reach to the last row."""
        letter = column_letters(COLUMNS.index(column))
        found = self.xml("xl/worksheets/sheet1.xml").iter(f"{XML}dataValidation")
        (rule,) = (r for r in found if r.get("sqref") == f"{letter}2:{letter}{LAST_ROW}")
        return rule

    def xml(self, part: str) -> ElementTree.Element:
        return ElementTree.fromstring(self.parts[part])

    def format_of(self, style: str | None) -> ElementTree.Element:
        return next(self.xml("xl/styles.xml").iter(f"{XML}cellXfs"))[int(style or 0)]


def form(
    folder: Path, provider: Provider = CENTER, lang: str = "de", example: bool = False, catalogue: Catalogue = CATALOGUE
) -> Form:
    path = folder / "form.xlsx"
    write_template(path, catalogue, provider, lang, example)
    return Form(path)


def provider(**changes: object) -> Provider:
    return CENTER.model_copy(update=changes)


def catalogue_with(folder: Path, **changes: object) -> tuple[Catalogue, Provider]:
    """The catalogue as it is if the entry of the Welcome Center says this too, with the entry."""
    shutil.copytree(CATALOGUE_DIR, folder)
    file = folder / "counselling.yaml"
    entries = yaml.safe_load(file.read_text())
    entries["providers"][0] |= changes
    file.write_text(yaml.safe_dump(entries))
    catalogue = load_catalogue(folder)
    return catalogue, catalogue.counselling.providers[0]


@pytest.fixture(scope="module")
def examples(tmp_path_factory) -> dict[str, Form]:
    return {lang: form(tmp_path_factory.mktemp(lang), lang=lang, example=True) for lang in ("de", "en")}


@both_languages
def test_an_empty_form_has_the_headers_of_its_language_and_no_row(tmp_path, lang):
    empty = form(tmp_path, lang=lang)
    assert empty.book.sheet_names == SHEETS[lang]
    headers = empty.book.sheet(SHEETS[lang][0]).rows
    assert [list(row) for row in headers] == [[getattr(text, lang) for text in HEADERS.values()]]


@both_languages
def test_the_drop_down_lists_offer_exactly_what_the_import_understands(tmp_path, lang):
    empty, allowed = form(tmp_path, lang=lang), codes(CATALOGUE, CENTER)
    for column, entry in allowed.items():
        rule = empty.rule(column)
        reference = re.fullmatch(rf"{SHEETS[lang][2]}!\$(\w+)\$2:\$(\w+)\$(\d+)", rule.findtext(f"{XML}formula1"))
        letter, same, last = reference.groups()
        _, place = position(f"{letter}1")
        offered = empty.listed(place)
        assert rule.get("type") == "list" and letter == same and int(last) == len(offered) + 1
        assert empty.lists.rows[0][place] == getattr(HEADERS[column], lang)
        understood = [entry.code_of(label) for label in offered]
        assert offered == [getattr((entry.labels | entry.further)[code], lang) for code in understood]
        assert understood[: len(entry.labels)] == list(entry.labels)
        # the country of that name is counted by choosing the region, which is nothing but the country
        assert sorted(understood) == sorted({*entry.labels, *entry.further} - {"UA"})


def test_countries_stand_by_name_also_those_with_an_accent(tmp_path):
    names = ["Afghanistan", "Ägypten", "Albanien", "Norwegen", "Österreich", "Pakistan"]
    assert [n for n in form(tmp_path).listed(3) if n in names] == names


def test_a_count_must_be_a_whole_number_from_0_and_a_period_shows_how_it_is_written(tmp_path):
    empty = form(tmp_path)
    count, period = empty.rule("count"), empty.rule("period")
    assert (count.get("type"), count.get("operator")) == ("whole", "greaterThanOrEqual")
    assert count.findtext(f"{XML}formula1") == "0"
    assert period.get("prompt") == "2025-03 oder 2025-Q1" and period.get("type") is None


@both_languages
def test_the_example_read_back_is_the_csv(examples, lang):
    allowed = codes(CATALOGUE, CENTER)
    read = [
        {
            column: int(cell) if column == "count" else allowed[column].code_of(cell) if column in allowed else cell
            for column, cell in zip(COLUMNS, row, strict=True)
        }
        for row in examples[lang].rows
    ]
    written = pl.read_csv(EXAMPLE_FILE, separator=";").to_dicts()
    assert read == written and len(read) > 1000


@both_languages
def test_the_example_holds_only_what_the_lists_of_its_language_offer(examples, lang):
    coded = [column for column in COLUMNS if column in codes(CATALOGUE, CENTER)]
    for place, column in enumerate(coded):
        cells = {row[COLUMNS.index(column)] for row in examples[lang].rows}
        assert cells <= set(examples[lang].listed(place))


@both_languages
def test_every_row_of_the_example_and_the_first_line_of_its_notes_say_that_it_is_invented(examples, lang):
    label = {"de": "erfunden", "en": "invented"}[lang]
    assert {row[-1] for row in examples[lang].rows} == {label}
    assert label in examples[lang].notes[0]
    first = next(examples[lang].xml("xl/worksheets/sheet2.xml").iter(f"{XML}c"))
    font = list(examples[lang].xml("xl/styles.xml").iter(f"{XML}font"))[
        int(examples[lang].format_of(first.get("s")).get("fontId"))
    ]
    assert first.get("r") == "A1" and font.find(f"{XML}b") is not None


def test_an_empty_form_does_not_say_that_its_figures_are_invented(tmp_path):
    assert "erfunden" not in form(tmp_path).notes[0]


def test_periods_and_codes_are_text_also_where_nothing_stands_yet(examples):
    sheet = examples["de"].xml("xl/worksheets/sheet1.xml")
    for column in sheet.iter(f"{XML}col"):
        is_count = COLUMNS[int(column.get("min")) - 1] == "count"
        assert (examples["de"].format_of(column.get("style")).get("numFmtId") == TEXT_FORMAT) is not is_count
    cells = {c.get("r"): c for c in sheet.iter(f"{XML}c")}
    assert cells["A2"].get("t") == "s" and examples["de"].format_of(cells["A2"].get("s")).get("numFmtId") == TEXT_FORMAT
    assert cells["H2"].get("t") is None


def test_a_form_holds_no_formula_macro_protection_or_link(examples):
    for name, part in examples["de"].parts.items():
        assert not re.search(r"<f[\s>/]|sheetProtection|hyperlink|TargetMode=\"External\"", part), name
        assert "vba" not in name.lower() and "external" not in name.lower()


def test_a_label_that_looks_like_a_formula_stays_text(tmp_path):
    topics = {"odd": {"de": "=SUM(A1:A9)", "en": "@odd"}}
    catalogue, own = catalogue_with(tmp_path / "catalogue", topics=topics, name={"de": "=1+1", "en": "=1+1"})
    written = form(tmp_path, own, catalogue=catalogue)
    assert "=SUM(A1:A9)" in written.listed(4)
    assert not any(re.search(r"<f[\s>/]", part) for part in written.parts.values())


@both_languages
def test_the_notes_define_every_kind_of_contact(tmp_path, lang):
    kinds, notes = CATALOGUE.dimensions["kind"], "\n".join(form(tmp_path, lang=lang).notes)
    for code in CATALOGUE.counselling.codes["kind"]:
        assert f"{getattr(kinds.values[code], lang)}: {getattr(kinds.definitions[code], lang)}" in notes
    assert "{" not in notes


def test_the_notes_say_from_the_rule_of_the_provider_what_stays_secret(tmp_path):
    assert any("von 1 bis 4, Nullen in Gruppen von 1 bis 9" in n for n in form(tmp_path).notes)
    strict = provider(threshold=7, threshold_reason="sehr kleine Stelle", round_to=5)
    notes = form(tmp_path, strict).notes
    assert any("von 1 bis 6, Nullen in Gruppen von 1 bis 13" in n for n in notes)
    assert any("Vielfache von 5" in n for n in notes)
    assert not any("Vielfache" in n for n in form(tmp_path).notes)


def test_a_provider_finds_its_own_topics_in_the_list_and_not_those_it_leaves_out(tmp_path):
    topics = {"mentoring": {"de": "Mentoring", "en": "mentoring"}}
    catalogue, own = catalogue_with(tmp_path / "catalogue", topics=topics, leaves_out=["business"])
    written = form(tmp_path, own, example=True, catalogue=catalogue)
    assert "Mentoring" in written.listed(4) and "Gründung" not in written.listed(4)
    used = {row[COLUMNS.index("topic")] for row in written.rows}
    assert "Gründung" not in used and "Wohnen" in used


def test_the_example_of_a_provider_with_one_office_has_rows_of_this_office_alone(tmp_path):
    written = form(tmp_path, provider(offices=CENTER.offices[:1]), example=True)
    assert {row[COLUMNS.index("office")] for row in written.rows} == {"Braunschweig"}
    assert len(written.rows) == example_rows(CATALOGUE).filter(office="braunschweig").height


def test_a_provider_elsewhere_gets_no_example_and_the_old_file_stays(tmp_path):
    there = Office(id="peine", name=Text(de="Peine", en="Peine"), region="03157")
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(EtlError, match=r"peine.*braunschweig, wolfsburg.*without the example"):
        write_template(path, CATALOGUE, provider(offices=(there,)), "de", True)
    assert path.read_bytes() == b"old"


def test_a_form_that_cannot_be_finished_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"old")

    def full(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space left"):
        write_template(path, CATALOGUE, CENTER, "de", False)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["form.xls", "form.xlsm", "form.csv", "form"])
def test_another_ending_than_xlsx_is_refused(tmp_path, name):
    with pytest.raises(EtlError, match=r"\.xlsx"):
        write_template(tmp_path / name, CATALOGUE, CENTER, "de", False)
    assert not list(tmp_path.iterdir())


def test_a_form_replaces_the_old_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "new folder" / "form.XLSX"
    for example in (True, False):
        write_template(path, CATALOGUE, CENTER, "de", example)
    assert Form(path).rows == [] and list(path.parent.iterdir()) == [path]


def test_the_example_is_of_a_believable_size(tmp_path):
    rows = example_rows(CATALOGUE)
    assert rows.columns == [*KEY_COLUMNS, "count"] and rows.schema["count"] == pl.Int64
    assert not rows.select(KEY_COLUMNS).is_duplicated().any()
    by_year = dict(rows.group_by(pl.col("period").str.head(4)).agg(pl.col("count").sum()).iter_rows())
    assert sorted(by_year) == ["2023", "2024", "2025", "2026"]
    assert all(1000 <= total <= 1600 for total in by_year.values())
    # every month of both offices, so that quarters and years are complete
    assert rows.select("period", "office").unique().height == 45 * 2
    assert rows["count"].is_between(1, 6).all()
    assert EXAMPLE_FILE.stat().st_size < 260_000 and rows.height < LAST_ROW


HEADER = "period;office;kind;group;origin;topic;channel;count;mark"
GOOD = "2025-01;braunschweig;intensive;student;IN;housing;video;3;invented"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([HEADER, GOOD.replace(INVENTED, "")], "mark"),
        ([HEADER, GOOD.replace("housing", "gardening")], "topic.*gardening"),
        ([HEADER, GOOD.replace("IN", "XX")], "origin.*XX"),
        ([HEADER, GOOD.replace(";3;", ";3.5;")], "count"),
        ([HEADER, GOOD.replace(";3;", ";;")], "count"),
        ([HEADER.replace(";mark", ""), GOOD.removesuffix(";invented")], "expected the columns"),
        ([HEADER, GOOD + ";more"], "cannot be read"),
        ([], "cannot be read"),
    ],
)
def test_an_example_that_is_not_wholly_marked_or_breaks_the_form_is_refused(tmp_path, monkeypatch, lines, said):
    broken = tmp_path / "counselling_example.csv"
    broken.write_text("\n".join(lines))
    monkeypatch.setattr(template, "EXAMPLE_FILE", broken)
    with pytest.raises(CatalogueError, match=rf"(?s)counselling_example\.csv.*{said}"):
        example_rows(CATALOGUE)


def test_an_example_in_order_is_read_without_its_mark(tmp_path, monkeypatch):
    good = tmp_path / "counselling_example.csv"
    good.write_text(f"{HEADER}\n{GOOD}\n")
    monkeypatch.setattr(template, "EXAMPLE_FILE", good)
    assert example_rows(CATALOGUE).rows() == [
        ("2025-01", "braunschweig", "intensive", "student", "IN", "housing", "video", 3)
    ]
