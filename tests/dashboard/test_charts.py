from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.bar import bar_chart
from dashboard.charts.line import LABEL_GAP, line_chart, spread
from dashboard.charts.model import BreakMark, ChartModel, chart_model, label_lines, value_axis
from dashboard.charts.multiples import small_multiples
from dashboard.charts.palette import PALETTES, Theme
from dashboard.charts.sparkline import HEIGHT, sparkline
from dashboard.charts.spec import break_floors
from dashboard.metadata import Lang, Metadata
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.tables import figures_table, series_table
from dashboard.view import View, read
from tests.dashboard.invented import Values, frame, having, indicator
from tests.dashboard.readback import rows_of
from tests.dashboard.small_store import DISTRICTS
from tests.dashboard.sparks import read_spark


def model(store: Store, metadata: Metadata, theme: Theme = "light", **link: str) -> ChartModel:
    view, _ = read({k.rstrip("_"): v for k, v in link.items()}, metadata)
    return chart_model(view_figures(store, metadata, view), view, metadata, theme, "Quelle: Amt. Lizenz: frei.")


def layers(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [layer for layer in spec["layer"] if layer["mark"]["type"] == kind]


def contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_every_colour_of_lines_and_words_is_readable_on_its_ground(theme: Theme):
    palette = PALETTES[theme]
    words = (palette.text, palette.muted, palette.strong, palette.grey, *palette.hues)
    assert min(contrast(color, palette.ground) for color in words) >= 4.5


def test_lines_are_named_at_their_ends_and_need_no_legend(store: Store, metadata: Metadata):
    spec = line_chart(model(store, metadata, r=",".join(("BSR", *DISTRICTS))))
    rows = [row for layer in layers(spec, "text") for row in layer["data"]["values"]]
    names = [" ".join(row["text"]) for row in rows if "text" in row]
    assert {"Region Braunschweig", "Braunschweig", "Wolfenbüttel"} <= set(names) and len(names) == 9
    assert all(
        channel.get("legend", "none") is None
        for channel in layers(spec, "line")[0]["encoding"].values()
        if "legend" in channel
    )


def test_lines_differ_without_colour(store: Store, metadata: Metadata):
    districts = model(store, metadata, r=",".join(DISTRICTS)).styles
    assert len({(s.shape, s.dash) for s in districts}) == 8
    breakdowns = model(store, metadata, i="residence_permits", r="03101", b="sex=m,sex=f").styles
    assert len({(s.shape, s.dash) for s in breakdowns}) == 2


def test_a_missing_year_is_a_gap(store: Store, metadata: Metadata):
    rows = layers(line_chart(model(store, metadata, r="03158")), "line")[0]["data"]["values"]
    assert [n for n, row in enumerate(rows) if row["v"] is None] == [5]


def test_figures_that_are_not_final_are_hollow(store: Store, metadata: Metadata):
    rows = layers(line_chart(model(store, metadata, r="03101")), "point")[0]["data"]["values"]
    assert [row["fill"] == PALETTES["light"].ground for row in rows] == [False] * 14 + [True]


def test_a_break_is_a_dashed_rule_with_a_name(store: Store, metadata: Metadata):
    spec = line_chart(model(store, metadata, i="population", r="03101"))
    assert layers(spec, "rule")[0]["mark"]["strokeDash"]
    names = [row["label"] for layer in layers(spec, "text") for row in layer["data"]["values"] if "label" in row]
    assert names == ["Bruch 2022"] * 2  # once as the ground beneath its letters
    assert not layers(line_chart(model(store, metadata, i="population", r="03101", from_="2022")), "rule")


def test_source_and_licence_stand_inside_the_chart(store: Store, metadata: Metadata):
    title = line_chart(model(store, metadata, r="03101"))["title"]
    assert "'Quelle: Amt. Lizenz: frei.'" in title["text"]["expr"] and title["limit"] == 0


def test_the_source_line_is_short_on_a_phone_and_long_beside(store: Store, metadata: Metadata):
    one = replace(model(store, metadata, r="03101"), footer=("It's the source,", "and the licence."))
    assert line_chart(one)["title"]["text"]["expr"] == (
        "width > 520 ? ['It\\'s the source, and the licence.'] : ['It\\'s the source,','and the licence.']"
    )


def test_names_of_breaks_never_overlap_on_a_phone():
    marks = [BreakMark(date(y, 1, 1), f"Bruch {y}") for y in (2005, 2010, 2011, 2014, 2024)]
    assert break_floors([0.0, 0.3, 0.31, 0.4, 0.95], marks) == [0, 1, 2, 3, 0]
    assert break_floors([0.0, 0.95], marks[:2]) == [0, 0]
    assert break_floors([], []) == []


def test_a_long_name_is_never_cut():
    name = "Sekundarbereich II und postsekundärer, nicht tertiärer Bereich (ISCED 3 und 4)"
    assert " ".join(label_lines(name)) == name


def test_zero_keeps_its_label_in_a_small_chart(store: Store, metadata: Metadata):
    for _, spec in small_multiples(model(store, metadata, r="03101,03102", as_="change")):
        axis = layers(spec, "line")[0]["encoding"]["y"]["axis"]
        assert 0 in axis["values"] and axis["labelOverlap"] is False


def test_what_can_be_clicked_is_readable_on_both_grounds():
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    for theme in PALETTES:
        colors = config["theme"][theme]
        assert contrast("#ffffff", colors["primaryColor"]) >= 4.5  # the words of a tag
        assert contrast(colors["backgroundColor"], colors["primaryColor"]) >= 4.5  # a slider's ends
        assert colors["backgroundColor"] == PALETTES[theme].ground
        assert contrast(colors["backgroundColor"], colors["linkColor"]) >= 4.5


def test_numbers_are_german_and_the_drawing_is_svg(store: Store, metadata: Metadata):
    spec = line_chart(model(store, metadata, r="03101"))
    assert spec["config"]["locale"]["number"]["decimal"] == ","
    assert spec["usermeta"]["embedOptions"]["renderer"] == "svg"


def test_columns_show_the_break_as_well(store: Store, metadata: Metadata):
    spec = bar_chart(model(store, metadata, i="population", r="03101"))
    rule = layers(spec, "rule")[0]
    assert rule["mark"]["strokeDash"] and rule["data"]["values"][0]["period"] == "2022"


@pytest.mark.parametrize("regions", ["03101", "03101,03102"])
def test_bars_begin_at_zero(store: Store, metadata: Metadata, regions: str):
    spec = bar_chart(model(store, metadata, i="population", r=regions, chart="bar"))
    encoding = layers(spec, "bar")[0]["encoding"]
    value = next(c for c in encoding.values() if c.get("type") == "quantitative")
    assert value["scale"]["domain"][0] == 0


def test_bars_of_several_regions_are_sorted_and_show_their_figures(store: Store, metadata: Metadata):
    spec = bar_chart(model(store, metadata, i="naturalisations", r="03101,03103,03102"))
    figures = [row["figure"] for layer in layers(spec, "text") for row in layer["data"]["values"]]
    assert figures == ["44", "34", "24"]


def test_bars_of_lengths_of_stay_keep_their_order(store: Store, metadata: Metadata):
    view, _ = read({"i": "residence_permits", "b": "sex=f,sex=m", "r": "03101", "chart": "bar"}, metadata)
    figures = view_figures(store, metadata, view)
    for ordered, expected in ((frozenset(), ["100", "50"]), (frozenset({"f", "m"}), ["100", "50"])):
        sexes = replace(metadata.dimensions["sex"], ordered=ordered)
        turned = replace(sexes, values=dict(reversed(sexes.values.items())))
        for dimension, figures_shown in ((sexes, expected), (turned, expected[::-1] if ordered else expected)):
            known = replace(metadata, dimensions=metadata.dimensions | {"sex": dimension})
            spec = bar_chart(chart_model(figures, view, known, "light"))
            assert [row["figure"] for layer in layers(spec, "text") for row in layer["data"]["values"]] == figures_shown


def test_a_line_alone_ends_with_its_newest_figure(store: Store, metadata: Metadata):
    spec = line_chart(model(store, metadata, i="naturalisations", r="03103"))
    figures = [row.get("figure") for layer in layers(spec, "text") for row in layer["data"]["values"]]
    assert figures.count("44") == 1
    several = line_chart(model(store, metadata, i="naturalisations", r="03103,03101"))
    assert not [row for layer in layers(several, "text") for row in layer["data"]["values"] if "figure" in row]


def test_names_that_had_to_move_have_leaders_to_their_lines(store: Store, metadata: Metadata):
    apart = line_chart(model(store, metadata, i="population", r="03101,BSR"))
    assert not [layer for layer in layers(apart, "rule") if "y2" in layer["encoding"] and "x2" in layer["encoding"]]
    close = line_chart(model(store, metadata, i="naturalisations", r=",".join(("BSR", *DISTRICTS))))
    leaders = [layer for layer in layers(close, "rule") if "x2" in layer["encoding"]]
    assert len(leaders) == 1
    for row in leaders[0]["data"]["values"]:
        assert row["v"] != row["to"]


def test_the_axis_of_percentages_has_the_sign(store: Store, metadata: Metadata):
    def axis(**link: str) -> dict[str, Any]:
        return layers(line_chart(model(store, metadata, **link)), "line")[0]["encoding"]["y"]["axis"]

    assert axis(i="foreign_population_share", r="03101")["labelExpr"].endswith("'\u00a0%'")
    assert axis(i="foreign_population_share", r="03101", lang="en")["labelExpr"].endswith("'%'")
    assert "labelExpr" not in axis(i="population", r="03101")


def test_figures_of_falling_bars_stand_where_no_name_is(store: Store, metadata: Metadata):
    known = having(metadata, indicator(metadata, "balance", regions=("03101", "03102")))
    figures = frame({("balance", "03101", ""): {"2024-12-31": 8.0}, ("balance", "03102", ""): {"2024-12-31": -3.0}})
    view = View(("balance",), ("03101", "03102"), ("",), chart="bar")
    spec = bar_chart(chart_model(figures, view, known, "light"))
    places = {
        row["figure"]: layer["encoding"]["x"] for layer in layers(spec, "text") for row in layer["data"]["values"]
    }
    assert places["8"]["field"] == "v" and places["−3"]["datum"] == 0
    assert layers(spec, "bar")[0]["encoding"]["x"]["scale"]["domain"][0] == -3


def test_panels_share_a_scale_where_sizes_allow(store: Store, metadata: Metadata):
    def tops(link: str) -> set[float]:
        panels = small_multiples(model(store, metadata, r=link))
        return {layers(spec, "line")[0]["encoding"]["y"]["scale"]["domain"][1] for _, spec in panels}

    assert len(tops("03101,03102")) == 1
    assert len(tops("03101,BSR")) == 2


def test_no_chart_leaves_data_where_streamlit_would_convert_it(store: Store, metadata: Metadata):
    one = model(store, metadata, r="03101")
    for spec in (line_chart(one), bar_chart(one)):
        assert "data" not in spec and "datasets" not in spec
        json.dumps(spec, allow_nan=False)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20), st.booleans())
def test_an_axis_holds_all_values_between_round_ends(values: list[float], zero: bool):
    axis = value_axis(values, zero=zero)
    slack = 1e-6 * max(1, *(abs(v) for v in values))
    assert axis.low - slack <= min(values) and max(values) <= axis.high + slack
    assert not zero or axis.from_zero
    assert 2 <= len(axis.ticks) <= 12


@given(st.lists(st.tuples(st.floats(0, 340), st.sampled_from([14.0, 28.0])), min_size=1, max_size=9))
def test_labels_never_overlap(labels: list[tuple[float, float]]):
    wanted, heights = [w for w, _ in labels], [h for _, h in labels]
    placed = sorted(zip(spread(wanted, heights, -8, 348), heights, strict=True))
    for (above, h1), (below, h2) in pairwise(placed):
        assert below - above >= (h1 + h2) / 2 + LABEL_GAP - 1e-6


def test_labels_with_room_stay_where_they_belong():
    assert spread([300, 20, 150], [14, 14, 14], 0, 340) == [300, 20, 150]


def test_a_rate_draws_the_breaks_of_its_denominator(store: Store, metadata: Metadata):
    assert [mark.label for mark in model(store, metadata, r="03101", as_="per1000").breaks] == ["Bruch 2022"]
    assert model(store, metadata, r="03101").breaks == ()


def made_up(metadata: Metadata, values: Values, lang: Lang = "de", **described: object) -> ChartModel:
    """The model of one series of an indicator described by its changes."""
    own = indicator(metadata, "own", **described)
    figures = frame({("own", "03101", ""): values}, own.period_kind)
    return chart_model(figures, View(("own",), ("03101",), ("",), lang=lang), having(metadata, own), "light")


def test_no_line_runs_across_a_break(store: Store, metadata: Metadata):
    one = model(store, metadata, i="population", r="03101")
    line = layers(line_chart(one), "line")[0]
    assert line["encoding"]["detail"]["field"] == "g"
    assert [row["g"] for row in line["data"]["values"]] == [0] * 12 + [1] * 3
    assert [len(run) for run in read_spark(sparkline(one, "")).runs] == [12, 3]
    # the other source has no break
    assert {p.segment for p in model(store, metadata, i="population", r="DE91").series[0].points} == {0}


def test_missing_months_are_gaps(metadata: Metadata):
    one = made_up(metadata, {"2024-10": 1.0, "2025-09": 3.0, "2025-10": 2.0}, period_kind="month")
    values = [p.value for p in one.series[0].points]
    assert values == [1, *[None] * 10, 3, 2]
    assert len(rows_of(figures_table(series_table(one, "Zeitpunkt"), "Name"))) == 4  # a gap is no row of the table
    quarters = made_up(metadata, {"2024-Q1": 1.0, "2024-Q2": 3.0, "2024-Q4": 2.0}, period_kind="quarter")
    assert [p.period for p in quarters.series[0].points] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]


def test_a_sparkline_joins_nothing_across_a_gap_and_marks_the_newest_figure(metadata: Metadata):
    years = {"2015": 2.0, "2016": 4.0, "2018": 1.0, "2020": 3.0, "2021": 4.0}
    spark = read_spark(sparkline(made_up(metadata, years, period_kind="year"), 'A "course" <1> & more'))
    assert spark.name == 'A "course" <1> & more'
    assert [len(run) for run in spark.runs] == [2, 1, 2]
    assert spark.newest == (spark.runs[-1][-1],) and spark.secret == ()
    assert [round(x) for run in spark.runs for x, _ in run] == [0, 17, 50, 83, 100]


@pytest.mark.parametrize(
    "values", [(90.0, 100.0), (5.0, 5.0), (0.0, 0.0), (-90.0, -100.0), (-50.0, 100.0), (99.5, 1e7)]
)
def test_a_sparkline_begins_at_zero_or_below(values: tuple[float, float], metadata: Metadata):
    spark = read_spark(sparkline(made_up(metadata, {"2023": values[0], "2024": values[1]}, period_kind="year"), ""))
    heights = [y for run in spark.runs for _, y in run]
    assert all(0 <= y <= HEIGHT for y in (*heights, spark.zero))
    for value, y in zip(values, heights, strict=True):
        assert (y <= spark.zero) if value >= 0 else (y > spark.zero)
    (before, after), (low, high) = heights, values
    if low and high:  # heights above zero are in the proportion of the values
        assert (spark.zero - before) / (spark.zero - after) == pytest.approx(low / high, abs=0.05)


@pytest.mark.parametrize("theme", PALETTES)
def test_a_sparkline_has_the_colours_of_its_ground(theme: Theme, store: Store, metadata: Metadata):
    one = model(store, metadata, theme, r="03101")
    assert read_spark(sparkline(one, "")).strokes == (one.palette.grid, one.styles[0].color, one.styles[0].color)


def test_a_figure_between_two_gaps_is_drawn_even_in_a_crowded_chart(metadata: Metadata):
    years = [*range(1900, 1970), 1975, *range(1980, 2000)]
    one = made_up(metadata, {str(y): float(y) for y in years}, period_kind="year")
    drawn = [row["period"] for row in layers(line_chart(one), "point")[0]["data"]["values"]]
    assert drawn == ["1900", "1975", "1999"]


@pytest.mark.parametrize(("years", "from_zero"), [(2, True), (3, False)])
def test_two_periods_are_drawn_from_zero(metadata: Metadata, years: int, from_zero: bool):
    one = made_up(metadata, {str(2020 + n): 1000.0 + n for n in range(years)}, period_kind="year")
    low = layers(line_chart(one), "line")[0]["encoding"]["y"]["scale"]["domain"][0]
    assert (low == 0) is from_zero


def test_a_semester_is_not_named_by_the_year_of_its_last_day(metadata: Metadata):
    one = made_up(metadata, {"2022-WS": 1.0, "2023-WS": 2.0}, period_kind="semester")
    said = layers(line_chart(one), "line")[0]["encoding"]["x"]["axis"]["labelExpr"]
    assert "'WS 22/23'" in said and "'WS 23/24'" in said
    years = made_up(metadata, {"2022": 1.0, "2023": 2.0}, period_kind="year")
    assert layers(line_chart(years), "line")[0]["encoding"]["x"]["axis"]["labelExpr"].startswith("utcFormat")


def test_a_pending_figure_is_not_drawn(store: Store, metadata: Metadata):
    one = model(store, metadata, i="jobs", r="03101", b="total")
    assert [row["v"] for row in layers(line_chart(one), "point")[0]["data"]["values"]] == [2400]
    assert [row["v"] for row in layers(bar_chart(one), "bar")[0]["data"]["values"]] == [2400, None]
    assert "noch nicht veröffentlicht" in figures_table(series_table(one, "Zeitpunkt"), "Name")
