"""A district beside its peers: which are alike and why, where its figures stand, and what its address means."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from dashboard.charting import made
from dashboard.charts.palette import PALETTES
from dashboard.comparison import MOST_PEERS, comparison_params, peers_table, read_comparison, reason_of
from dashboard.drawn import Drawing
from dashboard.metadata import Metadata
from dashboard.peers import COUNT, Criterion, Measured, Peer, area_of, districts_of, measured, nearest, peer_of
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.text import LANGUAGES, text
from dashboard.view import View, read
from tests.dashboard.small_store import BODY, CONTACTS, DISTRICTS, FIRST, inhabitants
from tests.dashboard.test_pages import charts, run

BOUNDARIES = Path(__file__).resolve().parents[2] / "data" / "extract" / "boundaries.json"
SHARE = "foreign_population_share"


@pytest.fixture()
def criteria(store: Store, metadata: Metadata) -> tuple[Measured, ...]:
    return measured(store, metadata)


def criterion(values: dict[str, float], name: str = "jobs", *, logarithmic: bool = False) -> Measured:
    """A criterion with made-up figures."""
    view = View(("employees",), tuple(values), ("",))
    return Measured(Criterion(name, "employees", logarithmic=logarithmic), view, "2024-06-30", values, None)  # type: ignore[arg-type]


def drawn(store: Store, metadata: Metadata, *regions: str, **changes: object) -> Drawing:
    view = View((SHARE,), regions, ("",), chart="highlight")
    return made(store, metadata, replace(view, **changes), "light")


# --- who is alike -------------------------------------------------------------------------------------------------


def test_criteria_are_measured_in_the_newest_period_of_all_districts(criteria: tuple[Measured, ...]):
    assert [one.criterion.id for one in criteria] == ["size", "density", "foreign"]  # the small store has no employees
    assert {one.period for one in criteria} == {"2024-12-31"}
    assert criteria[0].values == {district: inhabitants(n, 2024) for n, district in enumerate(DISTRICTS)}


def test_a_period_that_few_districts_have_is_passed_over(
    store: Store, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
):
    def of_one_district_yet(store: Store, metadata: Metadata, view: View) -> pl.DataFrame:
        return view_figures(store, metadata, view).filter(
            (pl.col("period") != "2024-12-31") | (pl.col("region") == "03101")
        )

    monkeypatch.setattr("dashboard.peers.view_figures", of_one_district_yet)
    assert {one.period for one in measured(store, metadata)} == {"2023-12-31"}


def test_the_nearest_are_those_with_the_smallest_distance(criteria: tuple[Measured, ...]):
    found = nearest(criteria, "03151", DISTRICTS)
    distances = [peer.distance for peer in found if peer.distance is not None]
    assert len(found) == COUNT and distances == sorted(distances)
    others = [
        peer_of(criteria, "03151", d).distance for d in DISTRICTS if d not in ("03151", *(p.region for p in found))
    ]
    assert all(d is not None and d >= distances[-1] for d in others)


def test_distance_is_mutual_and_none_to_itself(criteria: tuple[Measured, ...]):
    assert peer_of(criteria, "03101", "03101").distance == 0
    there, back = peer_of(criteria, "03101", "03158"), peer_of(criteria, "03158", "03101")
    assert there.distance == pytest.approx(back.distance)
    assert all(there.apart[name] == pytest.approx(-back.apart[name]) for name in there.apart)


@pytest.mark.parametrize("logarithmic", [False, True])
def test_the_unit_of_a_figure_changes_no_distance(logarithmic: bool):
    plain = {"a": 1.0, "b": 2.0, "c": 5.0, "d": 9.0}
    scaled = {region: 1000 * value for region, value in plain.items()}
    one, other = (criterion(values, logarithmic=logarithmic) for values in (plain, scaled))
    assert peer_of([one], "a", "c").distance == pytest.approx(peer_of([other], "a", "c").distance)


def test_figures_that_do_not_differ_keep_nobody_apart():
    assert peer_of([criterion({"a": 3.0, "b": 3.0, "c": 3.0})], "a", "b").distance == 0


def test_a_district_without_a_figure_is_not_proposed_but_can_be_chosen():
    both = [criterion({"a": 1.0, "b": 2.0, "c": 9.0}), criterion({"a": 1.0, "c": 2.0, "d": 7.0}, "size")]
    assert [peer.region for peer in nearest(both, "a", ["a", "b", "c", "d"])] == ["c"]
    alone = peer_of(both, "a", "b")
    assert alone.distance is None and set(alone.apart) == {"jobs"}


def test_a_criterion_that_the_district_itself_lacks_is_left_out():
    both = [criterion({"a": 1.0, "b": 2.0, "c": 9.0}), criterion({"b": 1.0, "c": 2.0, "d": 7.0}, "size")]
    assert nearest(both, "a", ["b", "c"])[0].region == "b"


def test_an_earlier_state_of_the_data_has_its_own_figures(store: Store, metadata: Metadata):
    assert [one.view.vintage for one in measured(store, metadata, FIRST)] == [FIRST] * 3


def test_areas_of_the_bundled_boundaries_are_those_of_the_districts():
    areas = json.loads(BOUNDARIES.read_text(encoding="utf-8"))["areas"]
    known = {"03101": 192.7, "03102": 224.5, "03151": 1567.5}  # km², to 4 %
    assert all(area_of(areas[region]) == pytest.approx(size, rel=0.04) for region, size in known.items())
    assert sum(map(area_of, areas.values())) == pytest.approx(47_700, rel=0.02)


def test_a_hole_is_no_area():
    outer = [[10, 52], [10, 53], [11, 53], [11, 52], [10, 52]]
    hole = [[10.2, 52.4], [10.2, 52.6], [10.4, 52.6], [10.4, 52.4], [10.2, 52.4]]
    whole, cut = ({"type": "Polygon", "coordinates": rings} for rings in ([outer], [outer, hole]))
    assert area_of(cut) == pytest.approx(0.96 * area_of(whole), rel=1e-3)


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        ({"size": 0.1, "jobs": -0.5}, "ähnlich groß, ähnlich viele Arbeitsplätze je Kopf"),
        ({"size": 0.1, "jobs": 1.2}, "ähnlich groß; aber mehr Arbeitsplätze je Kopf"),
        ({"size": -2.0, "jobs": -1.2}, "kleiner, weniger Arbeitsplätze je Kopf"),
        ({"size": 0.7, "jobs": -0.9}, "in keinem Merkmal sehr ähnlich, in keinem sehr verschieden"),
        ({}, "ohne Zahlen der Merkmale"),
    ],
)
def test_the_reason_names_what_is_alike_and_what_is_not(apart: dict[str, float], said: str):
    both = [criterion({}, "size"), criterion({}, "jobs")]
    assert reason_of(Peer("x", None, apart), both, "de") == said


# --- what is said and drawn ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regions", "said"),
    [
        (("03102", "03101", "03103"), "Salzgitter mit 13,8 % steht an 2. Stelle von 3, zwischen Wolfsburg mit 18,6 %"),
        (("03102", "03101", "03103", "03151"), "Salzgitter mit 13,8 % steht an 3. Stelle von 4, zwischen Wolfsburg"),
        (("03103", "03101", "03102"), "Wolfsburg mit 18,6 % hat den höchsten von 3 Werten, vor Salzgitter mit 13,8 %"),
        (("03101", "03102", "03103"), "Braunschweig mit 8,5 % hat den niedrigsten von 3 Werten, hinter Salzgitter mit"),
    ],
)
def test_the_headline_says_where_the_first_region_stands(
    store: Store, metadata: Metadata, regions: tuple[str, ...], said: str
):
    assert said in drawn(store, metadata, *regions).headline.replace("\u00a0", " ")


def test_of_two_regions_both_are_named_as_lines_name_them(store: Store, metadata: Metadata):
    lines = made(store, metadata, View((SHARE,), ("03101", "03102"), ("",)), "light")
    assert drawn(store, metadata, "03101", "03102").headline == lines.headline


def test_figures_inside_rounding_are_level(store: Store, metadata: Metadata):
    view = {"indicators": ("residence_permits",), "breakdowns": ("sex=m",)}  # 100, 105, 110, 115: rounded to fives
    said = drawn(store, metadata, "03102", "03101", "03103", "03151", **view).headline
    assert "Salzgitter mit 105 liegt gleichauf mit Braunschweig, Wolfsburg" in said
    assert "von 4 Werten höher: 1, niedriger: 0" in said


@pytest.mark.parametrize(
    ("regions", "changes"),
    [
        (("03101", "03102", "BSR"), {"indicators": ("foreign_population",)}),  # the sum is "at least"
        (
            ("03101", "03103", "BSR"),
            {"indicators": (CONTACTS,), "breakdowns": (BODY,), "end": "2023"},
        ),  # Wolfsburg is secret
    ],
)
def test_beside_a_secret_or_incomplete_figure_there_is_no_position(
    store: Store, metadata: Metadata, regions: tuple[str, ...], changes: dict[str, object]
):
    said = drawn(store, metadata, *regions, **changes).headline
    assert not any(claim in said for claim in ("Stelle", "höchsten von", "niedrigsten von", "gleichauf"))


def test_the_position_is_that_of_the_newest_period_that_all_have(store: Store, metadata: Metadata):
    said = drawn(store, metadata, "03101", "03102", "03153", indicators=("foreign_population",)).headline
    assert "am 31.12.2023" in said  # Goslar's figure of 2024 is not published


def test_the_first_region_is_strong_on_top_of_grey_ones(store: Store, metadata: Metadata):
    found = drawn(store, metadata, "03102", "03101", "03103")
    (_, spec), grey = found.charts[0], PALETTES["light"].grey
    lines = next(
        layer for layer in spec["layer"] if isinstance(layer["mark"], dict) and layer["mark"]["type"] == "line"
    )
    colors = lines["encoding"]["color"]["scale"]["range"]
    assert colors == [grey, grey, PALETTES["light"].hues[1]]
    assert lines["data"]["values"][-1]["w"] > lines["data"]["values"][0]["w"]
    assert found.alts == (f"Liniendiagramm. {found.headline}",)


def test_lines_of_one_period_are_bars(store: Store, metadata: Metadata):
    found = drawn(store, metadata, "03102", "03101", start="2024", end="2024")
    assert found.alts[0].startswith("Balkendiagramm.")
    marks = [layer["mark"]["type"] for layer in found.charts[0][1]["layer"]]
    assert "bar" in marks and "line" not in marks


def test_counts_are_shown_with_the_advice_to_compare_shares(store: Store, metadata: Metadata):
    advice = text("de", "comparison.sizes")
    counts = drawn(store, metadata, "03102", "03101", indicators=("population",))
    assert advice in counts.caveats
    assert advice not in drawn(store, metadata, "03102", "03101").caveats


@pytest.mark.parametrize(
    "changes",
    [
        {"regions": ("03101",)},
        {"indicators": ("residence_permits",), "breakdowns": ("sex=m", "sex=f"), "regions": ("03101", "03102")},
        {"regions": ("03", "03101", "03102")},  # the Land has no share here
    ],
)
def test_what_cannot_be_brought_out_is_shown_as_lines_with_the_reason(
    store: Store, metadata: Metadata, changes: dict[str, object]
):
    view = replace(View((SHARE,), ("03101",), ("",)), **changes)
    plain = made(store, metadata, view, "light")
    found = made(store, metadata, replace(view, chart="highlight"), "light")
    assert found.charts == plain.charts
    assert found.caveats[0] == text("de", "comparison.needs_several")


# --- what an address means ----------------------------------------------------------------------------------------


def test_without_regions_it_is_the_first_district_and_its_nearest(criteria: tuple[Measured, ...], metadata: Metadata):
    found = read_comparison({}, criteria, metadata)
    assert (found.district, found.chosen, found.notes) == ("03101", False, ())
    assert found.view.indicators == (SHARE,)
    assert [p.region for p in found.peers] == [p.region for p in nearest(criteria, "03101", DISTRICTS)]


def test_the_first_region_is_the_district_and_the_others_are_its_peers(
    criteria: tuple[Measured, ...], metadata: Metadata
):
    found = read_comparison({"r": "03158,03101,03102", "i": "population"}, criteria, metadata)
    assert found.view.regions == ("03158", "03101", "03102")
    assert (found.chosen, found.view.indicators, found.notes) == (True, ("population",), ())


@pytest.mark.parametrize(
    ("params", "note"),
    [
        ({"r": "BSR,03101,03"}, "comparison.only_districts"),
        ({"r": ",".join(DISTRICTS), "i": "population"}, None),
        ({"r": "00000,03101"}, "unknown_region"),
        ({"i": "population,foreign_population"}, "comparison.only_first"),
        ({"chart": "bar"}, "comparison.one_form"),
        ({"chart": "highlight"}, None),
        ({"i": "nothing"}, "unknown_indicator"),
    ],
)
def test_what_does_not_fit_falls_back_with_a_note(
    criteria: tuple[Measured, ...], metadata: Metadata, params: dict[str, str], note: str | None
):
    found = read_comparison(params, criteria, metadata)
    assert [n.key for n in found.notes] == ([note] if note else [])
    assert found.view.chart == "highlight" and len(found.view.regions) <= MOST_PEERS + 1
    assert set(found.view.regions) <= set(districts_of(metadata))


def test_more_peers_than_can_be_told_apart_are_cut(criteria: tuple[Measured, ...], metadata: Metadata):
    more = replace(metadata.regions["03101"], id="03999")
    found = read_comparison(
        {"r": ",".join((*DISTRICTS, "03999"))}, criteria, replace(metadata, regions=metadata.regions | {"03999": more})
    )
    assert len(found.view.regions) == MOST_PEERS + 1
    assert [n.key for n in found.notes] == ["comparison.too_many"]


@pytest.mark.parametrize(
    "params",
    [
        {"i": "population", "r": "03102,03101", "as": "index", "from": "2012", "lang": "en"},
        {"i": "residence_permits", "b": "sex=f", "r": "03102,03101,03158", "v": FIRST},
    ],
)
def test_the_link_of_a_comparison_leads_back_to_it(
    criteria: tuple[Measured, ...], metadata: Metadata, params: dict[str, str]
):
    found = read_comparison(params, criteria, metadata)
    again = read_comparison(comparison_params(found.view, metadata), criteria, metadata)
    assert again == found
    assert comparison_params(found.view, metadata) == params
    assert read({**params, "chart": "highlight"}, metadata)[0] == found.view  # files take the same parameters


def test_the_table_holds_every_figure_that_decided(criteria: tuple[Measured, ...], metadata: Metadata):
    compared = read_comparison({"r": "03102"}, criteria, metadata)
    table = peers_table(compared, criteria, metadata)
    assert table.columns[2] == "Bevölkerung (31.12.2024)"
    assert [row[0].text for row in table.rows] == [metadata.regions[r].short.de for r in compared.view.regions]
    assert table.rows[0][2].text == "21.014" and table.rows[0][1].text == "–"
    assert all(len(row) == 2 + len(criteria) for row in table.rows)


# --- the page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_finding_chart_reasons_and_method(metadata: Metadata, lang: str):
    at = run("comparison", r="03102", lang=lang)
    (alt, _spec), *others = charts(at)
    assert not others and "Salzgitter" in alt
    assert at.title[0].value == text(lang, "app.comparison")  # type: ignore[arg-type]
    said = "\n".join(m.value for m in at.markdown)
    assert text(lang, "comparison.no_benchmark") in said  # type: ignore[arg-type]
    missing = text(lang, "comparison.name_jobs")  # type: ignore[arg-type]
    assert text(lang, "comparison.missing", names=missing) in said  # type: ignore[arg-type]
    assert not at.warning


def test_another_district_gets_its_own_peers(metadata: Metadata):
    at = run("comparison", r="03102")
    at.selectbox[0].set_value("03158").run()
    assert not at.exception
    assert at.query_params.get("r") in ("03158", ["03158"])
    assert "03102" not in at.multiselect[0].value[:1] and len(at.multiselect[0].value) == COUNT


def test_chosen_peers_stay_until_the_nearest_are_asked_for(metadata: Metadata):
    at = run("comparison", r="03102")
    at.multiselect[0].set_value(["03158"]).run()
    assert at.query_params.get("r") in ("03102,03158", ["03102,03158"])
    at.selectbox[1].set_value("population").run()
    assert at.query_params.get("r") in ("03102,03158", ["03102,03158"])
    at.button(key="propose").click().run()
    assert not at.exception
    assert at.query_params.get("r") in ("03102", ["03102"])
    assert len(at.multiselect[0].value) == COUNT


@pytest.mark.parametrize(("apart", "warned"), [(-1.0, True), (99.0, False)])
def test_a_district_that_is_like_no_other_is_said_to_be_so_beside_the_choice(
    apart: float, warned: bool, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("dashboard.peers.APART", apart)
    said = " ".join(m.value for m in run("comparison").markdown).replace("\\", "")
    warning = text("de", "comparison.unlike", district=metadata.regions[districts_of(metadata)[0]].short.de)
    assert (warning in said) is warned
