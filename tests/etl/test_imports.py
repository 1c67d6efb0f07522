"""Files that come by hand: recognised, or refused with everything that departs; published like the rest."""

from __future__ import annotations

import io
import json
import zipfile
from itertools import product

import polars as pl
import pytest
import xlsxwriter
from typer.testing import CliRunner

from etl.asking import IMPORT
from etl.catalogue import load_catalogue
from etl.cli import app
from etl.expected import row_counts
from etl.imports import RefusedError, import_file
from etl.loading import load
from etl.pipeline import last_run, run
from etl.raw import RawStore
from etl.settings import Settings
from etl.sources.eurostat.requests import region_ids, wanted_codes
from etl.store import current_state, vintages
from etl.table_import import import_table
from tests.etl.books import book
from tests.etl.invented_source import Publisher, body, catalogue
from tests.etl.replies import EIGHT, eight_times, foreigners
from tests.etl.test_classic import population as classic_population
from tests.generators import Cube, as_jsonstat, as_tsv
from tests.generators_genesis import FlatTable, Record, Style, as_ffcsv
from tests.generators_genesis import zipped as genesis_zip
from tests.generators_workbook import QUALIFICATIONS, SEXES, as_qualifications, rezipped
from tests.recordings import SHARED, needs_recordings

CATALOGUE = load_catalogue()
cli = CliRunner()

MAPPING = """
indicator: foreign_population
table: welcome-2025
data: {de: "Melderegister der Stadt", en: "City register"}
link: https://example.org/register
region: {column: Kreis, by: name}
period: {column: Stichtag, kind: reference_date, day: any}
value: {column: Anzahl}
status: {column: Hinweis}
columns:
  Staat: {insgesamt: "", Polen: "nationality=PL"}
ignore: [Bemerkung]
"""
HEADER = "Kreis;Stichtag;Staat;Anzahl;Hinweis;Bemerkung"
NAMES = ["Braunschweig", "Salzgitter", "Wolfsburg", "Gifhorn", "Goslar", "Helmstedt", "Peine", "Wolfenbüttel"]


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path / "data"))
    return Settings(tmp_path / "data", {})


def in_file(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(*changed: str) -> str:
    """All eight districts with 1.234 people each; ``changed`` lines take the place of the first ones."""
    lines = [f"{n};31.12.2025;insgesamt;1.234;;" for n in NAMES]
    return "\n".join([HEADER, *changed, *lines[len(changed) :]]) + "\n"


def import_rows(settings, tmp_path, text, mapping=MAPPING, name="t.csv"):
    files = in_file(tmp_path, name, text), in_file(tmp_path, "m.yml", mapping)
    return import_table(settings, CATALOGUE, *files)


def own(settings) -> pl.DataFrame:
    return current_state(settings.published_dir).filter(pl.col("source") == "own_tables")


# etl import file


def test_a_file_is_published_as_its_source_reads_it(settings, tmp_path):
    file = in_file(tmp_path, "indicator_1-2-1.csv", foreigners(eight_times()))
    result = import_file(settings, CATALOGUE, file, "lsn")
    assert (result.exit_code, [o.table for o in result.outcomes]) == (0, ["1-2-1"])
    region = current_state(settings.published_dir).filter(region="BSR", period="2024-12-31")
    assert region["value"].to_list() == [36_080]


def test_the_raw_store_keeps_the_file_under_its_name_without_its_path(settings, tmp_path):
    text = foreigners(eight_times())
    import_file(settings, CATALOGUE, in_file(tmp_path, "indicator_1-2-1.csv", text), "lsn")
    meta, path = RawStore(settings.raw_dir).newest_meta("lsn", "1-2-1", IMPORT)
    assert meta.url == "file:indicator_1-2-1.csv"
    assert path.with_suffix(".body").read_bytes() == text.encode()
    held = b"".join(p.read_bytes() for p in settings.data_dir.rglob("*") if p.is_file())
    assert str(tmp_path).encode() not in held


def test_the_same_file_twice_publishes_nothing_new(settings, tmp_path):
    file = in_file(tmp_path, "indicator_1-2-1.csv", foreigners(eight_times()))
    import_file(settings, CATALOGUE, file, "lsn")
    assert import_file(settings, CATALOGUE, file, "lsn").published is None
    assert len(vintages(settings.published_dir)) == 1


def test_an_unknown_file_is_refused_with_what_was_looked_for(settings, tmp_path):
    file = in_file(tmp_path, "holiday.csv", "a,b\n1,2\n")
    done = cli.invoke(app, ["import", "file", str(file), "--source", "lsn"])
    assert done.exit_code == 4
    assert "holiday.csv" in done.stderr
    assert "looked for" in done.stderr
    assert "1-2-1" in done.stderr
    assert not settings.raw_dir.exists()


def test_a_file_that_departs_is_refused_with_its_line(settings, tmp_path):
    broken = foreigners(eight_times()).replace("1010", "many")
    done = cli.invoke(app, ["import", "file", str(in_file(tmp_path, "indicator_1-2-1.csv", broken)), "--source", "lsn"])
    assert done.exit_code == 4
    assert "line 3: 'many'" in done.stderr
    assert current_state(settings.published_dir).is_empty()


def test_a_file_too_big_for_its_source_is_not_read(settings, tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.read_bytes", lambda self: pytest.fail("was read"))
    small = catalogue(max_bytes=10)
    with (tmp_path / "big.csv").open("w") as file:
        file.write("x" * 11)
    with pytest.raises(RefusedError, match="has 11 bytes, expected at most 10"):
        import_file(settings, small, tmp_path / "big.csv", "lsn")


def test_a_source_that_knows_no_files_is_wrong_usage(settings, tmp_path):
    done = cli.invoke(app, ["import", "file", str(in_file(tmp_path, "x", "x")), "--source", "own_tables"])
    assert done.exit_code == 2


def test_an_import_loads_its_table_only_and_keeps_other_periods(settings, tmp_path, monkeypatch):
    publisher = Publisher(monkeypatch)
    about = catalogue(("lsn", "a"), ("lsn", "b"))
    publisher.replies = {("a", "data"): body(y2023=100), ("b", "data"): body(y2023=200)}
    run(settings, about, ["lsn"])
    result = import_file(settings, about, in_file(tmp_path, "a.json", body(y2024=101)), "lsn")
    assert [o.table for o in result.outcomes] == ["a"]
    held = current_state(settings.published_dir).filter(region="03101").sort("table", "period")
    assert held["value"].to_list() == [100, 101, 200]


def test_offline_keeps_what_came_by_hand_after_the_last_answer(settings, tmp_path, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2023=100, y2024=101)
    run(settings, catalogue(), ["lsn"])
    import_file(settings, catalogue(), in_file(tmp_path, "t.json", body(y2024=102)), "lsn")
    before = current_state(settings.published_dir)
    result = run(settings, catalogue(), ["lsn"], offline=True)
    assert (result.exit_code, result.published) == (0, None)
    assert current_state(settings.published_dir).equals(before)
    run(settings, catalogue(), ["lsn"])  # the publisher has the last word again
    assert current_state(settings.published_dir).filter(region="03101", period="2024-12-31")["value"].item() == 101


def test_a_refused_import_leaves_no_trace_in_store_or_record(settings, tmp_path, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2023=100)
    run(settings, catalogue(), ["lsn"])
    record = last_run(settings.published_dir)
    tripled = import_file(settings, catalogue(), in_file(tmp_path, "t.json", body(y2023=300)), "lsn")
    assert tripled.exit_code == 4
    assert last_run(settings.published_dir) == record
    run(settings, catalogue(), ["lsn"], offline=True)
    assert current_state(settings.published_dir).filter(region="03101")["value"].item() == 100


def test_an_import_that_shrinks_its_table_is_refused(settings, tmp_path, monkeypatch):
    publisher = Publisher(monkeypatch)
    publisher.replies["t", "data"] = body(y2023=100)
    about = catalogue()
    run(settings, about, ["lsn"])
    expected = row_counts(load(settings, about, ["lsn"], offline=True).frames).with_columns(pl.col("rows") + 1)
    result = import_file(settings, about, in_file(tmp_path, "t.json", body(y2023=101)), "lsn", expected=expected)
    assert result.exit_code == 4
    assert "expected 9, came 8" in result.refused[0]


def refusal(settings, tmp_path, name, content, source="lsn") -> str:
    """What is said of a file that is refused; nothing of it is stored."""
    file = in_file(tmp_path, name, content)
    done = cli.invoke(app, ["import", "file", str(file), "--source", source])
    assert done.exit_code == 4
    assert not list(settings.raw_dir.rglob("*.body"))
    assert current_state(settings.published_dir).is_empty()
    return " ".join(done.stderr.split())


def zipped(**members: bytes) -> bytes:
    """An archive; ``_`` in a name stands for ``/``, the ending is ``.xml``."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name.replace('_', '/')}.xml", content)
    return file.getvalue()


@pytest.mark.parametrize("name", ["indicator_1-2-1.csv", "Kopie von 1-2-1.csv", "lsn.csv"])
@pytest.mark.parametrize("column", ["GeoCode", "Value"])
def test_a_renamed_column_is_named_whatever_the_file_is_called(settings, tmp_path, name, column):
    text = foreigners(eight_times()).replace(column, "Neues")
    said = refusal(settings, tmp_path, name, text)
    assert column in said
    assert "missing" in said
    assert "Neues" in said


def test_a_file_that_only_its_name_can_tell_apart_says_so(settings, tmp_path):
    said = refusal(settings, tmp_path, "daten.csv", foreigners(eight_times()))
    assert "name it so, such as indicator_1-2-1.csv" in said


def qualifications() -> bytes:
    regions = [(ags.removeprefix("03"), name) for ags, name in zip(CATALOGUE.members, EIGHT, strict=True)]
    ones = {(c, "2024", s, q): 1 for c, _ in regions for s in SEXES for q in QUALIFICATIONS}
    return as_qualifications(ones, regions, ("2024",))


@pytest.mark.parametrize("name", ["2025_5-2-2.xlsx", "5-2-2 neu.xlsx", "Mappe1.xlsx"])
def test_a_workbook_with_two_columns_exchanged_is_refused_with_sheet_and_cell(settings, tmp_path, name):
    file = in_file(tmp_path, name, qualifications())
    assert import_file(Settings(tmp_path / "good", {}), CATALOGUE, file, "lsn").outcomes[0].table == "5-2-2"
    with zipfile.ZipFile(file) as archive:
        texts = archive.read("xl/sharedStrings.xml").decode()
    exchanged = texts.replace("Männer", "?").replace("Jahr", "Männer").replace("?", "Jahr")
    said = refusal(settings, tmp_path, name, rezipped(qualifications(), {"xl/sharedStrings.xml": exchanged.encode()}))
    assert "sheet 'Tabelle1', cell D6: expected 'Jahr', came 'Männer'" in said


@pytest.mark.parametrize("source", ["lsn", "ba", "bamf", "vgrdl", "statistikportal"])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (book({"Tabelle1": []}), "no cell of its sheets ['Tabelle1'] holds anything"),
        (zipped(a=b"a"), "expected an XLSX workbook, the archive lacks"),
        (book({"Tabelle1": [["x"]]})[:-30], "archive refused: expected a zip archive"),
        (zipped(xl_workbook=b" " * 200_000_000), "archive refused: xl/workbook.xml: expands to 200,000,000 bytes"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "is a workbook of the old format .xls"),
    ],
    ids=["empty", "no cell", "no workbook", "cut", "bomb", "old"],
)
def test_what_is_wrong_with_an_archive_is_told_as_it_is(settings, tmp_path, source, content, said):
    assert f"datei.xlsx: {said}" in refusal(settings, tmp_path, "datei.xlsx", content, source)


def test_a_refused_file_leaves_the_earlier_import_the_newest(settings, tmp_path):
    good = foreigners(eight_times())
    import_file(settings, CATALOGUE, in_file(tmp_path, "indicator_1-2-1.csv", good), "lsn")
    with pytest.raises(RefusedError, match="'many'"):
        bad = in_file(tmp_path, "indicator_1-2-1.csv", good.replace("1010", "many"))
        import_file(settings, CATALOGUE, bad, "lsn")
    raw = RawStore(settings.raw_dir)
    assert raw.newest("lsn", "1-2-1", IMPORT).body == good.encode()
    assert not raw.refused("lsn", "1-2-1", IMPORT)
    assert run(settings, CATALOGUE, ["lsn"], offline=True).exit_code == 0


def eurostat_cube(table: str) -> Cube:
    """The newest year of the table for all regions of the catalogue, 40.5 in each cell."""
    codes = wanted_codes(table, CATALOGUE)
    dims = {"freq": ("A",), **{d: c for d, c in codes.items() if d != "freq"}, "geo": tuple(region_ids(CATALOGUE))}
    return Cube(dims, ("2024",), dict.fromkeys(product(*dims.values(), ("2024",)), ("40.5", "")))


@pytest.mark.parametrize("form", ["JSON-stat", "TSV"])
def test_a_table_of_eurostat_is_read_in_both_forms(settings, tmp_path, form):
    cube = eurostat_cube("demo_r_pjanind3")
    if form == "TSV":
        file = in_file(tmp_path, "estat_demo_r_pjanind3.tsv.gz", as_tsv(cube, zipped=True))
    else:
        document = json.loads(as_jsonstat(cube))
        document["extension"]["id"] = "DEMO_R_PJANIND3"
        file = in_file(tmp_path, "download.json", json.dumps(document))
    result = import_file(settings, CATALOGUE, file, "eurostat")
    assert (result.exit_code, result.refused) == (0, ())
    held = current_state(settings.published_dir).filter(indicator="median_age", region="03101", breakdown="")
    assert held["value"].to_list() == [40.5]


def test_a_table_of_eurostat_that_nobody_reads_is_named(settings, tmp_path):
    said = refusal(settings, tmp_path, "estat_nama_10_gdp.tsv", as_tsv(eurostat_cube("demo_r_pjanind3")), "eurostat")
    assert "is table nama_10_gdp of eurostat, which no indicator reads" in said


def flat_population(value: str = "7") -> bytes:
    records = [Record(("KREISE", ags), "2024-12-31", ("",), ((value, ""),)) for ags in CATALOGUE.members]
    return as_ffcsv(FlatTable(("GES",), (("BEVSTD", "Anzahl"),), tuple(records)), Style())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("download.zip", genesis_zip(flat_population(), "12411-01-01-4_1773175772751_de_flat.csv")),
        ("12411-01-01-4_1773175772751_de_flat.csv", flat_population()),
        ("12411-01-01-4_00.csv", classic_population()),
        ("download.csv", classic_population()),
    ],
    ids=["flat CSV in its zip", "flat CSV unpacked", "classic CSV", "classic CSV of another name"],
)
def test_a_table_of_genesis_is_read_in_both_forms(settings, tmp_path, name, content):
    result = import_file(settings, CATALOGUE, in_file(tmp_path, name, content), "regionalstatistik")
    assert (result.exit_code, result.outcomes[0].table) == (0, "12411-01-01-4")


def test_a_table_of_genesis_that_departs_is_refused_with_its_line(settings, tmp_path):
    body = genesis_zip(flat_population("viele"), "12411-01-01-4_flat.csv")
    assert "line 2: 'viele'" in refusal(settings, tmp_path, "download.zip", body, "regionalstatistik")


@needs_recordings
@pytest.mark.parametrize(
    ("source", "file", "name"),
    [
        ("regionalstatistik", "regionalstatistik/tablefile/13111-01-03-4__2024-06-30.zip", "download.zip"),
        ("regionalstatistik", "classic/13211-02-05-4__2025.csv", "download.csv"),
        ("genesis", "genesis/job/12531-0043__2024-12-31.zip", "download.zip"),
        ("eurostat", "eurostat/demo_r_pjangrp3.tsv.gz", "estat_demo_r_pjangrp3.tsv.gz"),
        ("lsn", "lsn/excel/2025_5-2-2.xlsx", "Mappe1.xlsx"),
    ],
)
def test_genuine_files_are_recognised_and_published(settings, tmp_path, source, file, name):
    content = (SHARED / "recordings" / file).read_bytes()
    assert import_file(settings, CATALOGUE, in_file(tmp_path, name, content), source).exit_code == 0


# etl import table


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_tidy_table_is_published_whatever_its_delimiter_and_encoding(settings, tmp_path, delimiter, encoding):
    text = rows().replace(";", delimiter)
    result = import_rows(settings, tmp_path, text.encode(encoding))
    assert result.exit_code == 0
    assert own(settings).filter(region="03158", period="2025-12-31")["value"].item() == 1234
    assert own(settings).filter(region="BSR")["value"].item() == 8 * 1234
    assert own(settings)["attribution"].to_list()[0].startswith("Melderegister der Stadt")


@pytest.mark.parametrize(("decimal", "text"), [("comma", "1.234"), ("comma", "1234"), ("point", '"1,234"')])
def test_numbers_are_read_as_the_mapping_says(settings, tmp_path, decimal, text):
    result = import_rows(settings, tmp_path, rows().replace("1.234", text), MAPPING + f"decimal: {decimal}\n")
    assert result.exit_code == 0
    assert own(settings).filter(region="03101")["value"].item() == 1234


def test_a_count_with_a_fraction_is_refused(settings, tmp_path):
    with pytest.raises(RefusedError, match=r"line 2, column 'Anzahl': '1\.234': expected a whole number"):
        import_rows(settings, tmp_path, rows(), MAPPING + "decimal: point\n")


def test_counts_that_cannot_be_are_listed_with_their_lines(settings, tmp_path):
    text = rows("Braunschweig;31.12.2025;insgesamt;-5;;", "Salzgitter;31.12.2025;insgesamt;12,5;;")
    with pytest.raises(RefusedError) as refused:
        import_rows(settings, tmp_path, text.replace("Goslar", "Goslarr"))
    assert "line 2, column 'Anzahl': '-5': expected a count, which is never negative" in str(refused.value)
    assert "line 3, column 'Anzahl': '12,5': expected a whole number" in str(refused.value)
    assert "line 6, column 'Kreis': 'Goslarr': expected a region" in str(refused.value)


def test_a_balance_may_be_negative(settings, tmp_path):
    mapping = MAPPING.replace("foreign_population", "migration_abroad").replace("nationality=PL", "direction=net")
    mapping = mapping.replace("reference_date, day: any", "year").replace('insgesamt: ""', 'insgesamt: "direction=in"')
    text = rows().replace("31.12.2025", "2025").replace("1.234", "-5")
    with pytest.raises(RefusedError, match="never negative"):
        import_rows(settings, tmp_path, text, mapping)
    assert import_rows(settings, tmp_path, text.replace("insgesamt", "Polen"), mapping).exit_code == 0


def test_a_workbook_has_rows_and_no_lines(settings, tmp_path):
    lines = [line.split(";") for line in rows("Salzgitter;31.12.2025;insgesamt;1;;").splitlines()]
    with pytest.raises(RefusedError) as refused:
        import_rows(settings, tmp_path, book({"Daten": lines}), name="t.xlsx")
    assert "row 3: gives the same region, period and breakdown as row 2" in str(refused.value)
    assert "line" not in str(refused.value)


def test_a_region_that_is_nearly_right_is_told_as_it_is_spelt(settings, tmp_path):
    with pytest.raises(RefusedError, match=r"\(like 'Braunschweig', .*'Braunschweig, Stadt'\)"):
        import_rows(settings, tmp_path, rows("Braunschweigg;31.12.2025;insgesamt;1;;"))


def test_everything_that_is_wrong_in_a_mapping_is_listed_at_once(settings, tmp_path):
    mapping = MAPPING.replace("foreign_population", "moon_population").replace("by: name", "by: colour")
    with pytest.raises(RefusedError) as refused:
        import_rows(settings, tmp_path, rows(), mapping + "decimal: dot\nsource: lsn\n")
    for told in (
        "decimal: Input should be 'comma' or 'point'",
        "region.by: Input should be 'ags' or 'name'",
        "indicator: 'moon_population' is not in the catalogue",
        "source: 'lsn' is none whose tables come by hand",
    ):
        assert told in str(refused.value)


def test_of_a_mapping_that_breaks_its_rules_the_rest_is_looked_at_too(settings, tmp_path):
    mapping = MAPPING.replace("by: name", "by: colour").replace("kind: reference_date, day: any", "kind: year")
    with pytest.raises(RefusedError) as refused:
        import_rows(settings, tmp_path, rows(), mapping.replace("nationality=PL", "purpose=family"))
    assert "kind: 'year', but foreign_population has 'reference_date'" in str(refused.value)
    assert "foreign_population has no dimension 'purpose'" in str(refused.value)


def test_everything_that_departs_is_listed_at_once_and_nothing_is_imported(settings, tmp_path):
    text = rows(
        "Hildesheimm;31.12.2025;insgesamt;1;;",
        "Salzgitter;2025-13-01;insgesamt;1;;",
        "Wolfsburg;31.12.2025;divers;1;;",
        "Gifhorn;31.12.2025;insgesamt;viele;;",
        "Goslar;31.12.2025;insgesamt;;;",
        "Helmstedt;31.12.2025;insgesamt;5;secret;",
        "Peine;31.12.2025;insgesamt;5;guess;",
        "Peine;31.12.2025;insgesamt;6;;",
    )
    file, mapping = in_file(tmp_path, "t.csv", text), in_file(tmp_path, "m.yml", MAPPING)
    done = cli.invoke(app, ["import", "table", str(file), "--mapping", str(mapping)])
    assert done.exit_code == 4
    for told in (
        "line 2, column 'Kreis': 'Hildesheimm': expected a region of the catalogue (like 'Hildesheim'",
        "line 3, column 'Stichtag': '2025-13-01': expected a period of kind reference_date",
        "line 4, column 'Staat': 'divers': expected one of 'insgesamt', 'Polen'",
        "line 5, column 'Anzahl': 'viele': expected a number with decimal comma",
        "line 6, column 'Anzahl': ''",
        "line 7, column 'Anzahl': '5': expected no value beside the status secret",
        "line 8, column 'Hinweis': 'guess': expected nothing or one of ok,",
        "line 9: gives the same region, period and breakdown as line 8",
    ):
        assert told in done.stderr
    assert not settings.raw_dir.exists()
    assert not settings.published_dir.exists()


def test_signs_and_statuses_tell_why_a_value_is_missing(settings, tmp_path):
    text = rows("Braunschweig;31.12.2025;insgesamt;.;;", "Salzgitter;31.12.2025;insgesamt;;pending;")
    assert import_rows(settings, tmp_path, text).exit_code == 0
    told = dict(own(settings).filter(pl.col("value").is_null()).select("region", "status").iter_rows())
    assert told == {"03101": "secret", "03102": "pending"}


def test_regions_by_ags_keep_their_leading_zero(settings, tmp_path):
    mapping = MAPPING.replace("by: name", "by: ags")
    text = rows()
    for name, ags in zip(NAMES, CATALOGUE.members, strict=True):
        text = text.replace(name, ags)
    with pytest.raises(RefusedError, match=r"'3101': expected an AGS of the catalogue, such as 03101 \(like '03101'"):
        import_rows(settings, tmp_path, text.replace("03101", "3101"), mapping)
    assert import_rows(settings, tmp_path, text, mapping).exit_code == 0


def test_the_regions_own_sum_is_never_imported(settings, tmp_path):
    with pytest.raises(RefusedError, match="'Region Braunschweig': expected a region"):
        import_rows(settings, tmp_path, rows("Region Braunschweig;31.12.2025;insgesamt;9;;"))


def test_a_workbook_is_read_like_a_csv_and_departures_name_their_cell(settings, tmp_path):
    def workbook(value):
        path = tmp_path / "t.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            book.add_worksheet("Deckblatt").write_string(0, 0, "Erläuterung")
            sheet = book.add_worksheet("Daten")
            sheet.write_row(2, 0, HEADER.split(";"))
            for n, name in enumerate(NAMES, start=3):
                sheet.write_row(n, 0, [name, "31.12.2025", "insgesamt", value])
        return path

    mapping = in_file(tmp_path, "m.yml", MAPPING + "sheet: Daten\n")
    with pytest.raises(RefusedError, match=r"cell D4: '1\.000': expected a number"):
        import_table(settings, CATALOGUE, workbook("1.000"), mapping)
    assert import_table(settings, CATALOGUE, workbook(1234), mapping).exit_code == 0
    assert own(settings).filter(region="03101")["value"].item() == 1234
    without_sheet = in_file(tmp_path, "n.yml", MAPPING)
    with pytest.raises(RefusedError, match="name one of them in the mapping"):
        import_table(settings, CATALOGUE, workbook(1234), without_sheet)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("foreign_population", "moon_population"), "'moon_population' is not in the catalogue; allowed:"),
        (('"nationality=PL"', '"nationality=Q9"'), "'Q9' is not in dimensions.yaml; allowed: german"),
        (('"nationality=PL"', '"purpose=family"'), "foreign_population has no dimension 'purpose'"),
        (("kind: reference_date, day: any", "kind: year"), "but foreign_population has 'reference_date'"),
        (("table: welcome-2025", "table: x\nsource: counselling"), "allowed: bamf, own_tables"),
        (("foreign_population", "counselling_contacts"), "holds protected counts"),
        (("table: welcome-2025", "table: ../up"), "table: String should match pattern"),
        (("table: welcome-2025", "table: x\nsource: lsn"), "none whose tables come by hand"),
        (("ignore: [Bemerkung]", "ignore: [Anzahl]"), "columns are named twice: ['Anzahl']"),
        (("ignore:", "ignor:"), "ignor: Extra inputs are not permitted"),
    ],
)
def test_a_mapping_that_contradicts_the_catalogue_is_refused(settings, tmp_path, change, told):
    with pytest.raises(RefusedError) as refused:
        import_rows(settings, tmp_path, rows(), MAPPING.replace(*change))
    assert told in str(refused.value)
    assert str(tmp_path) not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("Anzahl", "Menge"), "column 'Anzahl' of the mapping is missing"),
        (("Bemerkung", "Neues"), "column 'Neues' is not in the mapping"),
        (("Hinweis", "Anzahl"), "column 'Anzahl' stands twice"),
    ],
)
def test_a_header_that_departs_is_told_column_by_column(settings, tmp_path, change, told):
    with pytest.raises(RefusedError) as refused:
        import_rows(settings, tmp_path, rows().replace(*change, 1))
    assert told in str(refused.value)


def test_the_mapping_is_stored_beside_the_file(settings, tmp_path):
    import_rows(settings, tmp_path, rows())
    raw = RawStore(settings.raw_dir)
    assert raw.newest("own_tables", "welcome-2025", "mapping").body == MAPPING.encode()
    assert raw.newest("own_tables", "welcome-2025", IMPORT).body == rows().encode()


def test_a_new_file_of_a_table_replaces_its_periods_and_keeps_the_others(settings, tmp_path):
    import_rows(settings, tmp_path, rows())
    import_rows(settings, tmp_path, rows().replace("2025", "2026").replace("1.234", "1.240"))
    held = own(settings).filter(region="03101").sort("period")
    assert held["value"].to_list() == [1234, 1240]
    assert import_rows(settings, tmp_path, rows().replace("1.234", "1.235")).published.revised == 9


def test_two_tables_must_not_give_the_same_figure(settings, tmp_path):
    import_rows(settings, tmp_path, rows())
    with pytest.raises(RefusedError, match="8 figures stand already in table welcome-2025"):
        import_rows(settings, tmp_path, rows(), MAPPING.replace("table: welcome-2025", "table: other"))


def test_an_imported_table_survives_every_run(settings, tmp_path, monkeypatch):
    import_rows(settings, tmp_path, rows())
    before = own(settings)
    publisher = Publisher(monkeypatch)
    publisher.replies["1-2-1", "data"] = body(y2024=100)
    run(settings, CATALOGUE, ["lsn"])
    run(settings, CATALOGUE, offline=True)
    assert own(settings).equals(before)


def test_a_table_without_one_district_is_refused_by_the_checks(settings, tmp_path):
    result = import_rows(settings, tmp_path, "\n".join(rows().splitlines()[:-1]))
    assert result.exit_code == 4
    assert "missing ['03158']" in result.refused[0]


def test_the_answer_for_programs_is_complete(settings, tmp_path):
    file, mapping = in_file(tmp_path, "t.csv", rows()), in_file(tmp_path, "m.yml", MAPPING)
    done = cli.invoke(app, ["import", "table", str(file), "--mapping", str(mapping), "--json"])
    answer = json.loads(done.stdout)
    assert answer["published"]["new"] == 9
    assert set(answer["changes"]) == {"de", "en"}
