"""The form of measures: every cell that departs is named at once, and then nothing is taken."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from etl.catalogue import load_catalogue
from etl.cli import app
from etl.counselling.problems import RefusedForm
from etl.measure_entries import Measure
from etl.measures.form import COLUMNS
from etl.measures.kept import FILE, imported_measures
from etl.measures.reading import read_measures
from etl.measures.template import write_measures_form
from etl.sentences import Language
from etl.store import open_current
from tests.etl.books import book

CATALOGUE = load_catalogue()
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
GOOD = {
    "id": "course_2025",
    "name": "Sprachkurs am Arbeitsplatz",
    "name_en": "Language course at work",
    "short": "Sprachkurs",
    "what": "Kurs für Beschäftigte",
    "lead": "Stadt Salzgitter",
    "duty": "freiwillig",
    "status": "läuft",
    "groups": "Fachkräfte; refugee",
    "topics": "Sprache",
    "begins": "2025-03",
    "ends": "2026",
    "budget": "12.000 Euro",
    "indicators": "employees nationality=foreign; residence_permits purpose=employment sex=f",
    "districts": "Salzgitter; 03157",
    "compared_with": "Emden",
    "compared_why": "ähnlich groß",
    "source": "DS 25-00001",
    "link": "https://example.org/paper",
    "entered_by": "Stelle Integration",
}


def form(*rows: Mapping[str, str], lang: Language = "de", sheet: str = "Maßnahmen") -> bytes:
    headers = [c.header.de if lang == "de" else c.header.en for c in COLUMNS.values()]
    return book({sheet: [headers, *([row.get(column, "") for column in COLUMNS] for row in rows)]})


def read(*rows: Mapping[str, str], lang: Language = "de") -> tuple[Measure, ...]:
    return read_measures(form(*rows, lang=lang), CATALOGUE, NOW, lang)


def problems(body: bytes, lang: Language = "de") -> tuple[str, ...]:
    with pytest.raises(RefusedForm) as refused:
        read_measures(body, CATALOGUE, NOW, lang)
    return refused.value.problems


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_filled_form_becomes_measures(lang: Language):
    (measure,) = read(GOOD, lang=lang)
    assert (measure.name.de, measure.name.en) == ("Sprachkurs am Arbeitsplatz", "Language course at work")
    assert (measure.what.de, measure.what.en) == ("Kurs für Beschäftigte", "Kurs für Beschäftigte")
    assert (measure.duty, measure.status, measure.groups) == ("voluntary", "running", ("skilled_worker", "refugee"))
    assert (measure.districts, measure.compared_with) == (("03102", "03157"), ("03402",))
    assert [(i.indicator, i.breakdown) for i in measure.indicators] == [
        ("employees", "nationality=foreign"),
        ("residence_permits", "purpose=employment;sex=f"),
    ]
    assert (measure.entered_by, measure.imported_at) == ("Stelle Integration", NOW)


def test_only_what_is_needed_need_be_filled_in():
    (measure,) = read({column: GOOD[column] for column, about in COLUMNS.items() if about.needed})
    assert (measure.begins, measure.indicators, measure.sources[0].link) == (None, (), None)


@pytest.mark.parametrize(
    ("column", "written", "said"),
    [
        ("id", "Kurs 1", "Kleinbuchstaben"),
        ("id", "welcome_center", "schon eine Maßnahme des Katalogs"),
        ("short", "x" * 23, "höchstens 22 Zeichen"),
        ("duty", "vielleicht", "gesetzliche Pflicht oder freiwillig"),
        ("duty", "freiwillig; legal", "gesetzliche Pflicht oder freiwillig"),
        ("status", "", "Die Zelle ist leer"),
        ("groups", "Riesen", "Einträge der Liste"),
        ("topics", "Wetter", "Einträge der Liste"),
        ("begins", "März 2025", "ein Jahr, Monat oder Tag"),
        ("begins", "2025-02-30", "ein Jahr, Monat oder Tag"),
        ("ends", "2024", "nach dem Beginn"),
        ("indicators", "wishes", "Kennzahlen des Katalogs"),
        ("indicators", "employees age=old", "Kennzahlen des Katalogs"),
        ("districts", "Atlantis", "Kreise mit Namen"),
        ("districts", "Emden", "Kreise mit Namen"),
        ("compared_with", "Salzgitter", "Kreise mit Namen"),
        ("compared_why", "", "wenn Vergleichskreise genannt sind"),
        ("source", "", "ein Beleg"),
        ("link", "http://example.org", "https://"),
        ("entered_by", "a.b@example.org", "E-Mail-Adresse"),
    ],
)
def test_a_cell_that_departs_is_named_with_its_place(column: str, written: str, said: str):
    (problem,) = problems(form(GOOD | {column: written}))
    letter = openpyxl.utils.get_column_letter(list(COLUMNS).index(column) + 1)
    assert problem.startswith(f"Blatt „Maßnahmen“, Zelle {letter}2: ") and said in problem


def test_all_cells_that_depart_are_listed_at_once():
    found = problems(form(GOOD | {"duty": "x", "link": "y"}, GOOD | {"id": "b", "status": "z", "source": ""}), "en")
    assert [one.split(":")[0].rpartition(" ")[2] for one in found] == ["H2", "T2", "I3", "S3"]


def test_an_id_twice_is_told_where_it_stands_first():
    assert "Zeile 2" in problems(form(GOOD, GOOD))[0]


def test_a_missing_column_a_foreign_one_and_an_empty_form_are_told():
    headers = [c.header.de for name, c in COLUMNS.items() if name != "source"]
    found = problems(book({"M": [[*headers, "Bemerkung"], ["a"]]}))
    assert any("„Quelle“ fehlt" in one for one in found) and any("„Bemerkung“" in one for one in found)
    assert "keine ausgefüllte Zeile" in problems(form())[0]
    assert "Kopfzeile des Formulars fehlt" in problems(book({"M": [["a", "b"]]}))[0]


def test_what_is_no_workbook_or_holds_formulas_is_refused():
    assert "keine Arbeitsmappe" in problems(b"a;b\n1;2\n")[0]
    assert "leer" in problems(b" ")[0]
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("M")
        for place, about in enumerate(COLUMNS.values()):
            sheet.write_string(0, place, about.header.de)
            sheet.write_string(1, place, [GOOD.get(c, "") for c in COLUMNS][place])
        sheet.write_formula(1, 1, "=1+1")
    assert any("Zelle B2: Hier steht eine Formel" in one for one in problems(file.getvalue()))


def test_an_address_that_a_spreadsheet_program_made_a_link_of_is_no_fault_and_any_other_link_is():
    def linked(column: str) -> bytes:
        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
            sheet = workbook.add_worksheet("M")
            for place, (name, about) in enumerate(COLUMNS.items()):
                sheet.write_string(0, place, about.header.de)
                written = GOOD.get(name, "")
                if name == column:
                    sheet.write_url(1, place, "https://example.org/paper", string=written)
                else:
                    sheet.write_string(1, place, written)
        return file.getvalue()

    assert read_measures(linked("link"), CATALOGUE, NOW, "de")[0].sources[0].link == "https://example.org/paper"
    assert "Link zu einer Adresse" in problems(linked("lead"))[0]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_form_with_measures_in_it_reads_back_as_the_same(tmp_path: Path, lang: Language):
    path = tmp_path / "form.xlsx"
    measures = read(GOOD, GOOD | {"id": "b", "budget": "", "compared_with": "", "compared_why": ""})
    write_measures_form(path, CATALOGUE, measures, lang)
    assert read_measures(path.read_bytes(), CATALOGUE, NOW, lang) == measures
    cells = [c.value for sheet in openpyxl.load_workbook(path) for row in sheet for c in row if c.value]
    assert cells and not any(str(cell).startswith("=") for cell in cells)


@pytest.fixture()
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*args: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*args])
    return done.exit_code, done.output


def published(data: Path) -> list[tuple[str, str | None]]:
    with open_current(data / "published") as con:
        return con.sql("SELECT id, entered_by FROM measures ORDER BY sort_order").fetchall()


def test_an_import_is_published_beside_the_catalogue_and_the_next_replaces_it(data: Path, tmp_path: Path):
    path = tmp_path / "form.xlsx"
    assert run("extract", "--load")[0] == 0
    path.write_bytes(form(GOOD, GOOD | {"id": "b"}))
    code, said = run("import", "measures", str(path))
    assert code == 0 and "2 neu" in said and "veröffentlicht" in said
    catalogue = [(m.id, None) for m in CATALOGUE.measures]
    assert published(data) == [*catalogue, ("course_2025", "Stelle Integration"), ("b", "Stelle Integration")]
    code, said = run("import", "measures", str(path), "--json")
    assert code == 0 and json.loads(said)["same"] == ["course_2025", "b"] and json.loads(said)["vintage"] is None
    path.write_bytes(form(GOOD | {"budget": "1 Euro"}))
    assert "1 geändert, 1 entfallen" in run("import", "measures", str(path))[1]
    assert published(data) == [*catalogue, ("course_2025", "Stelle Integration")]
    assert "mit 1" not in run("template", "measures", str(path))[1] and run("import", "measures", str(path))[0] == 0


def test_a_refused_form_takes_nothing_and_exits_with_4(data: Path, tmp_path: Path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(form(GOOD, GOOD | {"id": "b", "source": ""}))
    code, said = run("import", "measures", str(path), "--lang", "en")
    assert code == 4 and "cell S3" in said and not (data / FILE).exists()
    code, said = run("import", "measures", str(path), "--json")
    assert code == 4 and len(json.loads(said)["problems"]) == 1


def test_without_a_store_the_measures_wait_for_the_first_publish(data: Path, tmp_path: Path):
    path = tmp_path / "form.xlsx"
    path.write_bytes(form(GOOD))
    code, said = run("import", "measures", str(path), "--lang", "en")
    assert code == 0 and "no store yet" in said
    assert [m.id for m in imported_measures(data)] == ["course_2025"]
    assert run("extract", "--load")[0] == 0
    assert published(data)[-1] == ("course_2025", "Stelle Integration")
