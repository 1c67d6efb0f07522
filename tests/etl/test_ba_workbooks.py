"""The BA's workbooks: how the newest is found, what is read of each, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import polars as pl
import pytest
import stamina
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.catalogue import load_catalogue
from etl.errors import FetchError, NotOfferedError, ParseError
from etl.http import PoliteSession
from etl.mapping import observations
from etl.raw import RawStore
from etl.sources.ba import amr, krpend, nationalities, workbooks
from etl.sources.ba.cells import SIGNS
from etl.sources.ba.discover import editions_back, editions_on_page
from etl.sources.base import Context
from etl.sources.district_table import district_table
from etl.sources.sheet_cells import figure, month, reference_day
from etl.workbook import Workbook
from tests.etl.books import book, damaged
from tests.etl.replies import reply
from tests.recordings import SHARED, needs_recordings

CATALOGUE = load_catalogue()
BA = CATALOGUE.sources["ba"]
REPORT = CATALOGUE.options("ba", "amr").paths[0]
COMMUTERS = CATALOGUE.options("ba", "krpend").paths[0]
PAGE = "/SiteGlobals/Forms/Suche/Einzelheftsuche_Formular.html"
TODAY = date(2026, 11, 22)
EIGHT = {
    "03101": "Braunschweig, Stadt",
    "03102": "Salzgitter, Stadt",
    "03103": "Wolfsburg, Stadt",
    "03151": "Gifhorn",
    "03153": "Goslar",
    "03154": "Helmstedt",
    "03157": "Peine",
    "03158": "Wolfenbüttel",
}


def files(region="03101", edition="202610"):
    return f"/Statistikdaten/Detail/{edition}/ama/amr-amr/amr-{region}-0-{edition}-xlsx.xlsx"


def values(frame, **where):
    """{(dims…): (value, status)} of the rows that fit, in a form that a test can write down."""
    rows = frame.filter(*(pl.col(k) == v for k, v in where.items())) if where else frame
    rest = [c for c in frame.columns if c not in (*where, "value", "status")]
    return {tuple(r[c] for c in rest): (r["value"], r["status"]) for r in rows.iter_rows(named=True)}


# ---- the newest edition -------------------------------------------------------------------------------------------


def test_the_newest_edition_on_the_search_page_counts_whatever_its_region_and_session():
    page = f"""<ul><li><a class="x" href="{files("09571", "202609")}?__blob=publicationFile&amp;v=1">Kronach</a>
    <li><A HREF="https://elsewhere.example{files("01", "202610")};jsessionid=A1?__blob=publicationFile&amp;v=2">SH</A>
    <a name="top"></a><a href="/Statistikdaten/Detail/202611/ama/amr-amr/amr-01-0-202611-pdf.pdf">PDF</a>"""
    assert editions_on_page(page, REPORT) == ["202610", "202609"]


def test_a_link_whose_two_months_differ_is_no_edition():
    page = f'<a href="{files().replace("202610", "202611", 1)}">'
    assert editions_on_page(page, REPORT) == []


def test_a_yearly_file_is_looked_for_by_its_june():
    path = COMMUTERS.format(year="2023")
    assert editions_on_page(f'<a href="/{path}?__blob=publicationFile">', COMMUTERS) == ["2023"]
    assert editions_on_page(f'<a href="/{path.replace("06", "12")}">', COMMUTERS) == []
    assert editions_back(COMMUTERS, date(2026, 1, 2)) == ["2026", "2025", "2024", "2023", "2022"]


def test_months_back_cross_the_turn_of_the_year():
    assert editions_back(REPORT, date(2026, 2, 1))[:4] == ["202602", "202601", "202512", "202511"]


# ---- fetching -----------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(httpserver, tmp_path, monkeypatch):
    """(fetch a part of a table, the paths that were asked for); what is not expected is not published."""
    monkeypatch.setattr(httpserver, "no_handler_status_code", 404)
    context = Context(BA, CATALOGUE, None, TODAY, httpserver.url_for("/"))
    with stamina.set_testing(True, attempts=3, cap=True):
        fetch = workbooks.fetcher(RawStore(tmp_path), PoliteSession(BA), context)
        yield (
            lambda table, n=0: fetch(table, workbooks.parts(table, context)[n].alternatives[0]),
            lambda: [request.path for request, _ in httpserver.log],
        )


def test_the_report_comes_from_the_month_that_the_search_page_names(httpserver, asked):
    httpserver.expect_request(PAGE, query_string={"topic_f": "amr-amr"}).respond_with_data(
        f'<a href="{files("09571")};jsessionid=9?__blob=publicationFile&amp;v=1">'
    )
    httpserver.expect_request(files(), query_string={"__blob": "publicationFile"}).respond_with_data(b"PK one")
    httpserver.expect_request(files("03102")).respond_with_data(b"PK two")
    fetch, paths = asked
    first, second = fetch("amr", 0), fetch("amr", 1)
    assert (first.name, first.body, "202610" in first.url) == ("xlsx-03101", b"PK one", True)
    assert (second.name, second.body) == ("xlsx-03102", b"PK two")
    assert paths() == [PAGE, files(), files("03102")]


def test_without_a_search_page_months_back_are_tried_and_404_means_not_published(httpserver, asked):
    httpserver.expect_request(files(edition="202609")).respond_with_data(b"PK")
    fetch, paths = asked
    assert fetch("amr").body == b"PK"
    assert paths() == [PAGE, *(files(edition=month) for month in ("202611", "202610", "202609"))]


def test_a_page_that_lists_nothing_that_fits_is_as_good_as_none(httpserver, asked):
    httpserver.expect_request(PAGE).respond_with_data("<html><a href='/DE/Home'>Keine Treffer</a></html>")
    httpserver.expect_request(files(edition="202611")).respond_with_data(b"PK")
    assert asked[0]("amr").body == b"PK"


def test_all_districts_come_from_one_month(httpserver, asked):
    httpserver.expect_request(PAGE).respond_with_data(f'<a href="{files()}">')
    httpserver.expect_request(files()).respond_with_data(b"PK")
    httpserver.expect_request(files("03102", "202609")).respond_with_data(b"PK older")
    fetch, paths = asked
    fetch("amr", 0)
    with pytest.raises(NotOfferedError, match=r"amr-03102.* is not published for 202610; look for the file on"):
        fetch("amr", 1)
    assert files("03102", "202609") not in paths()


def test_after_a_bounded_number_of_months_the_error_says_where_to_look(httpserver, asked):
    fetch, paths = asked
    with pytest.raises(NotOfferedError, match=r"not published for 2026, 2025, .*topic_f=beschaeftigung-pendler-krpend"):
        fetch("krpend")
    assert len(paths()) == 6


@pytest.mark.parametrize("body", [b"<!doctype html><title>Wartung</title>", b""])
def test_a_page_in_place_of_the_file_is_refused_before_it_is_kept(httpserver, asked, tmp_path, body):
    httpserver.expect_request(PAGE).respond_with_data(f'<a href="{files()}">')
    httpserver.expect_request(files()).respond_with_data(body)
    with pytest.raises(FetchError, match=r"amr-03101-0-202610-xlsx\.xlsx.*expected an XLSX workbook, came \d+ bytes"):
        asked[0]("amr")
    assert not list(tmp_path.rglob("*.body"))


def test_403_is_throttling_and_waited_for(httpserver, asked):
    httpserver.expect_ordered_request(PAGE).respond_with_data("", status=403)
    httpserver.expect_ordered_request(PAGE).respond_with_data(f'<a href="{files()}">')
    httpserver.expect_ordered_request(files()).respond_with_data("", status=403)
    httpserver.expect_ordered_request(files()).respond_with_data(b"PK")
    assert asked[0]("amr").body == b"PK"


def test_there_is_a_report_for_each_district_and_the_land_and_nothing_to_ask_for_by_hand():
    context = Context(BA, CATALOGUE, None, TODAY)
    names = [part.alternatives[0].name for part in workbooks.parts("amr", context)]
    assert names == [*(f"xlsx-{region}" for region in EIGHT), "xlsx-03"]
    assert [p.alternatives[0].name for p in workbooks.parts("krpend", context)] == ["xlsx"]
    assert workbooks.parts("nationalities", context) == []


@pytest.mark.parametrize(
    ("page", "status", "file", "states"),
    [
        (f'<a href="{files()}">', 200, "report", ["held", "held"]),
        (f'<a href="{files()}">', 200, "another district's", ["held", "broken"]),
        (f'<a href="{files()}">', 200, None, ["held", "unknown"]),
        ("<html>", 200, None, ["broken"]),
        ("", 404, None, ["broken"]),
        ("", 503, None, ["unknown"]),
    ],
)
def test_the_probe_tells_whether_the_page_lists_the_files_and_whether_they_can_be_read(
    httpserver, monkeypatch, page, status, file, states
):
    monkeypatch.setattr(httpserver, "no_handler_status_code", 404)
    httpserver.expect_request(PAGE, query_string={"topic_f": "amr-amr"}).respond_with_data(page, status=status)
    httpserver.expect_request(PAGE).respond_with_data("<html>")
    if file:
        peine = dict.fromkeys(("Eckwerte", "Eckwerte SGB II", "Eckwerte SGB III"), key_figures(FIGURES, "Peine"))
        httpserver.expect_request(files()).respond_with_data(report() if file == "report" else report(peine))
    context = Context(BA, CATALOGUE, None, TODAY, httpserver.url_for("/"))
    with stamina.set_testing(True, attempts=2, cap=True):
        findings = workbooks.probe_files(PoliteSession(BA), context)
    assert [f.state for f in findings if "amr" in f.assumption] == states


# ---- the report ---------------------------------------------------------------------------------------------------

REPORT_MERGES = ("A8:C10", "D8:D10", "E8:E10", "F8:F10", "G8:L8", "G9:H9", "I9:L9")


def key_figures(figures, region="Braunschweig, Stadt", months=("Okt 2026", "Sep 2026", "Aug 2026")):
    """A sheet of the report; ``figures``: label → three cells."""
    changes = [10, 0.5, "x", ".x", 1.1, "-"]
    groups = [
        [f"dar.: {n},1 %", label, None, *cells, *changes] for n, (label, cells) in enumerate([*figures.items()][1:], 40)
    ]
    return [
        [],
        [],
        ["Eckwerte des Arbeitsmarktes"],
        [region],
        ["Oktober 2026"],
        [],
        [],
        ["Merkmale", None, None, *months, "Veränderung gegenüber"],
        [*[None] * 6, "Vormonat", None, "Vorjahresmonat 1)"],
        [*[None] * 6, "absolut", "in %", "Okt 2025", "in %", "Sep 2025", "Aug 2025"],
        [],
        ["Bestand an Arbeitsuchenden"],
        ["Insgesamt", None, None, 15000, 15100, 15200, *changes],
        ["Bestand an Arbeitslosen"],
        ["Insgesamt", None, None, *next(iter(figures.values())), *changes],
        *groups,
        ["Zugang an Arbeitslosen"],
        ["Insgesamt", None, None, 2000, 2100, 2200, *changes],
        ["dar. aus Erwerbstätigkeit", None, None, 700, 710, 720],
        ["© Statistik der Bundesagentur für Arbeit"],
    ]


FIGURES = {
    "Insgesamt": (1100, 1110, 1120),
    "Männer": ("600", 605, 610),
    "Frauen": (500, 505, 510),
    "15 bis unter 25 Jahre": (100, 99, "*"),
    "dar. 15 bis unter 20 Jahre": ("-", "x", 9),
    "Langzeitarbeitslose": ("1.000", 400, 410),
    "Ausländer 1)": (300, "*", "1.310"),
}


def report(sheets=None, merges=REPORT_MERGES):
    every = {
        "Deckblatt": [["Arbeitsmarktreport"]],
        "Eckwerte": key_figures(FIGURES),
        "Eckwerte SGB III": key_figures(dict.fromkeys(FIGURES, (400, 410, 420))),
        "Eckwerte SGB II": key_figures(dict.fromkeys(FIGURES, (700, 700, 700))),
    }
    every |= sheets or {}
    kept = {name: rows for name, rows in every.items() if rows is not None}
    return book(kept, {name: merges for name in kept if name.startswith("Eckwerte")})


def read_report(body, name="xlsx-03101"):
    return amr.parse(reply("ba", "amr", body, name), CATALOGUE)


def test_the_report_gives_three_months_by_legal_basis_and_group():
    tidy = read_report(report())
    assert tidy.partial
    assert values(tidy.frame, Rechtskreis="Insgesamt", region="03101", Merkmal="Ausländer") == {
        ("2026-10",): (300, "ok"),
        ("2026-09",): (None, "secret"),
        ("2026-08",): (1310, "ok"),
    }
    assert values(tidy.frame, Rechtskreis="SGB III", region="03101", Merkmal="Insgesamt", time="2026-08") == {
        (): (420, "ok")
    }
    assert tidy.frame.height == 3 * len(FIGURES) * 3


def test_only_total_sexes_and_foreigners_become_observations():
    indicator = CATALOGUE.indicators["unemployed_monthly_groups"]
    rows = observations(read_report(report()), indicator, indicator.series[0], BA, datetime(2026, 11, 22, tzinfo=UTC))
    assert sorted(rows["breakdown"].cast(pl.String).unique()) == [
        "",
        "group=sgb2",
        "group=sgb2;nationality=foreign",
        "group=sgb2;sex=f",
        "group=sgb2;sex=m",
        "group=sgb3",
        "group=sgb3;nationality=foreign",
        "group=sgb3;sex=f",
        "group=sgb3;sex=m",
        "nationality=foreign",
        "sex=f",
        "sex=m",
    ]
    men = rows.filter(pl.col("breakdown") == "sex=m", pl.col("period") == "2026-10")
    assert (men["value"].to_list(), men["status"].cast(pl.String).to_list()) == ([600], ["ok"])


def test_the_months_of_changes_are_no_months_of_figures():
    assert sorted(read_report(report()).frame["time"].unique()) == ["2026-08", "2026-09", "2026-10"]


def test_the_report_of_another_district_is_refused():
    with pytest.raises(ParseError, match=r"expected the report of 03102 'Salzgitter', its heading says .*Braunschweig"):
        read_report(report(), "xlsx-03102")


def test_a_report_without_the_sheet_of_a_legal_basis_is_refused():
    with pytest.raises(ParseError, match="expected a sheet 'Eckwerte SGB II'"):
        read_report(report({"Eckwerte SGB II": None}))


def without(rows, text):
    return [row for row in rows if text not in row]


def moved(rows):
    """The figures one column to the right of their headers, as if a column had been put in."""
    return [row if i < 10 else [*row[:3], None, *row[3:]] for i, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (without(key_figures(FIGURES), "Frauen"), r"sheet 'Eckwerte', cell A14: expected a row 'Frauen'"),
        (without(key_figures(FIGURES), "Ausländer 1)"), r"sheet 'Eckwerte', cell A14: expected a row 'Ausländer'"),
        (moved(key_figures(FIGURES)), r"sheet 'Eckwerte', cell D15: expected a count or one of the signs"),
        (
            key_figures(FIGURES, months=("Aug 2026", "Sep 2026", "Okt 2026")),
            r"cell G8: expected months from the newest",
        ),
        (key_figures(FIGURES, months=("neu", "alt", "älter")), r"cell G8: expected months from the newest"),
        ([], r"cell A1: expected 'Merkmal' in column A"),
        (
            key_figures(FIGURES | {"Frauen": ("viele", 1, 1)}),
            r"cell D17: expected a count or one of the signs .*, came 'viele'",
        ),
    ],
)
def test_a_report_that_departs_from_its_layout_is_refused_with_sheet_and_cell(rows, error):
    with pytest.raises(ParseError, match=error):
        read_report(report({"Eckwerte": rows}, merges=()))


# ---- commuters ----------------------------------------------------------------------------------------------------

MEASURES = ("Insgesamt", "Männer", "Frauen", "Deutsche", "Ausländer")
ALL = {"Auspendler": "Auspendler insgesamt", "Einpendler": "Einpendler insgesamt"}


def block(code, name, total, parts, direction):
    """One district's rows: the pair it starts with, remainder rows, and the sums at its end unless there is none."""
    rows = [[code, name, None, None], *([None, None, *part] for part in parts)]
    if total is None:
        return rows
    within = "Auspendler in das Bundesgebiet" if direction == "Auspendler" else "Einpendler aus dem Bundesgebiet"
    return [*rows, [None, None, "ZZ", within, *total], [None, None, "Z", ALL[direction], *total]]


PARTS = (
    ("03", "Niedersachsen", 90, 50, 40, 70, 20, 5),
    ("031", "Statistische Region Braunschweig", 80, 45, 35, "*", "*", 5),
    ("03241", "Region Hannover", 60, 30, 30, 50, 10, 2),
    ("03159", "Göttingen", 15, 10, 5, "*", "*", "*"),
    ("031", "Übrige Kreise (Regierungsbezirk)", 5, 5, "-", 5, "-", "-"),
    ("03", "Übrige Regierungsbezirke (Bundesland)", 10, 5, 5, 10, "-", "-"),
    ("PL", "Polen", 7, 5, 2, "-", 7, "-"),
    ("ZZ", "Übrige Bundesländer", 3, 1, 2, 3, "-", "-"),
)
TOTAL = (1000, 600, 400, 850, 150, 30)


def commuters(direction, total=TOTAL, parts=PARTS, regions=EIGHT, day="30. Juni 2023"):
    own, other = ("Wohnort", "Arbeitsort") if direction == "Auspendler" else ("Arbeitsort", "Wohnort")
    return [
        ["Sozialversicherungspflichtig Beschäftigte nach Wohn- und Arbeitsort"],
        ["Pendler nach Kreisen"],
        [f"Stichtag: {day}"],
        [],
        [],
        [],
        [own, None, other, None, "Insgesamt", "davon (Sp. 1)", None, None, None, "darunter"],
        [*[None] * 5, "Männer", "Frauen", "Deutsche", "Ausländer", "Auszubildende"],
        [*[None] * 4, 1, 2, 3, 4, 5, 6],
        *(row for code, name in regions.items() for row in block(code, name, total, parts, direction)),
        ["© Statistik der Bundesagentur für Arbeit"],
    ]


def both(out=None, into=None):
    sheets = {
        "Deckblatt": [["Pendlerverflechtungen"]],
        "Auspendler Kreise": out or commuters("Auspendler"),
        "Einpendler Kreise": into or commuters("Einpendler"),
    }
    merges = ["A7:B8", "C7:D8", "E7:E8", "F7:I7"]
    return book(sheets, dict.fromkeys(["Auspendler Kreise", "Einpendler Kreise"], merges))


def read_commuters(body):
    return krpend.parse(reply("ba", "krpend", body, "xlsx"), CATALOGUE)


def test_the_totals_are_the_publishers_own_row_of_all_commuters():
    tidy = read_commuters(both())
    assert tidy.partial
    got = values(tidy.frame, Richtung="Auspendler", region="03101", time="2023-06-30")
    assert got == {(m,): (v, "ok") for m, v in zip(MEASURES, TOTAL, strict=False)}
    assert tidy.frame.height == 2 * 8 * len(MEASURES)


def test_a_block_without_a_total_is_added_up_with_its_remainder_rows_and_secret_parts_make_it_limited():
    tidy = read_commuters(both(out=commuters("Auspendler", total=None)))
    got = values(tidy.frame, Richtung="Auspendler", region="03158", time="2023-06-30")
    # 60 + 15 + 5 + 10 + 7 + 3; the Land and the region of their rows are not counted twice
    assert got[("Insgesamt",)] == (100, "ok")
    assert got[("Frauen",)] == (30 + 5 + 5 + 2 + 2, "ok")
    assert got[("Ausländer",)] == (10 + 7, "limited")


def test_codes_may_stand_in_every_row_instead_of_the_blocks_first():
    rows = commuters("Einpendler")
    last = ["", ""]
    for row in rows[9:-1]:
        last = row[:2] if row[0] else last
        row[:2] = last
    assert read_commuters(both(into=rows)).frame.equals(read_commuters(both()).frame)


def test_both_directions_become_breakdowns_by_sex_and_nationality():
    indicator = CATALOGUE.indicators["commuters"]
    series = next(s for s in indicator.series if s.table == "krpend")
    rows = observations(read_commuters(both()), indicator, series, BA, datetime(2026, 11, 22, tzinfo=UTC))
    foreign = rows.filter(
        pl.col("breakdown") == "direction=commute_in;nationality=foreign", pl.col("region") == "03101"
    )
    assert foreign.select("period", "value").rows() == [("2023-06-30", 150.0)]
    assert rows["breakdown"].n_unique() == 10


def test_a_block_that_lost_its_total_among_others_that_have_theirs_is_refused():
    rows = commuters("Auspendler")
    last = max(i for i, row in enumerate(rows) if "Auspendler insgesamt" in row)
    with pytest.raises(ParseError, match=rf"'Auspendler Kreise', cell D{last}: expected a row of all commuters"):
        read_commuters(both(out=[*rows[:last], *rows[last + 1 :]]))


def test_a_header_may_stand_over_the_code_and_again_over_the_name():
    rows = commuters("Auspendler")
    rows[6][:4] = ["Wohnort", "Wohnort", "Arbeitsort", "Arbeitsort"]
    assert read_commuters(both(out=rows)).frame.equals(read_commuters(both()).frame)


def swapped(direction):
    rows = commuters(direction)
    rows[6] = [rows[6][2], None, rows[6][0], None, *rows[6][4:]]
    return rows


def one_more_column(direction):
    return [[row[0], "neu", *row[1:]] if len(row) > 1 else row for row in commuters(direction)]


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (swapped("Auspendler"), r"'Auspendler Kreise', cell C7: expected code and name of Wohnort, code and name of"),
        (one_more_column("Auspendler"), r"'Auspendler Kreise', cell A7: expected code and name of Wohnort"),
        (commuters("Auspendler", total=(70, 40, 30, 60, 10, 1)), r"cell E\d+: expected a total of at least 75"),
        (commuters("Auspendler", total=(1000, 900, 400, 850, 150, 1)), r"cell F\d+: expected Männer and Frauen within"),
        (commuters("Auspendler", total=(1000, 600, "", 850, 150, 1)), r"cell G\d+: expected a count or one of"),
        (commuters("Auspendler", regions={k: v for k, v in EIGHT.items() if k != "03157"}), r"missing \['03157'\]"),
        (commuters("Auspendler", regions=EIGHT | {"03102": "Peine"}), r"cell B\d+: expected the name of 03102"),
        (commuters("Auspendler", day="30. Juni 2024"), r"expected one reference date, its sheets name \['2023"),
    ],
)  # fmt: skip
def test_commuters_that_depart_from_the_layout_are_refused_with_sheet_and_cell(rows, error):
    with pytest.raises(ParseError, match=error):
        read_commuters(both(out=rows))


def test_a_file_whose_date_is_not_that_of_its_address_is_refused():
    edition = "http://127.0.0.1/krpend-k-0-202406-xlsx.xlsx"
    with pytest.raises(
        ParseError, match="expected a reference date above the tables and in the address, came 2023-06-30"
    ):
        krpend.parse(replace(reply("ba", "krpend", both(), "xlsx"), url=edition), CATALOGUE)


def test_sheets_that_name_no_date_take_it_from_their_address():
    rows = [commuters(d, day="siehe Deckblatt") for d in ("Auspendler", "Einpendler")]
    edition = "http://127.0.0.1/krpend-k-0-202406-xlsx.xlsx"
    tidy = krpend.parse(replace(reply("ba", "krpend", both(*rows), "xlsx"), url=edition), CATALOGUE)
    assert tidy.frame["time"].unique().to_list() == ["2024-06-30"]


# ---- employees by citizenship -------------------------------------------------------------------------------------

CITIZENSHIPS = ("Insgesamt", "Deutsche", "Ausländer", "Polen", "Syrien", "Ukraine")


def employees(figures=None, labels=CITIZENSHIPS, title="Beschäftigte nach Staatsangehörigkeiten", place="Arbeitsort"):
    """The sheet of employees; ``figures``: region → cells, of all regions the same if they are not given."""
    cells = (1000, 900, 100, 20, "*", "-")
    regions = {"Deutschland": "Deutschland", "03": "03 Niedersachsen"} | {k: f"{k} {v}" for k, v in EIGHT.items()}
    rows = dict.fromkeys(regions, cells) | (figures or {})
    return [
        [],
        [None, f"Sozialversicherungspflichtig {title} ({place})"],
        [None, "Deutschland, Länder und Kreise, Stichtag: 31. Dezember 2025"],
        [None, "Ein Hinweis über die ganze Breite, Datenstand Juni 2026"],
        [None, "Region", labels[0], "darunter"],
        [None, None, None, *labels[1:], "Veränderung zum Vorjahr in %"],
        [None, None, *range(1, len(labels) + 2)],
        *([None, name, *rows[region], 4.5] for region, name in regions.items()),
        [None, "03155 Northeim", *cells, ".x"],
        [None, "01001 Flensburg, Stadt", *cells, "x"],
        [None, "© Statistik der Bundesagentur für Arbeit"],
        *[[]] * 3,
        [None, "* Zahlenwerte kleiner 10 sind geheim"],
    ]


def staff(rows, name="Kreise"):
    merges = ["B4:I4", "B5:B7", "C5:C6", "D5:H5"]
    return book({"Deckblatt": [["Tabellen"]], name: rows}, {name: merges})


def read_staff(body):
    return nationalities.parse(reply("ba", "nationalities", body, "file"), CATALOGUE)


def test_employees_by_citizenship_are_read_by_their_headers():
    tidy = read_staff(staff(employees({"03101": (5000, 4000, "1.000", 300, 200, "*")})))
    assert values(tidy.frame, region="03101", time="2025-12-31") == {
        ("Insgesamt",): (5000, "ok"),
        ("Deutsche",): (4000, "ok"),
        ("Ausländer",): (1000, "ok"),
        ("Polen",): (300, "ok"),
        ("Syrien",): (200, "ok"),
        ("Ukraine",): (None, "secret"),
    }
    assert set(tidy.frame["region"]) == {*EIGHT, "03", "DG", "03155"}


def test_secret_and_nil_are_never_zero():
    frame = read_staff(staff(employees())).frame.filter(pl.col("Staatsangehörigkeit").is_in(["Syrien", "Ukraine"]))
    assert frame["value"].null_count() == frame.height
    assert set(frame["status"]) == {"secret", "nil"}


def test_insgesamt_below_a_group_means_the_group():
    labels = ("Insgesamt", "Deutsche", "Ausländer", "Insgesamt", "Polen", "Ukraine")
    rows = employees(labels=labels)
    rows[4:6] = [[None, "Region", "Insgesamt", "Deutsche", "Ausländer 1)"], [*[None] * 4, "Insgesamt", "Polen"]]
    rows = [row[:6] for row in rows]
    body = book({"Kreise": rows}, {"Kreise": ["C5:C6", "D5:D6", "E5:F5"]})
    assert read_staff(body).frame["Staatsangehörigkeit"].unique(maintain_order=True).to_list() == [
        "Insgesamt", "Deutsche", "Ausländer", "Polen",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        (employees(labels=(*CITIZENSHIPS[:2], "Fremde", *CITIZENSHIPS[3:])), r"cell C7: expected a column 'Ausl"),
        (employees({"03102": (1, 1, "k.A.", 1, 1, 1)}), r"'Kreise', cell E\d+: expected a count .* came 'k.A.'"),
        (without(employees(), "03157 Peine"), r"sheet 'Kreise': expected a row for each .*column B lacks \['03157'\]"),
        ([row for row in employees() if "Stichtag" not in str(row)], r"'Kreise', cell A1: expected a reference"),
        (employees(place="Wohnort"), r"expected one sheet of employees by citizenship at the Arbeitsort, none of"),
        ([*employees(), [None, "03101 Braunschweig, Stadt", 1, 1, 1, 1, 1, 1]], r"cell B\d+: 03101 stands in B\d+"),
    ],
)  # fmt: skip
def test_a_nearly_recognised_file_is_refused_with_sheet_and_cell(rows, error):
    body = staff(rows)
    assert workbooks.recognise(body, "whatever.xlsx") == "nationalities"
    with pytest.raises(ParseError, match=error):
        read_staff(body)


def test_files_are_recognised_by_their_layout_not_by_their_name():
    assert workbooks.recognise(staff(employees()), "krpend-k-0-202306-xlsx.xlsx") == "nationalities"
    assert workbooks.recognise(both(), "Mappe1.xlsx") == "krpend"
    assert workbooks.recognise(report(), "nationalities.xlsx") is None
    assert workbooks.recognise(b"Kreis;Wert\n", "nationalities.xlsx") is None


# ---- any figures --------------------------------------------------------------------------------------------------

CELLS = st.one_of(
    st.integers(0, 10**7),
    st.integers(0, 10**7).map(lambda n: f"{n:,}".replace(",", ".")),
    st.sampled_from(sorted(SIGNS)),
)


def meant(cell):
    if isinstance(cell, int):
        return float(cell), "ok"
    return (None, SIGNS[cell]) if cell in SIGNS else (float(cell.replace(".", "")), "ok")


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_whatever_figures_and_signs_go_into_a_table_of_districts_come_out(data):
    figures = {r: tuple(data.draw(st.lists(CELLS, min_size=6, max_size=6))) for r in EIGHT}
    frame = read_staff(staff(employees(figures))).frame
    for region, cells in figures.items():
        assert values(frame, region=region, time="2025-12-31") == {
            (label,): meant(cell) for label, cell in zip(CITIZENSHIPS, cells, strict=True)
        }


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=4, max_size=4))
def test_whatever_figures_and_signs_go_into_a_report_come_out(rows):
    figures = dict(zip(("Insgesamt", "Männer", "Frauen", "Ausländer"), rows, strict=True))
    frame = read_report(report({"Eckwerte": key_figures(figures)})).frame
    times = ("2026-10", "2026-09", "2026-08")
    assert values(frame, Rechtskreis="Insgesamt", region="03101") == {
        (label, time): meant(cell) for label, cells in figures.items() for time, cell in zip(times, cells, strict=True)
    }


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_table_is_read_or_refused_and_nothing_else(data):
    for read, body in (
        (read_report, report({"Eckwerte": data.draw(damaged(key_figures(FIGURES)))}, merges=())),
        (read_commuters, both(out=data.draw(damaged(commuters("Auspendler"))))),
        (read_staff, staff(data.draw(damaged(employees())))),
    ):
        try:
            frame = read(body).frame
        except ParseError as error:
            assert "expected" in str(error) or "stands in" in str(error)
        else:
            assert frame.columns[-2:] == ["value", "status"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Okt 2026", "2026-10"),
        ("Oktober 2026", "2026-10"),
        ("Mrz. 2026", "2026-03"),
        ("2026-03-01", "2026-03"),
        ("in %", None),
    ],
)
def test_months_are_read_in_all_their_spellings(text, expected):
    assert month(text) == expected


def test_a_text_that_names_two_days_names_no_reference_date():
    assert reference_day("Stichtag 30.06.2023, Datenstand 31.12.2023") is None
    assert reference_day("Stichtag: 30. Juni 2023") == reference_day("am 30.6.2023") == date(2023, 6, 30)
    assert reference_day("99.99.2023") is None


# ---- a genuine file -----------------------------------------------------------------------------------------------


@needs_recordings
def test_headers_regions_and_signs_of_a_genuine_workbook_are_understood():
    body = (SHARED / "recordings" / "ba" / "kurzarbeit-d-0-202004-xlsx.xlsx").read_bytes()
    grid = Workbook(body, "kurzarbeit").sheet("Tab-08-KR-Anz-Betr-Pers")
    table = district_table(grid, CATALOGUE)
    assert table.headers[5] == ("in den Anzeigen genannte Personenzahl", "Insgesamt")
    assert table.headers[6][-1] == "konjunkturelles Kug (§ 96 SGB III)"
    at = {region: row for row, region in table.rows}
    assert table.first_row == at["DG"]
    assert len(at) == 47  # Germany, the Land and its 45 districts
    assert figure(grid, at["03101"], 5, SIGNS) == (36118, "ok")
    flensburg = next(row for row in range(grid.height) if grid.label(row, 1).startswith("01001"))
    assert figure(grid, flensburg, 5, SIGNS) == (None, "secret")
    cells = [figure(grid, row, c, SIGNS) for row in at.values() for c in table.headers]
    assert all(value is not None or status != "ok" for value, status in cells)
    districts = [figure(grid, row, 6, SIGNS)[0] for region, row in at.items() if len(region) == 5]
    assert sum(v for v in districts if v is not None) == figure(grid, at["03"], 6, SIGNS)[0]


@needs_recordings
def test_a_genuine_workbook_of_another_kind_is_not_taken_for_one_of_ours():
    body = (SHARED / "recordings" / "ba" / "kurzarbeit-d-0-202004-xlsx.xlsx").read_bytes()
    assert workbooks.recognise(body, "kurzarbeit-d-0-202004-xlsx.xlsx") is None
