"""Several indicators beside each other and as a path over the years: what is drawn, said and left out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charting import made
from dashboard.charts.scatter import NAME_GAP, YEAR_HEIGHT, YEAR_WIDTH, year_offsets
from dashboard.charts.spec import NARROWEST_PLOT
from dashboard.drawn import Drawing
from dashboard.metadata import Label, Lang, Metadata
from dashboard.panels import panels_of
from dashboard.paths import Path, paths_of
from dashboard.scatter import counted
from dashboard.store import Store
from dashboard.view import View, read
from tests.dashboard.invented import Values, break_at, frame, having, indicator
from tests.dashboard.small_store import BODY, CONTACTS, CONTACTS_MONTHLY, DEMO, DISTRICTS


def drawn(store: Store, metadata: Metadata, **link: str) -> Drawing:
    view, notes = read({k.rstrip("_"): v for k, v in link.items()}, metadata)
    assert not notes
    return made(store, metadata, view, "light")


def beside(store: Store, metadata: Metadata, **link: str) -> Drawing:
    return drawn(store, metadata, chart="side-by-side", **link)


def scatter(store: Store, metadata: Metadata, **link: str) -> Drawing:
    return drawn(store, metadata, chart="scatter", **link)


def of_type(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def cells(drawing: Drawing, row: int) -> list[str]:
    return [cell.text for cell in drawing.table.rows[row]]


# side by side


def test_each_indicator_has_its_own_axis_and_all_have_the_same_time(store: Store, metadata: Metadata):
    drawing = beside(store, metadata, i="population,foreign_population_share,naturalisations", r="03101")
    assert [name for name, _ in drawing.charts] == [
        "Titel population (Anzahl Personen)",
        "Titel foreign_population_share (Prozent)",
        "Titel naturalisations (Anzahl Personen)",
    ]
    lines = [of_type(spec, "line")[0]["encoding"] for _, spec in drawing.charts]
    assert len({json.dumps(line["x"]["scale"]["domain"]) for line in lines}) == 1
    assert len({json.dumps(line["y"]["scale"]["domain"]) for line in lines}) == 3


def test_the_headline_says_shortly_what_went_where(store: Store, metadata: Metadata):
    told = beside(store, metadata, i="foreign_population,population,naturalisations", r="03102").headline
    assert told == (
        "Salzgitter, 2010 bis 2024: Titel foreign_population und Titel naturalisations gestiegen;"
        " kein Vergleich für Titel population."
    )
    later = beside(store, metadata, i="population,residence_permits", r="BSR", b="total,sex=m", from_="2022").headline
    assert (
        later == "Region Braunschweig, 2022 bis 2024: Titel population gestiegen; Titel residence_permits"
        " (männlich) unverändert."
    )


def test_of_several_regions_the_first_is_told_and_each_panel_has_its_own_finding(store: Store, metadata: Metadata):
    drawing = beside(store, metadata, i="foreign_population,naturalisations", r="03102,03101", lang="en")
    assert drawing.headline == "Salzgitter, 2010 to 2024: title foreign_population and title naturalisations up."
    assert all("Braunschweig" in alt and "Salzgitter" in alt for alt in drawing.alts)


def test_every_unit_is_written_in_the_table(store: Store, metadata: Metadata):
    drawing = beside(store, metadata, i="foreign_population,foreign_population_share", r="03101,03102")
    assert drawing.table.columns[3] == "Titel foreign_population_share (Prozent): Braunschweig"
    assert cells(drawing, 0) == ["31.12.2024", "1.700", "2.900", "8,5\xa0%", "13,8\xa0%"]


def test_an_indicator_without_figures_is_named_and_has_no_empty_picture(store: Store, metadata: Metadata):
    drawing = beside(store, metadata, i="population,unemployment_rate", r="03101")
    assert len(drawing.charts) == 1
    assert drawing.headline.endswith("; keine Zahlen zu Titel unemployment_rate.")


def test_what_is_said_of_one_indicator_names_it(store: Store, metadata: Metadata):
    said = beside(store, metadata, i="population,foreign_population", r="03101").caveats
    assert any(one.startswith("Titel population: Bruch 31.12.2022") for one in said)


def test_only_the_panel_of_invented_figures_is_marked_in_the_picture(store: Store, metadata: Metadata):
    drawing = beside(store, metadata, i=f"population,{CONTACTS}", r="03101", b=f"total,{DEMO}")
    assert drawing.headline.startswith("Erfundene Zahlen: ") and drawing.subtitle.startswith("ERFUNDENE ZAHLEN")
    real, invented = (json.dumps(spec, ensure_ascii=False) for _, spec in drawing.charts)
    assert "ERFUNDEN" in invented and "ERFUNDEN" not in real


def test_secret_figures_keep_their_marks_and_their_word(store: Store, metadata: Metadata):
    drawing = beside(store, metadata, i=f"naturalisations,{CONTACTS}", r="03101", b=f"total,kind=first_contact;{BODY}")
    assert "geheim" in json.dumps(drawing.charts[1][1])
    assert [cell.text for cell in next(r for r in drawing.table.rows if r[0].text == "2023")][2] == "geheim"


# scatter


def test_a_path_joins_the_common_years_and_its_ends_are_labelled(store: Store, metadata: Metadata):
    drawing = scatter(store, metadata, i="foreign_population,naturalisations", r="03101")
    ((_, spec),) = drawing.charts
    rows = of_type(spec, "line")[0]["data"]["values"]
    assert [(row["n"], row["x"], row["y"]) for row in rows][:2] == [(2010, 1000, 10), (2011, 1050, 11)]
    years = {row["year"] for layer in of_type(spec, "text") for row in layer["data"]["values"] if "year" in row}
    assert {"2010", "2024"} <= years
    assert spec["layer"][1]["encoding"]["x"]["axis"]["title"] == ["Titel foreign_population (Anzahl", "Personen)"]
    assert spec["layer"][0]["data"]["values"][0]["title"] == ["Titel naturalisations (Anzahl Personen)"]


def test_the_headline_says_where_both_went_and_never_a_connection(store: Store, metadata: Metadata):
    drawing = scatter(store, metadata, i="foreign_population,naturalisations", r="03101")
    assert drawing.headline.replace("\u00a0", " ") == (
        "Braunschweig, 2010 bis 2024: Ausländerinnen und Ausländer von 1.000 auf 1.700 (+70,0 %); Einbürgerungen von 10"
        " auf 24."
    )
    assert drawing.caveats[0].startswith("Gemeinsame Entwicklung, kein Zusammenhang bewiesen")
    assert drawing.alts == (f"Streudiagramm, je Region ein Linienzug durch die Jahre. {drawing.headline}",)


def test_many_regions_are_counted_by_where_they_went(store: Store, metadata: Metadata):
    link = {"i": "foreign_population,naturalisations", "r": ",".join(("BSR", *DISTRICTS))}
    told = scatter(store, metadata, **link).headline
    assert told == (
        "In 8 von 9 Gebieten stiegen Titel foreign_population und Titel naturalisations zwischen 2010 und 2024"
        " (je nach Gebiet verschieden lang); in der Region Braunschweig ist kein Vergleich möglich."
    )


def ways(metadata: Metadata, *ends: tuple[float, float], lang: Lang = "de") -> str:
    """The headline of districts whose two figures go from 200 to ``ends``."""
    renamed = replace(indicator(metadata, "y"), title=Label("Neue Fälle", "New cases"))
    held = having(metadata, indicator(metadata, "x"), renamed)
    figures = [
        frame({(own, district, ""): {"2019-12-31": 200, "2020-12-31": end}})
        for district, pair in zip(DISTRICTS, ends, strict=False)
        for own, end in zip(("x", "y"), pair, strict=True)
    ]
    view = View(("x", "y"), DISTRICTS[: len(ends)], ("",), chart="scatter", lang=lang)
    across, upward = panels_of(pl.concat(figures), view, held, "light")
    return counted(paths_of(across, upward, view.regions, held), across, upward, held)


def test_each_way_has_its_words(metadata: Metadata):
    assert ways(metadata, (300, 300), (300, 300), (300, 100)) == (
        "In Braunschweig und in Salzgitter stiegen Titel x und neue Fälle von 2019 bis 2020;"
        " in Wolfsburg: Titel x gestiegen, neue Fälle gesunken."
    )
    assert ways(metadata, *[(100, 100)] * 3) == "In allen 3 Kreisen sanken Titel x und neue Fälle von 2019 bis 2020."
    assert ways(metadata, *[(300, 100)] * 3, lang="en") == (
        "In all 3 districts titel x rose and new cases fell from 2019 to 2020."
    )
    assert ways(metadata, (200, 300), (200, 300), (100, 300)) == (
        "Titel x und neue Fälle: in Braunschweig und in Salzgitter blieb von 2019 bis 2020 mindestens eines von beiden"
        " unverändert; in Wolfsburg: Titel x gesunken, neue Fälle gestiegen."
    )


def test_a_missing_year_breaks_the_path(store: Store, metadata: Metadata):
    ((_, spec),) = scatter(store, metadata, i="foreign_population,naturalisations", r="03158").charts
    rows = of_type(spec, "line")[0]["data"]["values"]
    assert [row["g"] for row in rows] == ["0-0"] * 5 + ["0-1"] * 9


def test_different_times_of_one_point_are_said(store: Store, metadata: Metadata):
    drawing = scatter(store, metadata, i="foreign_population,naturalisations", r="03101")
    assert any("verschiedenem Zeitbezug" in said and "zuletzt 31.12.2024" in said for said in drawing.caveats)
    same = scatter(store, metadata, i="foreign_population,population", r="03101")
    assert not any("verschiedenem Zeitbezug" in said for said in same.caveats)


def test_a_point_with_a_secret_figure_is_not_drawn_and_that_is_said(store: Store, metadata: Metadata):
    link = {"i": f"naturalisations,{CONTACTS}", "r": "03101", "b": f"total,kind=first_contact;{BODY}"}
    drawing = scatter(store, metadata, **link)
    ((_, spec),) = drawing.charts
    assert [row["n"] for row in of_type(spec, "line")[0]["data"]["values"]] == [2022, 2024]
    assert any("geheim ist: Braunschweig (2023)." in said for said in drawing.caveats)
    assert "geheim" in [cell.text for row in drawing.table.rows for cell in row]


def test_invented_figures_mark_the_whole_picture(store: Store, metadata: Metadata):
    drawing = scatter(store, metadata, i=f"naturalisations,{CONTACTS}", r="03101", b=f"total,{DEMO}")
    assert drawing.headline.startswith("Erfundene Zahlen: ")
    assert "ERFUNDENE ZAHLEN" in json.dumps(drawing.charts[0][1]) and "ERFUNDENE" in drawing.subtitle


def test_two_indicators_without_a_common_year_are_no_picture_but_a_sentence(store: Store, metadata: Metadata):
    drawing = scatter(store, metadata, i="population,unemployment_rate", r="03101,03")
    assert drawing.charts == () == drawing.alts
    assert drawing.headline == (
        "Für „Titel population“ und „Titel unemployment_rate“ gibt es in dieser Auswahl kein gemeinsames Jahr."
    )


def test_of_several_breakdowns_the_first_is_drawn_and_that_is_said(store: Store, metadata: Metadata):
    drawing = scatter(store, metadata, i="population,residence_permits", r="03101", b="total,sex=f,sex=m")
    assert {row["y"] for row in of_type(drawing.charts[0][1], "line")[0]["data"]["values"]} == {50}
    assert any("erste der gewählten Gliederungen" in said for said in drawing.caveats)


def test_the_figures_of_a_scatter_are_those_of_its_table(store: Store, metadata: Metadata):
    link = {"i": f"naturalisations,{CONTACTS_MONTHLY}", "r": "03101", "b": f"total,{DEMO}"}
    drawing = scatter(store, metadata, **link)
    values = sorted(v for v in drawing.figures["value"] if v is not None)
    assert values == sorted(c.value for row in drawing.table.rows for c in row if c.value is not None)


@pytest.mark.parametrize("chart", ["side-by-side", "scatter"])
def test_a_single_indicator_is_its_line_with_the_reason(chart: str, store: Store, metadata: Metadata):
    drawing = drawn(store, metadata, i="population", r="03101", chart=chart)
    assert of_type(drawing.charts[0][1], "line")
    assert drawing.caveats[0].startswith("Diese Form braucht mindestens zwei Kennzahlen")


def test_more_indicators_than_a_form_shows_are_named(metadata: Metadata):
    many = "population,foreign_population,naturalisations,residence_permits,unemployment_rate"
    for chart, shown in (("side-by-side", 4), ("scatter", 2)):
        view, notes = read({"i": many, "chart": chart}, metadata)
        assert len(view.indicators) == shown and {n.key for n in notes} == {"too_many_indicators"}


# paths of made-up figures


def paths(metadata: Metadata, x: Values, y: Values, **of_x: Any) -> tuple[Path, ...]:
    held = having(metadata, indicator(metadata, "x", **of_x), indicator(metadata, "y"))
    figures = pl.concat([frame({("x", "03101", ""): x}), frame({("y", "03101", ""): y})])
    view = View(("x", "y"), ("03101",), ("",), chart="scatter")
    across, upward = panels_of(figures, view, held, "light")
    return paths_of(across, upward, view.regions, held)


def test_of_several_figures_a_year_those_of_one_month_are_taken(metadata: Metadata):
    monthly = {f"{year}-{month:02}": year + month / 100 for year in (2020, 2021) for month in range(1, 13)}
    yearly = {"2020-06-30": 1.0, "2021-06-30": 2.0}
    ((path),) = paths(metadata, monthly, yearly, period_kind="month")
    assert [(s.year, s.x.period) for s in path.steps] == [(2020, "2020-06"), (2021, "2021-06")]


def test_a_break_cuts_the_path(metadata: Metadata):
    years = {f"{year}-12-31": float(year) for year in range(2018, 2024)}
    ((path),) = paths(metadata, years, years, breaks=(break_at("2021-01-01"),))
    assert [s.segment for s in path.steps] == [0, 0, 0, 1, 1, 1]


def test_years_that_all_have_every_second_year_are_no_gaps(metadata: Metadata):
    years = {f"{year}-12-31": float(year) for year in (2014, 2016, 2018, 2022)}
    ((path),) = paths(metadata, years, years)
    assert [s.segment for s in path.steps] == [0, 0, 0, 1]


@given(st.lists(st.tuples(st.floats(0, NARROWEST_PLOT), st.floats(0, 380)), max_size=18))
def test_no_year_stands_on_another_or_in_the_names(points: list[tuple[float, float]]):
    boxes = []
    for (px, py), (dx, dy) in zip(points, year_offsets(points), strict=True):
        if (dx, dy) != (0, 0):
            left = px + dx - (YEAR_WIDTH / 2 if dx == 0 else 0 if dx > 0 else YEAR_WIDTH)
            boxes.append((left, py + dy - YEAR_HEIGHT / 2))
            assert left + YEAR_WIDTH <= NARROWEST_PLOT + NAME_GAP
    for n, (left, top) in enumerate(boxes):
        for other, upper in boxes[:n]:
            assert abs(left - other) >= YEAR_WIDTH - 1e-6 or abs(top - upper) >= YEAR_HEIGHT - 1e-6
