"""A view's files: the same figures in all of them, numbers as numbers, and everything that is needed to cite them."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import openpyxl
import polars as pl
import pytest

from dashboard.addresses import FILE_KINDS, chart_address, data_address, file_name, page_address
from dashboard.charting import made
from dashboard.choices import CHARTS
from dashboard.drawn import Drawing
from dashboard.exports.files import view_file
from dashboard.exports.shown import facts_of
from dashboard.exports.xlsx import number_format, observations_xlsx, view_xlsx
from dashboard.metadata import Lang, Metadata
from dashboard.queries import EXPORT_COLUMNS, Selection, observations
from dashboard.store import Store
from dashboard.tables import Cell, FigureTable
from dashboard.text import texts
from dashboard.view import View, read
from etl.schema import STATUSES
from tests.dashboard import readback
from tests.dashboard.small_store import BODY, DEMO, FIRST

ORIGIN = "https://monitor.example.org"
VIEWS: tuple[dict[str, str], ...] = (
    {"r": "BSR,03101,03153"},
    {"r": "BSR,03101,03153", "as": "share", "lang": "en"},
    {"r": "03101,03102,03158", "as": "index", "from": "2012", "to": "2020"},
    {"r": "03157", "v": FIRST},
    {"i": "residence_permits", "r": "03101,BSR", "b": "sex=m,sex=f"},
    {"i": "residence_permits", "r": "03102", "b": "sex=m", "as": "share"},
    {"i": "unemployment_rate", "r": "03", "as": "change", "lang": "en"},
    {"i": "counselling_contacts", "r": "03101", "b": f"kind=intensive;{BODY},kind=company;{BODY}"},
    {"i": "counselling_contacts", "r": "03101", "b": f"kind=intensive;{DEMO},kind=company;{DEMO}"},
    {"i": "counselling_contacts_monthly", "r": "03103", "b": f"kind=intensive;{BODY}", "lang": "en"},
)


def drawn_of(link: dict[str, str], store: Store, metadata: Metadata) -> tuple[View, Drawing]:
    view, notes = read(link, metadata)
    assert not notes, notes
    return view, made(store, metadata, view, "light")


def sheets(body: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body))


@pytest.mark.parametrize("chart", [c for c in ("line", "bar", "small-multiples", "table") if c in CHARTS])
@pytest.mark.parametrize("link", VIEWS, ids=lambda link: "-".join(link.values())[:40])
def test_drawing_table_and_files_hold_the_same_figures(
    chart: str, link: dict[str, str], store: Store, metadata: Metadata
):
    view, drawn = drawn_of({**link, "chart": chart}, store, metadata)
    files = {kind: view_file(drawn, view, metadata, kind, ORIGIN).body for kind in FILE_KINDS}
    records, table = readback.records_of(drawn.figures), readback.table_of(drawn)
    readback.same(records, readback.records_of_csv(files["csv"]))
    readback.same(records, readback.records_of_json(files["json"]))
    readback.same(records, readback.records_of_xlsx(files["xlsx"]))
    readback.same(records, readback.records_of_svg(files["svg"]))
    readback.same(records, readback.records_of_png(files["png"]))
    readback.same(table, readback.table_of_json(files["json"]))
    readback.same(table, readback.table_of_xlsx(files["xlsx"]))
    told = sorted(value for value in records.values() if value is not None)
    assert sorted(value for value in table.values() if isinstance(value, float)) == told
    values = {value for _, spec in drawn.charts for value in readback.drawn_values(spec)}
    assert values <= set(told)
    if chart in ("line", "small-multiples"):
        assert values == set(told)


PAIRED: tuple[dict[str, str], ...] = (
    {"i": "population,naturalisations", "r": "03101,03102", "chart": "side-by-side"},
    {"i": "foreign_population,naturalisations", "r": "BSR,03153", "chart": "side-by-side", "lang": "en"},
    {"i": "population,naturalisations", "r": "03101,03102,BSR", "chart": "scatter"},
    {"i": "foreign_population,foreign_population_share", "r": "03101", "chart": "scatter", "from": "2015"},
)
MAPS: tuple[dict[str, str], ...] = (
    {"i": "population", "chart": "map"},
    {"chart": "map", "as": "share", "lang": "en"},
    {"chart": "map", "as": "per1000", "to": "2020"},
)


@pytest.mark.parametrize("link", [*PAIRED, *MAPS], ids=lambda link: "-".join(link.values())[:40])
def test_other_forms_hold_the_same_figures_too(link: dict[str, str], store: Store, metadata: Metadata):
    view, drawn = drawn_of(link, store, metadata)
    files = {kind: view_file(drawn, view, metadata, kind, ORIGIN).body for kind in FILE_KINDS}
    records, table = readback.records_of(drawn.figures), readback.table_of(drawn)
    for found in (
        readback.records_of_csv(files["csv"]),
        readback.records_of_json(files["json"]),
        readback.records_of_xlsx(files["xlsx"]),
        readback.records_of_svg(files["svg"]),
        readback.records_of_png(files["png"]),
    ):
        readback.same(records, found)
    readback.same(table, readback.table_of_json(files["json"]))
    readback.same(table, readback.table_of_xlsx(files["xlsx"]))
    told = {value for value in records.values() if value is not None}
    shown = {value for value in table.values() if isinstance(value, float)}
    if view.chart == "map":  # its table has the distance from the region's figure too
        assert told and told <= shown
    else:
        values = {v for _, spec in drawn.charts for v in readback.drawn_values(spec, ("v", "x", "y"))}
        assert values and values <= told and shown <= told


@pytest.mark.parametrize("kind", FILE_KINDS)
def test_a_secret_figure_is_in_no_file(kind: Any, store: Store, metadata: Metadata):
    view, drawn = drawn_of(VIEWS[7], store, metadata)
    body = view_file(drawn, view, metadata, kind).body
    if kind == "xlsx":
        words = [str(cell) for sheet in sheets(body) for row in sheet.iter_rows(values_only=True) for cell in row]
        assert "geheim" in words
    elif kind != "csv":
        said = readback.words_of_pdf(body) if kind == "pdf" else body.decode(errors="ignore")
        assert "geheim" in said or kind == "png"
    secret = [key for key, value in readback.records_of(drawn.figures).items() if value is None]
    assert len(secret) == 3  # the body's contacts with companies


@pytest.mark.parametrize("kind", FILE_KINDS)
@pytest.mark.parametrize("lang", ["de", "en"])
def test_invented_figures_say_so_in_every_file(kind: Any, lang: str, store: Store, metadata: Metadata):
    view, drawn = drawn_of({**VIEWS[8], "lang": lang}, store, metadata)
    body = view_file(drawn, view, metadata, kind).body
    said = texts("de" if lang == "de" else "en")["invented.notice"]
    if kind == "xlsx":
        assert said in sheets(body).worksheets[0]["A2"].value
    elif kind == "pdf":
        assert said in readback.words_of_pdf(body)
    elif kind == "png":
        assert said in readback.texts_of(body)["Description"]
    elif kind == "csv":
        rows = csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";")
        assert {row["source"] for row in rows} == {"counselling_demo"}
    else:
        assert said in body.decode()


def test_the_workbook_has_one_table_a_sheet_with_all_that_is_needed_to_cite_it(store: Store, metadata: Metadata):
    view, drawn = drawn_of({"r": "BSR,03153"}, store, metadata)
    book = sheets(view_xlsx(drawn, view, metadata, ORIGIN))
    assert book.sheetnames == ["Daten", "Beobachtungen", "Hinweise"]
    data, rows, notes = book.worksheets
    assert (data["A1"].value, data["A2"].value) == (drawn.headline, drawn.subtitle)
    assert "Anzahl Personen" in data["A2"].value and "„Hinweise“" in data["A4"].value
    assert data.freeze_panes == "B7" and rows.freeze_panes == "A2"
    assert [cell.value for cell in rows[1]] == list(EXPORT_COLUMNS)
    assert isinstance(rows["E2"].value, datetime)
    said = {row[0]: row[1] for row in notes.iter_rows(values_only=True)}
    facts = facts_of(drawn, view, metadata, ORIGIN)
    assert said["Link"] == facts.link == f"{ORIGIN}/explore?r=BSR,03153&v={metadata.current}"
    assert said["Lizenz"] == "Lizenz · https://example.org/licence"
    assert "unbekannt" in said["Status „secret“"] and "mindestens" in said["Status „limited“"]
    assert all(part in said["Zitiervorschlag"] for part in ("Amt lsn", "1-1", "01.01.2026", "Datenstand", facts.link))
    assert (book.properties.title, book.custom_doc_props["Language"].value) == (drawn.headline, "de")


def test_a_figure_is_a_number_that_is_written_as_on_the_page(store: Store, metadata: Metadata):
    view, drawn = drawn_of({"r": "BSR,03101", "from": "2024"}, store, metadata)
    sheet = sheets(view_xlsx(drawn, view, metadata)).worksheets[0]
    region, district = sheet["B7"], sheet["C7"]
    assert (region.value, region.data_type) == (40700, "n") and region.number_format.startswith('"mind. "#,##0')
    assert district.data_type == "n" and district.number_format.startswith("#,##0;")


@pytest.mark.parametrize(
    ("said", "lang", "wanted"),
    [
        ("14,0\u00a0%", "de", '#,##0.0"\u00a0%";\u2212#,##0.0"\u00a0%"'),
        ("14.0%", "en", '#,##0.0"%";\u2212#,##0.0"%"'),
        ("€61,229m", "en", '"€"#,##0"m";\u2212"€"#,##0"m"'),
        ("1.234.567", "de", "#,##0;\u2212#,##0"),
        ("+1,5", "de", "+#,##0.0;\u2212#,##0.0;±#,##0.0"),
        ("mind. 4,25", "de", '"mind. "#,##0.00;"mind. "\u2212#,##0.00'),
        ("\u2212€3.50", "en", '"€"#,##0.00;\u2212"€"#,##0.00'),
        ("+€3m", "en", '+"€"#,##0"m";\u2212"€"#,##0"m";±"€"#,##0"m"'),
    ],
)
def test_number_formats_leave_the_marks_to_the_readers_spreadsheet(said: str, lang: Lang, wanted: str):
    assert number_format(said, lang) == wanted


def formula_like(store: Store, metadata: Metadata) -> bytes:
    """A workbook whose words look like a formula, with a figure beside them."""
    view, drawn = drawn_of({"r": "03101", "as": "share"}, store, metadata)
    table = FigureTable(("=1+1", "Größe"), ((Cell("=2+2"), Cell("1.234,5", 1234.5)), (Cell("@x"), Cell("−3", -3.0))))
    figures = drawn.figures.with_columns(pl.lit("=1+1").alias("region_name"))
    return view_xlsx(replace(drawn, table=table, figures=figures, headline="=SUM(A1)"), view, metadata)


def test_words_that_look_like_a_formula_are_words(store: Store, metadata: Metadata):
    book = sheets(formula_like(store, metadata))
    data, rows, _ = book.worksheets
    for cell, said in ((data["A1"], "=SUM(A1)"), (data["A6"], "=1+1"), (data["A7"], "=2+2"), (rows["C2"], "=1+1")):
        assert (cell.value, cell.data_type) == (said, "s")
    assert (data["B7"].value, data["B8"].value) == (1234.5, -3)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_reads_numbers_as_numbers_and_words_as_words(store: Store, metadata: Metadata, tmp_path: Path):
    (tmp_path / "view.xlsx").write_bytes(formula_like(store, metadata))
    # comma, quotation mark, UTF-8; only words are quoted, figures stand as they are and not as they look
    options = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", options, "--outdir", str(tmp_path), "view.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    lines = (tmp_path / "view.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith('"=SUM(A1)"')
    assert lines[-3:] == ['"=1+1","Größe"', '"=2+2",1234.5', '"@x",-3']


def test_the_workbook_of_a_state_of_the_data_is_always_the_same_file(store: Store, metadata: Metadata):
    view, drawn = drawn_of({"r": "03101"}, store, metadata)
    assert view_xlsx(drawn, view, metadata) == view_xlsx(drawn, view, metadata)


def test_the_workbook_of_observations_has_the_export_columns_and_notes(store: Store, metadata: Metadata):
    found = observations(store, Selection(indicators=("foreign_population",), regions=("03153",)))
    body = observations_xlsx(found, metadata, "en", link=f"{ORIGIN}/x")
    readback.same(readback.records_of(found), readback.records_of_xlsx(body))
    said = {row[0]: row[1] for row in sheets(body)["Notes"].iter_rows(values_only=True)}
    assert said["Link"] == f"{ORIGIN}/x" and "Amt lsn" in said["Source"]


def test_json_names_sources_state_and_links(store: Store, metadata: Metadata):
    view, drawn = drawn_of({"r": "03101", "as": "share", "lang": "en"}, store, metadata)
    told = json.loads(view_file(drawn, view, metadata, "json", ORIGIN).body)
    assert told["title"] == drawn.headline and told["vintage"] == metadata.current
    assert told["sources"][0]["retrieved"] == "2026-01-01T00:00:00Z" and told["sources"][0]["licence"] == "Licence"
    assert told["columns"] == list(EXPORT_COLUMNS) and told["observations"][0]["unit"]
    assert told["links"]["page"].startswith(f"{ORIGIN}/explore?") and f"v={metadata.current}" in told["links"]["page"]


def test_every_status_has_words_in_the_legend():
    for lang in get_args(Lang):
        legend = {key.removeprefix("legend.") for key in texts(lang) if key.startswith("legend.")}
        assert legend == set(STATUSES)


def test_addresses_of_files_are_those_of_the_page(metadata: Metadata):
    view, _ = read({"r": "03101,03102", "as": "share", "chart": "bar", "v": FIRST}, metadata)
    query = f"r=03101,03102&as=share&chart=bar&v={FIRST}"
    assert page_address(view, metadata) == f"/explore?{query}"
    assert [chart_address(view, metadata, kind) for kind in FILE_KINDS] == [
        f"/chart/v1/view.{kind}?{query}" for kind in FILE_KINDS
    ]
    assert data_address(view, metadata, "json") == (
        f"/data/v1/observations.json?i=foreign_population_share&r=03101,03102&b=total&from=2010&to=2024&v={FIRST}"
    )
    assert file_name(view, metadata, "png") == f"foreign_population_03101-03102_share_bar_{FIRST}.png"
