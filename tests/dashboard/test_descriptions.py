from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from dashboard.breakdowns import common_parts
from dashboard.charts.model import chart_model
from dashboard.choices import breaks_of
from dashboard.descriptions import alt_text, attributions, caveats, footer, panel_alts
from dashboard.labels import breakdown_label, period_kind_label
from dashboard.metadata import Metadata, qualified
from dashboard.metadata_reading import read_metadata
from dashboard.queries import view_figures
from dashboard.store import Store, current_store
from dashboard.subjects import inside
from dashboard.subtitles import MOST_PARTS, subtitle
from dashboard.view import View, read
from tests.dashboard.invented import break_at, frame, having, indicator, label, periods
from tests.dashboard.small_store import build


def around(store: Store, metadata: Metadata, **link: str) -> tuple[str, str, list[str]]:
    """Subtitle, footer and caveats of a link."""
    view, notes = read({k.rstrip("_"): v for k, v in link.items()}, metadata)
    assert notes == ()
    return described(view_figures(store, metadata, view), view, metadata)


def described(figures: pl.DataFrame, view: View, metadata: Metadata) -> tuple[str, str, list[str]]:
    model = chart_model(figures, view, metadata, "light")
    named = attributions(figures, metadata, view.lang)
    return subtitle(figures, view, metadata), footer(named, view, metadata), [*caveats(figures, view, metadata, model)]


@pytest.fixture()
def two_registers(metadata: Metadata) -> Metadata:
    """The population of the small store as if it came from another register."""
    return replace(metadata, data_names=metadata.data_names | {("lsn", "9-9"): label("Bevölkerungsfortschreibung")})


def test_a_rate_names_both_registers(store: Store, two_registers: Metadata):
    view, _ = read({"r": "03101", "as": "per1000"}, two_registers)
    figures = view_figures(store, two_registers, view).with_columns(total_table=pl.lit("9-9"))
    _, source, said = described(figures, view, two_registers)
    assert "Amt lsn; Register" in source and "Amt lsn; Bevölkerungsfortschreibung" in source
    assert any("Zähler: Register;" in c and "(Bevölkerungsfortschreibung)" in c for c in said)


def test_a_rate_has_the_breaks_of_its_denominator(store: Store, metadata: Metadata):
    _, _, said = around(store, metadata, r="03101", as_="per1000")
    assert any("31.12.2022" in c and "Neuer Zensus" in c for c in said)
    assert not any("Neuer Zensus" in c for c in around(store, metadata, r="03101")[2])


def test_a_share_that_is_worked_out_here_says_of_what(store: Store, metadata: Metadata):
    title, _, said = around(store, metadata, i="residence_permits", r="03102", as_="share")
    assert title.startswith("Titel residence_permits, Anteil an der ausländischen Bevölkerung (männlich)")
    assert any("Zähler: „Titel residence_permits“" in c and "Nenner: „Titel foreign_population“" in c for c in said)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measure": "stock"}, "Bestand am Stichtag"),
        ({"measure": "rate"}, "Stand am Stichtag"),
        ({"measure": "flow", "period_kind": "year"}, "Summe des Jahres"),
        ({"measure": "rate", "period_kind": "year"}, "Jahreswert"),
        ({"period_kind": "month", "periods": periods("2023-06", "2024-06", kind="month")}, "Monatswert (Juni)"),
        ({"period_kind": "month", "periods": periods("2024-05", "2024-06", kind="month")}, "Monatswert"),
    ],
)
def test_the_kind_of_period_fits_the_measure(metadata: Metadata, changes: dict[str, object], words: str):
    assert period_kind_label(indicator(metadata, "own", **changes), "de") == words


def test_different_reference_days_are_named(metadata: Metadata):
    one, two = indicator(metadata, "one"), indicator(metadata, "two")
    known = having(metadata, one, two)
    view = View(("one", "two"), ("03101",), ("",))
    figures = frame({("one", "03101", ""): {"2024-06-30": 1}, ("two", "03101", ""): {"2024-12-31": 2}})
    assert any("30.06., 31.12." in c for c in described(figures, view, known)[2])
    alike = frame({("one", "03101", ""): {"2024-12-31": 1}, ("two", "03101", ""): {"2024-12-31": 2}})
    assert not any("Stichtage" in c for c in described(alike, view, known)[2])


def test_a_figure_that_is_due_is_named(metadata: Metadata):
    known = having(metadata, indicator(metadata, "own"))
    figures = frame({("own", "03101", ""): {"2023-12-31": 1, "2024-12-31": None}})
    said = described(figures, View(("own",), ("03101",), ("",)), known)[2]
    assert "Noch nicht veröffentlicht: Braunschweig (31.12.2024)." in said


def test_a_region_without_figures_is_not_dropped_in_silence(metadata: Metadata):
    known = having(metadata, indicator(metadata, "own"))
    figures = frame({("own", "03101", ""): {"2023-12-31": 1}})
    said = described(figures, View(("own",), ("03101", "03102"), ("",)), known)[2]
    assert "Keine Zahlen in dieser Auswahl: Salzgitter." in said


def test_bars_of_several_series_name_their_own_period(metadata: Metadata):
    known = having(metadata, indicator(metadata, "own"))
    view = View(("own",), ("03101", "03102"), ("",), chart="bar")
    years = {"2022-12-31": 1, "2023-12-31": 2}
    title, _, said = described(frame({("own", "03101", ""): years, ("own", "03102", ""): years}), view, known)
    assert title.endswith(" · 31.12.2023") and not any("Balken" in c for c in said)
    newer = frame({("own", "03101", ""): years | {"2024-12-31": 3}, ("own", "03102", ""): years})
    title, _, said = described(newer, view, known)
    assert title.endswith(" · 31.12.2023")
    assert "Balken: 31.12.2023, die neueste Angabe, die für alle vorliegt." in said
    assert described(newer, replace(view, chart="line"), known)[0].endswith(" · 31.12.2022 bis 31.12.2024")


def test_a_kind_of_period_in_the_title_is_not_said_again(metadata: Metadata):
    titled = replace(
        indicator(metadata, "own"), title=label("Quote (Jahresdurchschnitt)"), period_kind="annual_average"
    )
    figures = frame({("own", "03101", ""): {"2024": 1}}, "annual_average")
    title, _, _ = described(figures, View(("own",), ("03101",), ("",)), having(metadata, titled))
    assert title == "Quote (Jahresdurchschnitt) · Anzahl Personen · Braunschweig · 2024"


@pytest.mark.parametrize(("parts", "listed"), [(MOST_PARTS, True), (MOST_PARTS + 1, False)])
def test_many_parts_are_named_by_the_drawing_and_not_in_the_subtitle(metadata: Metadata, parts: int, listed: bool):
    chosen = tuple(f"age={n}" for n in range(parts))
    own = indicator(metadata, "own", breakdowns=("", *chosen))
    figures = frame({("own", "03101", b): {"2024-12-31": 1} for b in chosen})
    title, _, _ = described(figures, View(("own",), ("03101",), chosen), having(metadata, own))
    assert title.startswith("Titel own: 0; 1; 2 ·" if listed else "Titel own · Anzahl Personen")


def test_a_second_title_begins_small_inside_a_sentence():
    assert inside("Naturalisations", "en") == "naturalisations" and inside("GDP per head", "en") == "GDP per head"
    assert inside("Ausländische Bevölkerung", "de") == "ausländische Bevölkerung"
    assert inside("Sozialversicherungspflichtig Beschäftigte am Arbeitsort", "de").startswith("sozial")
    for noun in ("Einbürgerungen", "Schutzsuchende", "Arbeitslose (Jahresdurchschnitt)", "Studierende (Kreis)"):
        assert inside(noun, "de") == noun


def test_brackets_neither_nest_nor_meet():
    assert qualified("Beschäftigte", "weiblich") == "Beschäftigte (weiblich)"
    assert qualified("Beschäftigte (am Arbeitsort)", "weiblich") == "Beschäftigte (am Arbeitsort, weiblich)"
    assert qualified("Abschluss", "hoch (ISCED 5–8)") == "Abschluss, hoch (ISCED 5–8)"


def test_what_all_breakdowns_share_belongs_to_the_indicator(metadata: Metadata):
    foreign = ("nationality=foreign", "nationality=foreign;sex=f")
    assert common_parts(foreign) == ("nationality=foreign",) and common_parts(("", "sex=f")) == ()
    own = indicator(metadata, "own", breakdowns=foreign)
    named = [breakdown_label(b, own, having(metadata, own), "de") for b in foreign]
    assert named == ["Ausländerinnen und Ausländer", "weiblich"]


def test_the_title_names_what_all_figures_are_limited_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = next((build(tmp_path) / "published").glob("*.duckdb"))
    with duckdb.connect(path) as connection:
        connection.execute("DELETE FROM observations WHERE breakdown = 'sex=f'")
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    indicators = read_metadata(current_store()).indicators
    assert indicators["residence_permits"].title.de == "Titel residence_permits (männlich)"
    assert indicators["population"].title.de == "Titel population"


def test_a_share_that_is_worked_out_here_has_the_breaks_of_its_whole(metadata: Metadata):
    whole = replace(metadata.indicators["foreign_population"], breaks=(break_at("2015-12-31"),))
    known = having(metadata, whole)
    part = known.indicators["residence_permits"]
    assert breaks_of(part, "share", known) == whole.breaks and breaks_of(part, "number", known) == ()


def test_small_multiples_are_not_called_one_line_chart(store: Store, metadata: Metadata):
    view, _ = read({"r": "03101,03102", "chart": "small-multiples"}, metadata)
    assert alt_text("Befund.", view).startswith("Einzelbilder")
    model = chart_model(view_figures(store, metadata, view), view, metadata, "light")
    assert panel_alts(model)[1] == "Liniendiagramm: Salzgitter. 31.12.2010 1.500; 31.12.2024 2.900."


def test_a_chart_names_the_preferred_source_that_it_passed_over(store: Store, metadata: Metadata):
    _, source, said = around(store, metadata, i="jobs", r="03101")
    assert "Amt lsn" in source and "eurostat" not in source
    assert [c for c in said if "lsn" in c and "(eurostat)" in c and "ein oder zwei Zeitpunkte" in c]
    _, _, english = around(store, metadata, i="population", r="03101,DE91", lang="en")
    assert [c for c in english if "from eurostat" in c and "(lsn)" in c and "all of the chosen series" in c]
    assert not [c for c in around(store, metadata, i="population", r="03101")[2] if "bevorzugte" in c]


def test_a_pending_figure_is_said_once_for_all_series(store: Store, metadata: Metadata):
    _, _, said = around(store, metadata, i="jobs", r="03101", b="total")
    assert "Noch nicht veröffentlicht: Braunschweig (30.06.2025)." in said
    _, _, said = around(store, metadata, i="jobs", r="03101", b="total,nationality=foreign")
    assert "Noch nicht veröffentlicht (alle Reihen): 30.06.2025." in said


def test_age_and_sex_are_said_last(metadata: Metadata):
    known = having(
        metadata, wide := indicator(metadata, "wide", breakdowns=("", "age=y0_17;nationality=foreign;sex=f"))
    )
    said = breakdown_label("age=y0_17;nationality=foreign;sex=f", wide, known, "de")
    assert said == "Ausländerinnen und Ausländer, unter 18 Jahre, weiblich"


def test_census_bases_are_read_from_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(build(tmp_path)))
    with duckdb.connect(next((tmp_path / "published").glob("*.duckdb"))) as connection:
        connection.execute("INSERT INTO bases VALUES ('population', 'lsn', 'b', '2022-12-31', NULL, 'de', 'en')")
    (base,) = read_metadata(current_store()).indicators["population"].bases
    assert (base.source, base.id, base.since, base.until) == ("lsn", "b", date(2022, 12, 31), None)


def test_what_was_added_up_on_the_way_into_the_store_is_an_own_calculation(store: Store, metadata: Metadata):
    view, _ = read({"i": "foreign_population", "r": "03101"}, metadata)
    figures = view_figures(store, metadata, view)
    told = footer(attributions(figures, metadata, "de"), view, metadata)
    added = figures.with_columns(attribution=pl.lit("Amt lsn; eigene Berechnung (Summe veröffentlichter Einzelwerte)"))
    assert "eigene Berechnung" not in told
    assert "eigene Berechnung" in footer(attributions(added, metadata, "de"), view, metadata)
    assert "own calculation" in footer(attributions(added, metadata, "en"), replace(view, lang="en"), metadata)
