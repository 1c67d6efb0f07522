"""The map: its plane, its classes, its figures and words, its specification and its page."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any, get_args

import polars as pl
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charting import made
from dashboard.charts.classes import ABOVE, BELOW, EVEN, MOST, classes_of, contrast, ink_on
from dashboard.charts.map_legend import ENTRY_WIDTH, legend_values
from dashboard.charts.model import label_lines
from dashboard.charts.palette import PALETTES, Theme
from dashboard.charts.plane import Spot, apart, hatching, plane_of, spot_of
from dashboard.exports.shown import as_shown
from dashboard.map_controls import map_params, read_map
from dashboard.map_figures import districts_of, map_figures
from dashboard.map_findings import map_headline
from dashboard.mapped import Mapped, made_map
from dashboard.metadata import Metadata
from dashboard.store import Store
from dashboard.text import LANGUAGES, text
from dashboard.view import View, read, to_params
from tests.dashboard.small_store import CONTACTS, DEMO, DISTRICTS, FIRST
from tests.dashboard.test_pages import charts, run


def square(west: float, south: float, side: float = 1.0) -> dict[str, Any]:
    east, north = west + side, south + side
    ring = [[west, south], [west, north], [east, north], [east, south], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def drawn(store: Store, metadata: Metadata, theme: Theme = "light", **link: str) -> Mapped:
    view, _ = read({**{k.rstrip("_"): v for k, v in link.items()}, "chart": "map"}, metadata)
    return made_map(store, metadata, view, theme)


def rows(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for layer in spec["layer"] if layer["mark"]["type"] == kind for row in layer["data"]["values"]]


def labels(mapped: Mapped) -> dict[str, list[str]]:
    """Name and figure as they stand on the map."""
    found = [row["text"] for row in rows(mapped.drawing.charts[0][1], "text") if isinstance(row.get("text"), list)]
    return {lines[0]: lines for lines in found}


def said(spec: dict[str, Any]) -> str:
    return json.dumps(spec, ensure_ascii=False)


# the plane


def test_the_plane_is_true_to_length_in_its_middle_latitude():
    plane = plane_of({"a": square(10, 59.5)})  # a degree of longitude is half as long as one of latitude at 60° N
    assert plane.height == 4000 and plane.width == pytest.approx(2000, rel=0.01)


def test_north_is_up_and_neighbours_share_their_border():
    plane = plane_of({"south": square(10, 51), "north": square(10, 52)})
    south, north = (set(plane.shapes[area][0][0]) for area in ("south", "north"))
    assert min(y for _, y in north) == 0 and max(y for _, y in south) == plane.height
    assert len(south & north) == 2


def test_holes_stay_open_whatever_the_winding_of_their_rings():
    outer, hole = square(10, 50, 4)["coordinates"][0], square(11, 51)["coordinates"][0]
    shapes = [plane_of({"a": {"type": "Polygon", "coordinates": [o, h]}}).shapes["a"] for o in (outer, outer[::-1])
              for h in (hole, hole[::-1])]  # fmt: skip
    turns = [[sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) > 0 for ring in s[0]] for s in shapes]
    assert turns == [[True, False]] * 4


def test_what_is_no_area_is_refused():
    with pytest.raises(ValueError, match="Polygon"):
        plane_of({"a": {"type": "Point", "coordinates": [10, 50]}})


def test_a_label_stands_inside_its_area_where_that_is_wide():
    bottle = [[0, 0], [0, 4], [4, 4], [4, 5], [5, 5], [5, 4], [9, 4], [9, 0], [0, 0]]
    shape = plane_of({"a": {"type": "Polygon", "coordinates": [bottle]}}).shapes["a"]
    spot, heights = spot_of(shape), [y for _, y in shape[0][0]]
    assert spot.room > 3900 and min(heights) + 400 < spot.y < max(heights)


def test_hatching_stays_inside_and_runs_both_ways():
    shape = plane_of({"a": square(10, 0)}).shapes["a"]
    for falling in (False, True):
        lines = hatching(shape, 400, falling=falling)
        assert len(lines) > 10
        assert all(0 <= v <= 4000 for line in lines for vertex in line for v in vertex)
        assert all((b[1] - a[1] > 0) == falling for a, b in lines if a != b)


def test_labels_that_would_meet_move_apart_inside_their_areas():
    spots = {"wide": Spot(100, 50, 200), "narrow": Spot(180, 50, 20), "far": Spot(100, 500, 200)}
    moved = apart(spots, dict.fromkeys(spots, 90.0), 30)
    assert moved["wide"].x == 90 and moved["narrow"] == spots["narrow"] and moved["far"] == spots["far"]


# classes


@given(
    st.lists(st.floats(-1e6, 1e6).map(lambda v: round(v, 1)), min_size=1, max_size=50),
    st.booleans(),
    st.sampled_from(get_args(Theme)),
)
def test_every_value_has_a_class_and_classes_are_of_equal_width(values: list[float], around_zero: bool, theme: Theme):
    classes = classes_of(values, theme, around_zero=around_zero)
    assert classes.bounds[0] <= min(values) and max(values) <= classes.bounds[-1]
    widths = {round(b - a, 6) for a, b in pairwise(classes.bounds)}
    assert max(widths) == pytest.approx(min(widths), rel=1e-6)
    assert 1 <= len(classes.colors) == len(classes.bounds) - 1 <= MOST
    assert len(set(classes.colors)) == len(classes.colors)
    if around_zero:
        assert 0 in classes.bounds
        assert all((classes.color_of(v) in BELOW[theme]) == (v < 0) for v in values if v)


def test_bounds_are_round():
    assert classes_of([9.4, 24.0], "light", around_zero=False).bounds == (8, 12, 16, 20, 24)
    assert classes_of([-3, 12], "light", around_zero=True).bounds == (-4, 0, 4, 8, 12)


@pytest.mark.parametrize("theme", PALETTES)
def test_words_on_every_class_are_readable_and_neighbours_parted(theme: Theme):
    palette = PALETTES[theme]
    for fill in (*ABOVE[theme], *BELOW[theme], EVEN[theme]):
        assert contrast(ink_on(fill, palette), fill) >= 4.5
        # each border is a line on a strip of the ground: one of both has 3:1 beside any fill
        assert max(contrast(fill, palette.ground), contrast(fill, palette.text)) >= 3
    assert contrast(palette.text, palette.ground) >= 3


# figures and words


def test_a_map_shows_all_districts_in_one_period_with_name_and_figure(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="foreign_population_share", r="03101")
    assert found.figures.view.regions == DISTRICTS and found.figures.period == "2024-12-31"
    assert labels(found)["Braunschweig"][1].endswith("%") and len(labels(found)) == 8
    assert set(found.drawing.figures["period"]) == {"2024-12-31"} and found.drawing.figures.height == 8
    assert found.drawing.headline == (
        "Titel foreign_population_share am 31.12.2024: am höchsten in Wolfenbüttel (37,4\u00a0%), am niedrigsten in"
        " Braunschweig (8,5\u00a0%); Spanne 28,9 Prozentpunkte."
    )
    assert found.drawing.alts[0].endswith(found.drawing.headline)
    assert "8 Kreise der Region Braunschweig" in found.drawing.subtitle and "31.12.2024" in found.drawing.subtitle


def test_counts_have_the_most_and_the_fewest_and_no_span(store: Store, metadata: Metadata):
    assert drawn(store, metadata, i="naturalisations").drawing.headline == (
        "Titel naturalisations im Jahr 2024: am meisten in Wolfenbüttel (94), am wenigsten in Braunschweig (24)."
    )
    assert drawn(store, metadata, i="naturalisations", lang="en").drawing.headline == (
        "Title naturalisations in 2024: most in Wolfenbüttel (94), fewest in Braunschweig (24)."
    )


def test_a_change_of_few_is_named_and_not_ranked(store: Store, metadata: Metadata):
    few = drawn(store, metadata, i="naturalisations", as_="change", from_="2014").drawing.headline
    assert few.endswith("keine Rangfolge, weil die meisten Ausgangszahlen für Prozente zu klein sind.")
    enough = drawn(store, metadata, i="foreign_population", as_="change", from_="2014", to="2023").figures
    start = replace(enough.districts[0].earlier, value=15.0)
    end = replace(enough.districts[0].now, value=400.0)
    change = replace(enough.districts[0].change, value=2566.7)
    one = replace(enough.districts[0], earlier=start, now=end, change=change, shown=change)
    told = map_headline(replace(enough, districts=(one, *enough.districts[1:])), metadata)
    assert told.endswith("; außer Betracht: Braunschweig (von 15 auf 400).") and "2.566" not in told


def test_the_land_or_a_district_outside_the_region_widens_the_map(metadata: Metadata):
    other = replace(metadata.regions["03101"], id="03241", part_of=("03",))
    wider = replace(metadata, regions=metadata.regions | {"03241": other})
    view = View(("population",), ("BSR",), ("",))
    assert districts_of(view, wider) == DISTRICTS
    assert districts_of(replace(view, regions=("03",)), wider) == (*DISTRICTS, "03241")
    assert districts_of(replace(view, regions=("03241",)), wider) == (*DISTRICTS, "03241")


def test_the_period_is_the_newest_in_the_range_that_most_districts_have(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="foreign_population", to="2015")
    assert found.figures.period == "2015-12-31" and "7 von 8 Kreisen" in found.drawing.headline
    assert found.figures.offered[0] == "2010" and found.figures.offered[-1] == "2024"


def test_counts_are_circles_in_proportion_and_rates_are_colours(store: Store, metadata: Metadata):
    counts = drawn(store, metadata, i="naturalisations")
    circles = [row for row in rows(counts.drawing.charts[0][1], "point") if "name" in row]
    values = {d.region: d.now.value or 0 for d in counts.figures.districts}
    named = {metadata.regions[r].short.de: v for r, v in values.items()}
    assert len({round(row["size"] / named[row["name"]], 6) for row in circles}) == 1
    assert {row["fill"] for row in rows(counts.drawing.charts[0][1], "geoshape") if "name" in row} == {EVEN["light"]}
    assert any("Punkte" in caveat for caveat in counts.drawing.caveats)
    rates = drawn(store, metadata, i="foreign_population_share")
    assert not rows(rates.drawing.charts[0][1], "point")
    fills = {row["fill"] for row in rows(rates.drawing.charts[0][1], "geoshape") if "name" in row}
    assert len(fills) > 1 and fills <= set(ABOVE["light"])


def test_no_figure_is_hatched_and_named_and_a_provisional_one_is_marked(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="foreign_population")
    spec = found.drawing.charts[0][1]
    hatched = [row for row in rows(spec, "geoshape") if row["geometry"]["type"] == "MultiLineString"]
    assert len(hatched) == 1 and text("de", "status.secret") in said(spec)
    assert labels(found)["Goslar"] == ["Goslar", "–"]
    assert labels(found)["Braunschweig"][1].endswith("*") and text("de", "map.marked") in said(spec)
    assert found.drawing.table.rows[-1][0].text == "Goslar" and found.drawing.table.rows[-1][1].value is None
    assert "7 von 8" in found.drawing.headline


def test_a_body_s_secret_figure_is_called_secret_and_nothing_is_ranked_beside_it(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i=CONTACTS, b="kind=first_contact;provider=welcome_center", to="2023")
    assert text("de", "secrets.figure") in said(found.bars or {})
    found = drawn(store, metadata, i=CONTACTS, b="provider=welcome_center", to="2023")
    spec = found.drawing.charts[0][1]
    assert labels(found)["Wolfsburg"] == ["Wolfsburg", "geheim"]
    assert "höchster veröffentlichter Wert in Braunschweig" in found.drawing.headline
    assert "Geheim: Wolfsburg." in found.drawing.headline and "niedrigsten" not in found.drawing.headline
    assert all(row[2].text == "–" for row in found.drawing.table.rows)
    bars = rows(found.bars or {}, "bar")
    assert [row["figure"] for row in bars if row["key"] == "03103"] == ["geheim"] and "geheim" in said(spec)


def test_invented_figures_say_so_on_the_map(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i=CONTACTS, b=DEMO)
    assert found.drawing.headline.startswith("Erfundene Zahlen: ")
    for spec in (found.drawing.charts[0][1], found.bars):
        assert text("de", "invented.notice") in said(spec or {})


def test_a_change_counts_from_the_chosen_period_or_from_the_year_before(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="naturalisations", as_="change", from_="2014", to="2020")
    goslar = next(row for row in found.drawing.table.rows if row[0].text == "Goslar")
    assert (goslar[1].value, goslar[3].value, goslar[4].value) == (pytest.approx((60 / 54 - 1) * 100), 54, 60)
    assert goslar[1].text == "+11,1\u00a0%" and "von 2014 bis 2020" in found.drawing.headline
    assert "2014 bis 2020" in found.drawing.subtitle and "Vorjahr" not in said(found.drawing.charts[0][1])
    shown = as_shown(found.drawing.figures, found.figures.view, metadata)
    assert (
        set(shown["unit"]) == {"Veränderung in Prozent, 2014 bis 2020"}
        and "eigene Berechnung" in shown["attribution"][0]
    )
    year = drawn(store, metadata, i="naturalisations", as_="change")
    assert (year.figures.base, year.figures.period) == ("2023", "2024")


def test_the_change_of_a_rate_is_in_points(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="foreign_population_share", as_="change", from_="2010", to="2020")
    first = found.drawing.table.rows[0]
    assert first[1].value == pytest.approx(first[4].value - first[3].value) and first[1].text.endswith("PP")  # type: ignore[operator]
    assert "Prozentpunkte" in found.drawing.subtitle and found.figures.base == "2010-12-31"


def test_no_change_is_claimed_across_a_break(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="population", as_="change", from_="2020")
    assert "wegen eines Bruchs in der Reihe (31.12.2022) nicht vergleichbar" in found.drawing.headline
    assert found.drawing.charts == () and all(row[1].value is None for row in found.drawing.table.rows)
    assert any("Neuer Zensus" in caveat for caveat in found.drawing.caveats)
    assert set(found.drawing.figures["status"]) == {"break"} and not found.drawing.figures["value"].count()
    assert drawn(store, metadata, i="population", as_="change", from_="2022").drawing.charts


def test_a_change_inside_rounding_is_unchanged(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="residence_permits", b="sex=m", as_="change")
    assert "überall unverändert" in found.drawing.headline
    fills = {row["fill"] for row in rows(found.drawing.charts[0][1], "geoshape") if "name" in row}
    written = said(found.drawing.charts[0][1])
    assert fills == {EVEN["light"]}
    assert all(line in written for line in label_lines(text("de", "map.unchanged"), ENTRY_WIDTH))


def test_a_change_no_larger_than_usual_revisions_is_unchanged(
    store: Store, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
):
    usual = pl.DataFrame({"region": ["03101"], "breakdown": [""], "source": ["lsn"], "revised_by": [5.0]})
    monkeypatch.setattr("dashboard.queries.usual_revisions", lambda *_: usual)
    found = drawn(store, metadata, i="population", as_="change", from_="2022")  # two persons more
    unchanged = {d.region: d.unchanged for d in found.figures.districts}
    assert unchanged.pop("03101") and not any(unchanged.values())


def test_many_districts_without_a_figure_are_counted(store: Store, metadata: Metadata):
    found = map_figures(store, metadata, View(("population",), ("BSR",), ("",)))
    nil = [replace(d, shown=replace(d.shown, value=None, status="nil")) for d in found.districts[1:]]
    few, many = (replace(found, districts=(found.districts[0], *nil[:n])) for n in (3, 7))
    assert map_headline(few, metadata).endswith("Nicht vorhanden: Salzgitter, Wolfsburg, Gifhorn.")
    assert map_headline(many, metadata).endswith("Nicht vorhanden: 7 Kreise.")


def test_what_a_map_cannot_show_is_said(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="residence_permits", b="sex=m,sex=f")
    assert any("weiblich" in caveat for caveat in found.drawing.caveats[:1])
    view = View(("population",), ("BSR",), ("",), measure="index", chart="map")
    shown = made(store, metadata, view, "light")
    assert text("de", "map.no_index") in shown.caveats and shown.figures["value"].max() > 1000  # type: ignore[operator]
    read_view, notes = read({"as": "index", "chart": "map"}, metadata)
    assert read_view.measure == "number" and notes[0].key == "measure_impossible"


def test_without_boundaries_the_figures_are_still_in_bars_and_table(store: Store, metadata: Metadata):
    found = made_map(store, replace(metadata, areas={}), View(("population",), ("BSR",), ("",)), "light")
    assert found.drawing.charts == () and found.bars and len(found.drawing.table.rows) == 8
    assert text("de", "map.no_boundaries") in found.drawing.caveats


def test_an_earlier_state_of_the_data_shows_its_figures(store: Store, metadata: Metadata):
    peine = [
        next(d.now.value for d in map_figures(store, metadata, view).districts if d.region == "03157")
        for view in (View(("foreign_population",), ("BSR",), ("",), vintage=v) for v in (FIRST, None))
    ]
    assert peine[0] == 4000 and peine[1] != 4000


def test_the_boundaries_are_credited_in_the_picture_and_beside_it(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="population")
    credit = metadata.areas["03101"].attribution.de
    assert credit in found.drawing.footer and any(credit in source.text for source in found.drawing.sources)
    assert "Kreisgrenzen" in said(found.drawing.charts[0][1]["title"])


# the specification


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("measure", ["number", "share", "change"])
def test_the_picture_holds_its_words_as_text(measure: str, theme: Theme, store: Store, metadata: Metadata):
    found = drawn(store, metadata, theme, i="foreign_population", as_=measure, to="2023")
    assert found.bars
    for spec in (found.drawing.charts[0][1], found.bars):
        svg = vl_convert.vegalite_to_svg({**spec, "width": 600})
        assert "Wolfenbüttel" in svg and found.drawing.table.rows[0][1].text.rstrip("*") in svg
        assert svg.count("undefined") == svg.count("NaN") == 0
    assert "http" not in said(found.drawing.charts[0][1]).replace(found.drawing.charts[0][1]["$schema"], "")


def test_the_bars_are_ranked_and_have_the_colours_of_the_map(store: Store, metadata: Metadata):
    found = drawn(store, metadata, i="foreign_population_share")
    bars = rows(found.bars or {}, "bar")
    values = [row["v"] for row in bars]
    assert values == sorted(values, reverse=True) and len(values) == 8
    fills = {row["name"]: row["fill"] for row in rows(found.drawing.charts[0][1], "geoshape") if "name" in row}
    assert all(row["fill"] == fills[" ".join(row["lines"])] for row in bars)


@pytest.mark.parametrize(("largest", "expected"), [(36380, (20000, 5000)), (8, (8, 2)), (0, (0, 0))])
def test_the_legend_of_circles_has_round_counts(largest: float, expected: tuple[float, float]):
    assert legend_values(largest) == expected


# the page


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"i": "population", "as": "change", "from": "2010", "to": "2020"},
        {"i": "naturalisations", "as": "change", "from": "2012", "v": FIRST, "lang": "en"},
        {"i": "residence_permits", "b": "sex=f", "r": "03101,03102"},
    ],
)
def test_an_address_is_its_view_and_back(link: dict[str, str], metadata: Metadata):
    view, notes = read_map(link, metadata)
    assert view.chart == "map" and not notes
    assert map_params(view, metadata) == link and read_map(map_params(view, metadata), metadata) == (view, ())
    # the same view elsewhere: the explorer, the chart alone, files
    assert read(to_params(view, metadata), metadata) == (view, ())


def test_the_first_period_is_a_choice_only_where_a_map_compares_with_it(metadata: Metadata):
    assert read({"from": "2010", "as": "change", "chart": "map"}, metadata)[0].start == "2010"
    assert read({"from": "2010", "as": "change"}, metadata)[0].start is None
    assert read({"from": "2010", "chart": "map"}, metadata)[0].start is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_map_ranking_table_and_choices(lang: str, metadata: Metadata):
    at = run("map", i="naturalisations", as_="change", from_="2014", to="2020", lang=lang)
    assert charts(at)[0][0].startswith(("Karte, ", "Map, "))
    assert len(charts(at)) == 2 and all(alt for alt, _ in charts(at))
    assert at.select_slider[0].value == "2020" and at.selectbox(key="w_map_since").value == "2014"
    assert at.radio(key="w_map_area").value == "near" and at.title[0].value == text(
        "de" if lang == "de" else "en", "app.map"
    )
    assert any("Wolfenbüttel" in m.value and "<table" in m.value for m in at.markdown)


def test_a_widget_rewrites_the_address(metadata: Metadata):
    at = run("map", i="naturalisations", as_="change", from_="2018")
    at.select_slider(key="w_map_year").set_value("2016").run()
    # what came after the new period is no base for it
    assert at.query_params["to"] == "2016" and "from" not in at.query_params and not at.exception
    at.selectbox(key="w_map_since").set_value("2012").run()
    assert at.query_params["from"] == "2012" and not at.warning
    at.button_group(key="w_map_measure").set_value("number").run()
    assert "from" not in at.query_params and "as" not in at.query_params


def test_what_the_page_cannot_show_leaves_a_note(metadata: Metadata):
    at = run("map", i="nothing", chart="line", to="x", r="99999")
    said_there = at.warning[0].value.replace("\\", "")
    assert text("de", "map.note_chart") in said_there and "nothing" in said_there and "99999" in said_there
    assert not run("map", chart="map").warning
