"""The page of measures: its address, its list and timeline, and each measure before and after its beginning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.charts.timeline import timeline
from dashboard.interrupted import TooFewPointsError
from dashboard.measure_cut import Cut, cut_at, shown_regions
from dashboard.measure_effects import assessment, cut_notes, effect, too_few
from dashboard.measure_list import list_headline, list_rows, register_model, span_of, timeline_bars, without_start
from dashboard.measure_page import NOBODY, Chosen, measure_params, read_measures
from dashboard.metadata import Metadata
from dashboard.queries import view_figures
from dashboard.registers import Registers
from dashboard.store import Store, current_store
from dashboard.text import LANGUAGES, text
from tests.dashboard.reading import opened, said
from tests.dashboard.small_store import FIRST
from tests.dashboard.test_pages import charts

PAGE = "measures.py"


@pytest.fixture(autouse=True)
def _small(metadata: Metadata) -> None:
    """Every page of this file reads the small store."""


def chosen(metadata: Metadata, **link: str) -> Chosen:
    found = read_measures({key.rstrip("_"): value for key, value in link.items()}, metadata)
    assert found is not None
    return found


def cut(store: Store, metadata: Metadata, **link: str) -> tuple[Cut, Chosen]:
    found = chosen(metadata, **link)
    assert found.measure.start is not None
    wide = shown_regions(found.view, found.others)
    return cut_at(view_figures(store, metadata, wide), wide, found.measure.start, metadata), found


def whole(**link: str) -> str:
    return "\n".join(said(opened(PAGE, **link))).replace("\\", "")


def test_an_address_without_anything_shows_the_first_measure_that_can_be_looked_at(metadata: Metadata):
    found = chosen(metadata)
    assert (found.measure.id, found.region, found.others) == ("long", "03101", ("03103", "03151", "03154"))
    assert found.view.events == ("start_of_long",) and found.notes == ()
    assert measure_params(found, found.view) == {"m": "long"}


@pytest.mark.parametrize(
    "link",
    [
        {"m": "long", "i": "foreign_population_share", "r": "03102", "with": "03153"},
        {"m": "long", "i": "residence_permits", "b": "sex=m", "with": NOBODY, "v": FIRST, "lang": "en"},
        {"m": "national", "status": "ended", "r": "03103"},
        {"m": "plan", "lang": "en"},
    ],
)
def test_an_address_is_written_as_it_was_read(link: dict[str, str], metadata: Metadata):
    found = chosen(metadata, **link)
    assert found.notes == () and measure_params(found, found.view) == link
    assert read_measures(measure_params(found, found.view), metadata) == found


@pytest.mark.parametrize(
    ("link", "key"),
    [
        ({"m": "nothing"}, "measures_page.note_unknown"),
        ({"m": "long", "i": "population"}, "measures_page.note_series"),
        ({"m": "long", "b": "sex=x"}, "unknown_breakdown"),
        ({"m": "long", "r": "03158"}, "measures_page.note_region"),
        ({"m": "long", "r": "99999"}, "unknown_region"),
        ({"m": "long", "with": "03101"}, "measures_page.note_other"),
        ({"m": "national", "with": "03101"}, "measures_page.note_other"),
        ({"status": "maybe"}, "unknown_value"),
        ({"v": "old"}, "unknown_vintage"),
    ],
)
def test_what_an_address_cannot_give_falls_back_with_a_note(link: dict[str, str], key: str, metadata: Metadata):
    found = chosen(metadata, **link)
    assert [note.key for note in found.notes] == [key]
    for lang in LANGUAGES:
        at = opened(PAGE, lang=lang, **link)
        assert len(at.warning) == 1 and at.title[0].value == text(lang, "app.measures")


def test_a_measure_of_the_whole_region_is_looked_at_as_their_sum_without_others(metadata: Metadata):
    found = chosen(metadata, m="national")
    assert found.region == "BSR" and found.others == () and len(found.offered) == 9


def test_a_series_that_the_store_lacks_is_not_offered(metadata: Metadata):
    assert [one.indicator for one in chosen(metadata).held] == [
        "foreign_population",
        "foreign_population_share",
        "residence_permits",
    ]


def test_the_cut_puts_counts_in_per_cent_of_their_own_mean_before(store: Store, metadata: Metadata):
    found, _ = cut(store, metadata)
    assert (found.before, found.after, found.indexed) == (9, 6, True)
    for values in (found.own, *found.others.values()):
        assert sum(values[:9]) / 9 == pytest.approx(100)
    assert found.own[0] == pytest.approx(100 * 1000 / 1200)  # 1,000 of a mean of 1,200
    assert found.group[-1] == pytest.approx(sum(v[-1] for v in found.others.values()) / 3)


def test_rates_stay_as_they_are(store: Store, metadata: Metadata):
    found, _ = cut(store, metadata, i="foreign_population_share")
    assert not found.indexed and found.own[0] == pytest.approx(5.0)


def test_a_district_without_a_complete_series_is_named_and_left_out(store: Store, metadata: Metadata):
    found, _ = cut(store, metadata, with_="03158,03103")
    assert set(found.others) == {"03103"} and found.incomplete == ("03158",)
    assert "Wolfenbüttel" in cut_notes(found, metadata, "de")[0]


def test_the_year_in_which_a_measure_began_belongs_to_neither_side(store: Store, metadata: Metadata):
    found, _ = cut(store, metadata, m="national")
    assert (found.left_out, found.before, found.after) == ("2020", 10, 4)
    assert "2020" not in [p.period for p in found.points]
    assert "2020" in cut_notes(found, metadata, "en")[0]


def test_a_sum_that_is_incomplete_is_no_figure_to_compare(store: Store, metadata: Metadata):
    district = replace(
        metadata.registers.measures["national"], indicators=metadata.registers.measures["late"].indicators
    )
    other = replace(metadata, registers=Registers(measures={"national": district}))
    found, _ = cut(store, other)
    assert found.points[-1].period == "2023-12-31"  # the sum of 2024 lacks Goslar


def test_figures_beyond_a_break_are_left_out(store: Store, metadata: Metadata):
    measure = metadata.registers.measures["long"]
    moved = replace(measure.indicators[0], indicator="population")
    other = replace(metadata, registers=Registers(measures={"long": replace(measure, indicators=(moved,))}))
    found, _ = cut(store, other)
    assert found.broken == date(2022, 12, 31) and found.points[-1].period == "2021-12-31"
    with pytest.raises(TooFewPointsError):
        assessment(found)
    assert "9 vor und 3 nach" in too_few(found, "de")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_finding_names_step_range_and_the_caution(store: Store, metadata: Metadata, lang: str):
    found, choice = cut(store, metadata, lang=lang)
    jumped = replace(found, own=(*found.own[:9], *(v + 40 + n % 2 for n, v in enumerate(found.own[9:]))))
    told = effect(assessment(jumped), jumped, choice.view, metadata)
    caution = {"de": "Kein Nachweis einer Wirkung", "en": "No proof of an effect"}[lang]
    assert caution in told.headline and "Braunschweig" in told.headline and "%" in told.headline
    assert len(told.sides.expected) == len(told.sides.ranges) == 6
    assert told.sides.own[-1].value == pytest.approx(jumped.own[-1])
    assert any(text(lang, "measures_page.no_placebo_time") == note for note in told.notes)


def test_a_change_that_is_none_says_that_too(store: Store, metadata: Metadata):
    found, choice = cut(store, metadata, with_=NOBODY)
    told = effect(assessment(found), found, choice.view, metadata)
    assert "und keiner, dass es keine gab" in told.headline


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_draws_timeline_series_and_comparison_each_with_its_words(lang: str):
    at = opened(PAGE, lang=lang)
    alts = [alt for alt, _ in charts(at)]
    assert len(alts) == 3 and all(len(alt) > 40 for alt in alts)
    tables = [m.value for m in at.markdown if m.value.startswith("<table")]
    assert len(tables) == 3 and all("aria-label" in table for table in tables)
    assert any(spec["layer"][0]["mark"].get("opacity") == 0.16 for _, spec in charts(at) if "mark" in spec["layer"][0])


def test_too_few_points_show_the_plain_chart_and_say_so():
    at = opened(PAGE, m="late")
    assert len(charts(at)) == 2
    assert text("de", "measures_page.none_after") in [i.value.replace("\\", "") for i in at.info]


def test_a_measure_without_start_or_series_says_so():
    at = opened(PAGE, m="plan")
    assert text("de", "measures_page.no_series") in [i.value for i in at.info] and len(charts(at)) == 1


def test_a_reported_measure_names_who_and_when():
    assert "Gemeldet von: Stelle X, übernommen am 04.05.2026" in whole(m="reported")


def test_the_list_shows_the_measures_of_a_status():
    one = "Eine Maßnahme ist erfasst: Maßnahme national (gesetzliche Pflicht, 01.03.2020 bis 2023)."
    assert one in whole(status="ended") and "5 Maßnahmen sind erfasst" in whole()


def test_every_picture_can_be_shared_with_its_finding(metadata: Metadata):
    at = opened(PAGE, status="running")
    at.session_state["share_box"] = True
    newest = "/measures?m=long&status=running"
    assert at.run().code[0].value.splitlines()[1] == newest
    assert any(m.value.endswith(f"({newest})") for m in at.markdown)
    at.radio(key="share_list_state").set_value("fixed").run()
    assert any(m.value.endswith(f"({newest}&v={metadata.current})") for m in at.markdown)


def test_another_measure_changes_the_address():
    at = opened(PAGE)
    at.selectbox[0].set_value("national").run()
    assert not at.exception and at.query_params["m"] in ("national", ["national"])
    assert at.header[1].value == "Maßnahme national"


def test_other_districts_change_the_address_and_none_at_all_as_well():
    at = opened(PAGE)
    at.multiselect[0].set_value(["03153"]).run()
    assert at.query_params["with"] in ("03153", ["03153"])
    at.multiselect[0].set_value([]).run()
    assert at.query_params["with"] in (NOBODY, [NOBODY]) and not at.exception and not at.multiselect[0].value


def test_the_timeline_has_a_bar_for_every_start_and_names_the_others(metadata: Metadata):
    measures = list(metadata.registers.measures.values())
    bars = timeline_bars(measures, date(2026, 6, 1), "de")
    assert [(b.name, b.first, b.goes_on, b.filled) for b in bars] == [
        ("M long", date(2019, 5, 1), True, False),
        ("M national", date(2020, 3, 1), False, True),
        ("M reported", date(2021, 7, 1), True, False),
        ("M late", date(2025, 1, 1), True, False),
    ]
    assert without_start(measures, "de") == ["Maßnahme plan"]
    spec = timeline(bars, register_model("Quellen: x", "light", "de"))
    drawn, arrows = (layer["data"]["values"] for layer in spec["layer"])
    assert len(drawn) == 4 and len(arrows) == 3 and "Quellen: x" in spec["title"]["text"]["expr"]
    assert len({row["fill"] for row in drawn}) == 2  # filled or outlined: no matter of colour


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_says_all_that_is_known_and_what_is_not(metadata: Metadata, lang: str):
    measures = list(metadata.registers.measures.values())
    rows = {row[0]: row for row in list_rows(measures, metadata, lang)}
    plan, reported = (rows[metadata.registers.measures[m].name.to(lang)] for m in ("plan", "reported"))
    assert plan[4:7] == (text(lang, "measures_page.no_start"), "–", text(lang, "measures_page.no_budget"))
    assert 'href="https://example.org/paper"' in reported[7] and "10" in reported[6]
    assert "5" in list_headline(measures, lang)
    assert span_of(metadata.registers.measures["national"], lang).endswith("2023")


def test_a_start_is_drawn_where_an_address_asks_for_it_and_nowhere_else(store: Store, metadata: Metadata):
    assert all(not event.id.startswith("start_of") for event in metadata.events)
    asked = opened("explore.py", events="start_of_long", r="03101")
    assert not asked.warning and "Maßnahme long" in "\n".join(said(asked))
    assert "Maßnahme long" not in "\n".join(said(opened("explore.py", r="03101", events="all")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_store_without_measures_says_so(lang: str, metadata: Metadata, monkeypatch: pytest.MonkeyPatch):
    assert read_measures({}, replace(metadata, registers=Registers())) is None
    monkeypatch.setattr("dashboard.page.read_metadata", lambda store: replace(metadata, registers=Registers()))
    at = opened(PAGE, lang=lang)
    assert text(lang, "measures_page.none") in at.info[0].value and not charts(at)


def test_every_measure_of_the_catalogue_can_be_opened(extract_data: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(extract_data))
    store = current_store()
    ids = store.query("SELECT id FROM measures")["id"].to_list()
    assert len(ids) > 10
    compared = 0
    for identity in ids:
        at = opened(PAGE, m=identity)
        assert not at.warning
        compared += len(charts(at)) == 3
    assert compared >= 2  # the other ones have too few points, no start or no series


def test_figures_of_one_period_give_nothing_to_cut(store: Store, metadata: Metadata):
    found = chosen(metadata)
    empty = cut_at(
        view_figures(store, metadata, found.view).filter(pl.lit(False)), found.view, date(2019, 5, 1), metadata
    )
    assert empty.points == () and "0 vor" not in too_few(empty, "de")
    with pytest.raises(TooFewPointsError):
        assessment(empty)
