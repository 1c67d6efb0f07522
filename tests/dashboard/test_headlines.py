from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from dashboard.choices import Chart, Measure
from dashboard.findings import FEWEST
from dashboard.headlines import headline
from dashboard.measures import changes, index_figures
from dashboard.metadata import Label, Lang, Metadata
from dashboard.places import in_place
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.tiles import tile
from dashboard.view import View, read
from tests.dashboard.invented import FIVES, Values, break_at, frame, having, indicator
from tests.dashboard.small_store import foreigners


def said(store: Store, metadata: Metadata, **link: str) -> str:
    view, notes = read({k.rstrip("_"): v for k, v in link.items()}, metadata)
    assert notes == ()
    return headline(view_figures(store, metadata, view), view, metadata)


def test_one_series_tells_its_newest_figure_and_its_change(store: Store, metadata: Metadata):
    first, last = foreigners(1, 2014), foreigners(1, 2024)
    assert (first, last) == (1900, 2900)
    assert said(store, metadata, r="03102", from_="2014") == (
        "Salzgitter: 2.900 Ausländerinnen und Ausländer am 31.12.2024, 1.000 mehr als am 31.12.2014 (+52,6\u00a0%)."
    )
    assert said(store, metadata, r="03102", from_="2014", lang="en") == (
        "Salzgitter: 2,900 foreigners on 31 December 2024, 1,000 more than on 31 December 2014 (+52.6%)."
    )


def test_a_change_inside_the_rounding_is_unchanged(store: Store, metadata: Metadata):
    # the difference of two sums of eight figures rounded to 5 may be off by 32
    told = said(store, metadata, i="residence_permits", r="BSR", b="sex=m")
    assert "1.020" in told and "unverändert (Unterschied innerhalb der Rundung)" in told
    assert "mehr" not in told


@pytest.mark.parametrize(("more", "claimed"), [(5, False), (6, True)])
def test_one_district_may_be_off_by_one_step(store: Store, metadata: Metadata, more: float, claimed: bool):
    view, _ = read({"i": "residence_permits", "r": "03102", "b": "sex=m"}, metadata)
    figures = view_figures(store, metadata, view)
    changed = pl.when(pl.col("period_end").dt.year() == 2024).then(pl.col("value") + more).otherwise("value")
    told = headline(figures.with_columns(changed.alias("value")), view, metadata)
    assert (f"{more} mehr" in told) is claimed


def test_equal_figures_are_plainly_unchanged(store: Store, metadata: Metadata):
    told = said(store, metadata, i="residence_permits", r="03102", b="sex=m")
    assert "unverändert gegenüber dem 31.12.2010" in told and "Rundung" not in told


def test_no_growth_is_claimed_across_a_break(store: Store, metadata: Metadata):
    told = said(store, metadata, i="population", r="03101")
    assert "wegen eines Bruchs in der Reihe (31.12.2022)" in told
    assert "mehr als" not in told and "%" not in told
    assert "mehr als" in said(store, metadata, i="population", r="03101", from_="2022")


def test_no_growth_is_claimed_on_an_incomplete_sum(store: Store, metadata: Metadata):
    told = said(store, metadata, r="BSR")
    assert "mind." in told and "fehlen" in told and "mehr als" not in told


def test_a_rate_changes_in_points_without_a_percentage(store: Store, metadata: Metadata):
    told = said(store, metadata, i="unemployment_rate", from_="2020")
    assert told == (
        "Niedersachsen, Arbeitslosenquote: 6,4\u00a0% im Juni 2024, 0,4 Prozentpunkte mehr als im Juni 2020."
    )


def test_two_series_are_both_told(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03101,03102", from_="2014")
    assert told == (
        "Ausländerinnen und Ausländer am 31.12.2024: Braunschweig 1.700 (+41,7\u00a0%); "
        "Salzgitter 2.900 (+52,6\u00a0%), jeweils gegenüber dem 31.12.2014."
    )


def test_of_many_counts_over_time_most_fewest_and_strongest_growth_are_told(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03101,03102,03103", from_="2014")
    assert told == (
        "Ausländerinnen und Ausländer am 31.12.2024: am meisten in Wolfsburg (4.100), am wenigsten in Braunschweig"
        " (1.700); seit 31.12.2014 am stärksten gewachsen in Wolfsburg (+57,7\u00a0%)."
    )
    assert said(store, metadata, r="03101,03102,03103", from_="2014", lang="en") == (
        "Foreigners on 31 December 2024: most in Wolfsburg (4,100), fewest in Braunschweig (1,700);"
        " since 31 December 2014 the strongest growth in Wolfsburg (+57.7%)."
    )


def test_of_many_shares_the_highest_and_lowest_are_told(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03101,03102,03103", as_="share")
    assert told == (
        "Titel foreign_population_share am 31.12.2024: am höchsten in Wolfsburg (18,6\u00a0%), am niedrigsten in"
        " Braunschweig (8,5\u00a0%)."
    )


def test_bars_tell_of_their_period_and_not_that_the_sum_is_the_largest(store: Store, metadata: Metadata):
    told = said(store, metadata, i="naturalisations", r="BSR,03101,03102,03103", chart="bar")
    assert told == "Einbürgerungen im Jahr 2024: am meisten in Wolfsburg (44), am wenigsten in Braunschweig (24)."


def test_an_index_names_its_base(store: Store, metadata: Metadata):
    assert "(31.12.2014 = 100)" in said(store, metadata, r="03101", from_="2014", as_="index")
    assert "(31.12.2014 = 100)" in said(store, metadata, r="03101,03102", from_="2014", as_="index")


def test_a_default_that_is_only_a_part_is_named(store: Store, metadata: Metadata):
    assert "(männlich)" in said(store, metadata, i="residence_permits", r="03102")


def test_without_figures_the_headline_says_so(store: Store, metadata: Metadata):
    view, _ = read({"r": "03101"}, metadata)
    empty = view_figures(store, metadata, view).clear()
    assert "keine veröffentlichten Zahlen" in headline(empty, view, metadata)


def test_a_tile_compares_with_the_year_before(store: Store, metadata: Metadata):
    view, _ = read({"r": "03102"}, metadata)
    facts = tile(view_figures(store, metadata, view), view, metadata)
    assert facts is not None
    assert (facts.figure, facts.period, facts.change) == ("2.900", "31.12.2024", "+100 (+3,6\u00a0%) zum Vorjahr")


@pytest.mark.parametrize(
    ("indicator", "region", "end", "change"),
    [
        ("population", "03101", "2022", "Bruch"),
        ("foreign_population", "BSR", "2024", "fehlen"),
        ("residence_permits", "BSR", "2024", "unverändert"),
        ("foreign_population", "03158", "2016", "kein Vergleich"),
    ],
)
def test_a_tile_says_why_it_states_no_change(
    store: Store, metadata: Metadata, indicator: str, region: str, end: str, change: str
):
    view, _ = read({"i": indicator, "r": region}, metadata)
    facts = tile(view_figures(store, metadata, replace(view, end=end)), view, metadata)
    assert facts is not None and change in facts.change


def told_of(
    metadata: Metadata,
    series: dict[tuple[str, str], Values],
    shown: Measure = "number",
    *,
    chart: Chart = "line",
    lang: Lang = "de",
    **described: object,
) -> str:
    """The headline of made-up figures by region and breakdown of an indicator described by its changes."""
    breakdowns = tuple(dict.fromkeys(b for _, b in series))
    own = indicator(metadata, "own", breakdowns=breakdowns, **described)
    kind = own.period_kind
    figures = frame({("own", *key): values for key, values in series.items()}, kind)
    if shown == "index":
        figures = index_figures(figures)
    if shown == "change":
        figures = changes(figures, in_units=own.measure == "rate", breaks=[(b.source, b.at) for b in own.breaks])
    regions = tuple(dict.fromkeys(r for r, _ in series))
    view = View(("own",), regions, breakdowns, measure=shown, chart=chart, lang=lang)
    return headline(figures, view, having(metadata, own))


THREE = ("03101", "03102", "03103")


def by_region(first: str, last: str, pairs: list[tuple[float, float]]) -> dict[tuple[str, str], Values]:
    return {(region, ""): {first: a, last: b} for region, (a, b) in zip(THREE, pairs, strict=True)}


def test_extremes_are_those_of_the_newest_period_that_all_series_have(metadata: Metadata):
    figures: dict[tuple[str, str], Values] = {
        ("03101", ""): {"2020": 30, "2021": 99},
        ("03102", ""): {"2020": 40},
        ("03103", ""): {"2020": 20, "2021": 10},
    }
    told = told_of(metadata, figures, period_kind="year", chart="bar")
    assert told == "Titel own im Jahr 2020: am meisten in Salzgitter (40), am wenigsten in Wolfsburg (20)."


def test_without_a_common_period_there_are_no_extremes_and_no_series_is_dropped(metadata: Metadata):
    figures: dict[tuple[str, str], Values] = {
        ("03101", ""): {"2019": 30},
        ("03102", ""): {"2020": 40},
        ("03103", ""): {"2021": 20},
    }
    told = told_of(metadata, figures, period_kind="year")
    assert told == "Titel own: 3 Reihen von 2019 bis 2021, ohne Rangfolge (es gibt keinen gemeinsamen Zeitpunkt)."


@pytest.mark.parametrize("regions", [1, 2])
def test_an_index_across_a_break_says_so(metadata: Metadata, regions: int):
    figures = dict(list(by_region("2010-12-31", "2020-12-31", [(10, 20), (10, 30), (10, 40)]).items())[:regions])
    told = told_of(metadata, figures, "index", breaks=(break_at("2015-12-31"),))
    assert told.count("31.12.2015") == 1 and "nicht vergleichbar" in told


def test_many_indices_across_a_break_have_no_highest(metadata: Metadata):
    figures = by_region("2010-12-31", "2020-12-31", [(10, 20), (10, 30), (10, 40)])
    told = told_of(metadata, figures, "index", breaks=(break_at("2015-12-31"),))
    assert "am stärksten" not in told and "Bruch in der Reihe: 31.12.2015" in told


def test_many_indices_name_their_base_and_many_changes_what_they_are(metadata: Metadata):
    figures = by_region("2019-12-31", "2020-12-31", [(100, 200), (100, 300), (100, 400)])
    assert told_of(metadata, figures, "index") == (
        "Titel own am 31.12.2020: seit 31.12.2019 am stärksten gestiegen in Wolfsburg (Index 400,0), am schwächsten in"
        " Braunschweig (200,0)."
    )
    assert told_of(metadata, figures, "change") == (
        "Titel own, Veränderung gegenüber dem Vorjahr am 31.12.2020: "
        "am höchsten in Wolfsburg (auf das 4,0-Fache), am niedrigsten in Braunschweig (+100\u00a0%)."
    )
    two = {key: values for key, values in figures.items() if key[0] != "03103"}
    assert "Veränderung gegenüber dem Vorjahr" in told_of(metadata, two, "change")


def test_many_series_claim_no_change_inside_rounding(metadata: Metadata):
    figures = by_region("2010-12-31", "2020-12-31", [(345, 260), (340, 290), (170, 175)])
    assert told_of(metadata, figures, "index", rounding=FIVES) == (
        "Titel own am 31.12.2020: seit 31.12.2010 am stärksten gesunken in Braunschweig (Index 75,4), unverändert in"
        " Wolfsburg."
    )
    counted = told_of(metadata, figures, rounding=FIVES)
    assert counted.endswith("; seit 31.12.2010 am stärksten zurückgegangen in Braunschweig (−24,6\u00a0%).")
    alike = by_region("2010-12-31", "2020-12-31", [(200, 205), (100, 105), (100, 100)])
    assert told_of(metadata, alike, rounding=FIVES).endswith("; seit 31.12.2010 bei allen unverändert.")
    assert "seit 31.12.2010 bei allen unverändert" in told_of(metadata, alike, "index", rounding=FIVES)


@pytest.mark.parametrize(
    ("pairs", "german"),
    [
        (
            [(200, 150), (200, 120), (200, 190)],
            "am stärksten gesunken in Salzgitter (Index 60,0), am schwächsten in Wolfsburg (95,0).",
        ),
        (
            [(200, 250), (200, 120), (200, 190)],
            "am stärksten gestiegen in Braunschweig (Index 125,0), am stärksten gesunken in Salzgitter (60,0).",
        ),
    ],
)
def test_a_fall_of_an_index_is_called_a_fall(metadata: Metadata, pairs: list[tuple[float, float]], german: str):
    assert told_of(metadata, by_region("2010-12-31", "2020-12-31", pairs), "index").endswith(german)


def test_growth_and_fall_are_both_told_of_counts(metadata: Metadata):
    told = told_of(metadata, by_region("2010-12-31", "2020-12-31", [(200, 500), (200, 120), (200, 210)]))
    assert told.endswith(
        "; seit 31.12.2010 am stärksten gewachsen in Braunschweig (+150\u00a0%), am stärksten zurückgegangen in"
        " Salzgitter (−40,0\u00a0%)."
    )


def test_a_percentage_of_few_is_replaced_by_both_figures(metadata: Metadata):
    few: dict[tuple[str, str], Values] = {("03101", ""): {"2010-12-31": 15, "2020-12-31": 400}}
    assert told_of(metadata, few, rounding=FIVES).endswith("400 am 31.12.2020, 385 mehr als am 31.12.2010 (damals 15).")
    assert told_of(metadata, few, "index").endswith("bei 2.666,7 (31.12.2010 = 100), das heißt von 15 auf 400.")
    two: dict[tuple[str, str], Values] = {**few, ("03102", ""): {"2010-12-31": 200, "2020-12-31": 1560}}
    assert "Braunschweig 400 (damals 15); Salzgitter 1.560 (auf das 7,8-Fache), jeweils" in told_of(metadata, two)
    assert "Braunschweig 400 (then 15); Salzgitter 1,560 (7.8 times), each" in told_of(metadata, two, lang="en")


@pytest.mark.parametrize(("base", "claimed"), [(FEWEST - 1, False), (FEWEST, True)])
def test_a_percentage_needs_a_base(metadata: Metadata, base: float, claimed: bool):
    told = told_of(metadata, {("03101", ""): {"2010-12-31": base, "2020-12-31": 150}})
    assert ("%" in told) is claimed


@pytest.mark.parametrize(("base", "claimed"), [(345, False), (350, True)])
def test_a_sum_of_rounded_figures_needs_ten_times_its_rounding(metadata: Metadata, base: float, claimed: bool):
    told = told_of(metadata, {("BSR", ""): {"2010-12-31": base, "2020-12-31": 500}}, rounding=FIVES)
    assert ("%" in told) is claimed


@pytest.mark.parametrize("measure", ["number", "index", "change"])
def test_a_change_of_few_is_not_ranked_but_named(metadata: Metadata, measure: Measure):
    pairs: list[tuple[float, float]] = [(15, 400), (200, 250), (200, 220)]
    told = told_of(metadata, by_region("2019-12-31", "2020-12-31", pairs), measure)
    assert told.endswith("; außer Betracht: Braunschweig (von 15 auf 400).")
    assert "%" not in told.split("außer Betracht")[1] and "in Braunschweig (Index" not in told
    modest = by_region("2019-12-31", "2020-12-31", [(15, 17), (200, 250), (200, 220)])
    assert told_of(metadata, modest).endswith("am stärksten gewachsen in Salzgitter (+25,0\u00a0%).")


def test_where_most_counts_are_small_no_growth_is_ranked(metadata: Metadata):
    pairs: list[tuple[float, float]] = [(15, 400), (20, 90), (200, 220)]
    figures = by_region("2019-12-31", "2020-12-31", pairs)
    assert told_of(metadata, figures) == (
        "Titel own am 31.12.2020: am meisten in Braunschweig (400), am wenigsten in Salzgitter (90)."
    )
    assert "zu wenige Reihen lassen sich vergleichen" in told_of(metadata, figures, "index")


QUALIFIED = {
    ("03101", f"qualification={code}"): {"2019-12-31": start, "2020-12-31": end}
    for code, start, end in (("academic", 300, 480), ("vocational", 200, 500), ("unknown", 150, 900))
}


def test_of_parts_the_most_frequent_is_told_and_no_rest_is_a_finding(metadata: Metadata):
    rest = "; außer Betracht: Berufsabschluss unbekannt (900)."
    assert told_of(metadata, QUALIFIED, chart="bar") == (
        "Braunschweig, Titel own am 31.12.2020: am häufigsten mit Berufsabschluss (500), am seltensten akademisch"
        f" (480){rest}"
    )
    assert told_of(metadata, QUALIFIED).endswith(
        f" (480); erstere seit 31.12.2019 am stärksten gewachsen (+150\u00a0%){rest}"
    )
    known = {**QUALIFIED, ("03101", "qualification=unknown"): {"2019-12-31": 300, "2020-12-31": 490}}
    assert "unbekannt" not in told_of(metadata, known)


def test_a_group_beside_its_parts_is_not_the_most_frequent(metadata: Metadata):
    whole = {("03101", ""): {"2019-12-31": 1000, "2020-12-31": 2000}}
    told = told_of(metadata, {**whole, **QUALIFIED}, chart="bar")
    assert "am häufigsten mit Berufsabschluss (500)" in told and "Insgesamt" not in told


def test_areas_and_parts_at_once_are_told_by_the_highest_figure(metadata: Metadata):
    figures: dict[tuple[str, str], Values] = {
        (region, part): {"2020-12-31": n}
        for (region, part), n in zip(((r, s) for r in THREE[:2] for s in ("sex=f", "sex=m")), (9, 5, 7, 6), strict=True)
    }
    told = told_of(metadata, figures, chart="bar")
    assert told == (
        "Titel own am 31.12.2020: höchster Wert Braunschweig, weiblich (9), niedrigster Braunschweig, männlich (5)."
    )


def test_where_all_changes_are_falls_they_are_called_falls(metadata: Metadata):
    figures = by_region("2019-12-31", "2020-12-31", [(200, 190), (200, 150), (200, 180)])
    assert told_of(metadata, figures, "change") == (
        "Titel own, Veränderung gegenüber dem Vorjahr am 31.12.2020: am stärksten gesunken in Salzgitter (−25,0\u00a0%)"
        ", am schwächsten in Braunschweig (−5,0\u00a0%)."
    )


def test_an_area_beside_the_one_that_holds_it_keeps_its_name(metadata: Metadata):
    figures: dict[tuple[str, str], Values] = {
        (region, part): {"2020-12-31": n}
        for (region, part), n in zip(
            ((r, s) for r in ("BSR", "03101") for s in ("sex=f", "sex=m")), (90, 50, 7, 6), strict=True
        )
    }
    assert told_of(metadata, figures, chart="bar") == (
        "Titel own am 31.12.2020: höchster Wert Braunschweig, weiblich (7), niedrigster Braunschweig, männlich (6)."
    )


def test_a_title_stands_small_behind_its_area(metadata: Metadata):
    own = replace(indicator(metadata, "own"), title=Label("Verfügbares Einkommen", "Disposable income"))
    figures = frame({("own", "03101", ""): {"2020-12-31": 9}})
    for lang, start in (("de", "Braunschweig, verfügbares Einkommen: 9"), ("en", "Braunschweig, disposable income: 9")):
        view = View(("own",), ("03101",), ("",), lang=lang)
        assert headline(figures, view, having(metadata, own)).startswith(start)


def test_an_area_whose_name_takes_an_article_has_it(metadata: Metadata):
    assert in_place("BSR", metadata, "de") == "in der Region Braunschweig"
    assert in_place("BSR", metadata, "en") == "in the Braunschweig region"


def test_two_series_are_compared_in_the_newest_period_that_both_have(metadata: Metadata):
    figures: dict[tuple[str, str], Values] = {
        ("03101", ""): {"2019": 200, "2020": 220, "2021": 500},
        ("03102", ""): {"2019": 200, "2020": 260},
    }
    told = told_of(metadata, figures, period_kind="year")
    assert told == (
        "Titel own im Jahr 2020: Braunschweig 220 (+10,0\u00a0%); Salzgitter 260 (+30,0\u00a0%), jeweils"
        " gegenüber 2019."
    )


@pytest.mark.parametrize(("more", "claimed"), [(60, False), (65, True)])
def test_a_figure_added_up_from_many_rounded_cells_is_less_exact(metadata: Metadata, more: float, claimed: bool):
    # 190 cells of base 5: twice the standard deviation of a difference is 2 * sqrt(2 * 190 * 2) = 55.1, so up to 60
    figures = {("03101", ""): {"2019-12-31": 8000, "2020-12-31": 8000 + more}}
    told = told_of(metadata, figures, rounding=replace(FIVES, cells=190))
    assert ("unverändert" not in told) is claimed


@pytest.mark.parametrize("measure", ["index", "change"])
def test_one_index_and_one_change_inside_rounding_are_unchanged(metadata: Metadata, measure: Measure):
    told = told_of(metadata, {("03101", ""): {"2019-12-31": 170, "2020-12-31": 175}}, measure, rounding=FIVES)
    assert "unverändert" in told
    more = told_of(metadata, {("03101", ""): {"2019-12-31": 170, "2020-12-31": 180}}, measure, rounding=FIVES)
    assert "unverändert" not in more


@pytest.mark.parametrize(("more", "claimed"), [(35, False), (40, True)])
def test_two_sums_of_eight_cells_differ_by_up_to_32_and_so_by_seven_steps(
    metadata: Metadata, more: float, claimed: bool
):
    told = told_of(metadata, {("BSR", ""): {"2010-12-31": 1000, "2020-12-31": 1000 + more}}, rounding=FIVES)
    assert (f"{more} mehr" in told) is claimed


@pytest.mark.parametrize(
    ("unit", "decimals", "first", "last", "difference"),
    [("years", 1, 42.0, 42.4, "+0,4\u00a0Jahre"), ("per_1000", 0, 60.0, 55.0, "−5\u00a0je 1.000")],
)
def test_a_rate_changes_in_its_own_unit_and_never_in_percent(
    metadata: Metadata, unit: str, decimals: int, first: float, last: float, difference: str
):
    figures: dict[tuple[str, str], Values] = {("03101", ""): {"2019-12-31": first, "2020-12-31": last}}
    described = {"unit": unit, "decimals": decimals, "measure": "rate"}
    assert difference in told_of(metadata, figures, "change", **described)
    two = {**figures, ("03102", ""): {"2019-12-31": first, "2020-12-31": last}}
    assert f"({difference})" in told_of(metadata, two, **described)
    three = {**two, ("03103", ""): {"2019-12-31": first, "2020-12-31": last + 1}}
    texts = [told_of(metadata, f, m, **described) for f in (figures, two, three) for m in ("number", "change")]  # type: ignore[arg-type]
    assert not any("%" in told for told in texts)


def test_a_rate_per_thousand_has_no_percentage(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03102", from_="2014", to="2020", as_="per1000")
    assert "mehr als am 31.12.2014" in told and "%" not in told


FLOWS: dict[tuple[str, str], Values] = {
    ("03101", "direction=in"): {"2020": 300},
    ("03101", "direction=out"): {"2020": 100},
    ("03101", "direction=net"): {"2020": 200},
}


def test_arrivals_and_departures_are_told_by_their_difference_and_not_ranked(metadata: Metadata):
    told = told_of(metadata, FLOWS, period_kind="year")
    assert told == "Braunschweig, Titel own: 200 mehr Zuzüge als Fortzüge im Jahr 2020 (300 gegenüber 100)."
    english = told_of(metadata, dict(list(FLOWS.items())[:2]), period_kind="year", lang="en")
    assert english == "Braunschweig, titel own: 200 more Zuzüge than Fortzüge in 2020 (300 against 100)."
    more = {**FLOWS, ("03102", "direction=in"): {"2020": 9.0}, ("03102", "direction=out"): {"2020": 5.0}}
    assert "5 Reihen" in told_of(metadata, more, period_kind="year")
    assert not [word for word in (" am ", "mehr") if word in told_of(metadata, more, period_kind="year")]
    fewer = {
        ("03101", "direction=in"): {"2019": 200, "2020": 100},
        ("03101", "direction=out"): {"2019": 200, "2020": 300},
    }
    assert told_of(metadata, fewer, period_kind="year") == (
        "Braunschweig, Titel own: 200 weniger Zuzüge als Fortzüge im Jahr 2020 (100 gegenüber 300);"
        " gegenüber 2019 Zuzüge −50,0\u00a0%, Fortzüge +50,0\u00a0%."
    )
    broken = told_of(metadata, fewer, period_kind="year", breaks=(break_at("2020-01-01"),))
    assert broken.endswith("(100 gegenüber 300); Zahlen vor und ab 2020 sind nicht vergleichbar.")


def test_a_difference_of_flows_inside_rounding_is_not_told(metadata: Metadata):
    close: dict[tuple[str, str], Values] = {
        ("03101", "direction=in"): {"2020": 105},
        ("03101", "direction=out"): {"2020": 100},
    }
    told = told_of(metadata, close, period_kind="year", rounding=FIVES)
    assert told == "Braunschweig, Titel own im Jahr 2020: Zuzüge 105; Fortzüge 100."


def test_a_balance_always_carries_its_sign(metadata: Metadata):
    balances: dict[tuple[str, str], Values] = {
        (r, "direction=net"): {"2020": n} for r, n in zip(THREE, (9, -2, 4), strict=True)
    }
    told = told_of(metadata, balances, period_kind="year")
    assert "(+9)" in told and "(−2)" in told
    assert "+9 im Jahr 2020" in told_of(metadata, dict(list(balances.items())[:1]), period_kind="year")


def test_what_all_figures_are_limited_to_is_never_called_the_total(metadata: Metadata):
    figures: dict[tuple[str, str], Values] = {
        ("03101", "nationality=foreign"): {"2020-12-31": 9},
        ("03101", "nationality=foreign;sex=f"): {"2020-12-31": 4},
    }
    told = told_of(metadata, figures)
    assert "Ausländerinnen und Ausländer 9; weiblich 4" in told and "Insgesamt" not in told


def test_the_break_of_the_denominator_counts_for_a_rate(store: Store, metadata: Metadata):
    told = said(store, metadata, r="03101", as_="per1000")
    assert "wegen eines Bruchs in der Reihe (31.12.2022)" in told and "mehr als" not in told


def test_a_share_names_its_whole_in_german(store: Store, metadata: Metadata):
    told = said(store, metadata, i="residence_permits", r="03102", as_="share")
    assert "Titel residence_permits, Anteil an der ausländischen Bevölkerung" in told


def test_a_break_of_years_is_named_by_its_year_and_once_for_all(metadata: Metadata):
    figures: dict[tuple[str, str], Values] = {(r, ""): {"2010": 5.0, "2020": 6.0} for r in THREE[:2]}
    told = told_of(metadata, figures, period_kind="annual_average", breaks=(break_at("2015-12-31"),))
    assert told.count("2015") == 1 and "31.12." not in told


def test_a_share_of_the_own_total_names_the_part_and_the_whole(store: Store, metadata: Metadata):
    assert said(store, metadata, i="jobs", r="03101", as_="share") == (
        "Braunschweig, Ausländer, Anteil an „Titel jobs“: 10,0\u00a0% am 30.06.2024."
    )


def test_the_newest_figure_is_the_newest_published(store: Store, metadata: Metadata):
    told = said(store, metadata, i="jobs", r="03101", b="total")
    assert told == "Braunschweig, Titel jobs: 2.400 am 30.06.2024."


@pytest.mark.parametrize(
    ("first", "last", "kind", "german", "english"),
    [
        (
            "2022-WS",
            "2023-WS",
            "semester",
            "im Wintersemester 2023/24, 2 weniger als im Wintersemester 2022/23",
            "in the winter semester 2023/24, 2 fewer than in the winter semester 2022/23",
        ),
        (
            "2023-Q2",
            "2024-Q2",
            "quarter",
            "im 2. Quartal 2024, 2 weniger als im 2. Quartal 2023",
            "in Q2 2024, 2 fewer",
        ),
        (
            "2024",
            "2025",
            "annual_average",
            "im Jahresdurchschnitt 2025, 2 weniger",
            "in 2025 (annual average), 2 fewer",
        ),
    ],
)
def test_every_kind_of_period_stands_in_a_sentence(
    metadata: Metadata, first: str, last: str, kind: str, german: str, english: str
):
    figures: dict[tuple[str, str], Values] = {("03101", ""): {first: 8.0, last: 6.0}}
    assert german in told_of(metadata, figures, period_kind=kind)
    assert english in told_of(metadata, figures, lang="en", period_kind=kind)
    two = {**figures, ("03102", ""): {first: 8.0, last: 6.0}}
    assert ("gegenüber dem" in told_of(metadata, two, period_kind=kind)) is (kind != "annual_average")


def test_months_are_compared_with_the_same_month(metadata: Metadata):
    january_to_june = {f"2024-{m:02}": 10.0 * m for m in range(1, 7)} | {"2025-05": 70.0, "2025-06": 80.0}
    told = told_of(metadata, {("03101", ""): january_to_june}, period_kind="month")
    assert "80 im Juni 2025, 20 mehr als im Juni 2024" in told
    alone = told_of(metadata, {("03101", ""): {"2025-05": 70, "2025-06": 80}}, period_kind="month")
    assert alone.endswith("80 im Juni 2025.")


def test_nobody_counted_is_not_unpublished(metadata: Metadata):
    own = indicator(metadata, "own", breakdowns=("", "sex=f"))
    figures = frame({("own", "03101", "sex=f"): {"2024-12-31": None}})
    view = View(("own",), ("03101",), ("sex=f",))
    none = headline(figures.with_columns(status=pl.lit("nil")), view, having(metadata, own))
    assert none == "Braunschweig: Für „Titel own (weiblich)“ weist die Statistik in diesem Zeitraum keinen Fall aus."
    assert "keine veröffentlichten Zahlen" in headline(figures, view, having(metadata, own))


def test_a_noun_keeps_what_all_figures_are_limited_to(metadata: Metadata):
    foreign = ("nationality=foreign", "nationality=foreign;sex=f")
    employees = indicator(metadata, "employees", breakdowns=foreign)
    for breakdown, part in zip(foreign, ("", ", weiblich"), strict=True):
        figures = frame({("employees", "03101", breakdown): {"2024-06-30": 9}})
        told = headline(figures, View(("employees",), ("03101",), (breakdown,)), having(metadata, employees))
        assert told == (
            "Braunschweig: 9 sozialversicherungspflichtig Beschäftigte am Arbeitsort "
            f"(Ausländerinnen und Ausländer{part}) am 30.06.2024."
        )
