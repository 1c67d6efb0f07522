"""Overview and theme pages: what they show is in the catalogue, and what they tell is worked out from the figures."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cards import card_html
from dashboard.charting import tile_drawing
from dashboard.frame import MENU, page_name, printed_line
from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.page import CHART, PATHS
from dashboard.queries import view_figures
from dashboard.store import Store, current_store
from dashboard.stories import LAND, Story, Theme, places_offered, story_view, theme_of, themes, tile_view, told_place
from dashboard.story_facts import paragraph
from dashboard.story_pages import WIDE, rows_of
from dashboard.text import LANGUAGES, text, texts
from dashboard.tiles import tile
from dashboard.view import View
from tests.dashboard.small_store import BODY, SECOND
from tests.dashboard.test_pages import run

PROJECT = Path(__file__).resolve().parents[2]
CATALOGUE = PROJECT / "data" / "catalogue" / "indicators"
EXTRACT = PROJECT / "data" / "extract" / "observations.parquet"
ALL = [(name, choice) for name, theme in themes().items() for choice in (*theme.tiles, *theme.stories)]
BASE = View(("foreign_population",), ("BSR",), ("",))


def story(indicator: str, *says: str, breakdown: str = "", **changes: object) -> Story:
    made = theme_of(
        {"tiles": [], "stories": [{"id": "x", "indicator": indicator, "breakdowns": [breakdown], "says": says}]}
    )
    return replace(made.stories[0], **changes)


def told(wanted: Story, place: str, store: Store, metadata: Metadata, lang: str = "de") -> str:
    base = replace(BASE, lang="en" if lang == "en" else "de")
    return " ".join(paragraph(wanted, place, store, metadata, base)).replace("\u00a0", " ")


@pytest.mark.parametrize(("name", "choice"), ALL, ids=[f"{name}-{choice.id}" for name, choice in ALL])
def test_every_tile_and_story_is_of_an_indicator_of_the_catalogue(name: str, choice: Story):
    assert (CATALOGUE / f"{choice.indicator}.yaml").exists()
    held = pl.scan_parquet(EXTRACT).filter(pl.col("indicator") == choice.indicator).select("breakdown").unique()
    breakdowns = set(held.collect()["breakdown"])
    wanted = {*choice.breakdowns, choice.main} if isinstance(choice, Story) else {choice.breakdown}
    assert not breakdowns or wanted <= breakdowns


def test_each_page_tells_four_to_six_stories_of_the_figures_that_come_along():
    held = set(pl.scan_parquet(EXTRACT).select("indicator").unique().collect()["indicator"])
    for name, theme in themes().items():
        shown = [s for s in theme.stories if s.indicator in held]
        assert len(shown) == 2 if name == "overview" else 4 <= len(shown) <= 6
        assert 4 <= len([t for t in theme.tiles if t.indicator in held]) <= 8


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_tile_and_story_has_its_words_and_none_is_left_over(lang: str):
    known = texts(lang)
    tiles = {t.id for theme in themes().values() for t in theme.tiles}
    stories = {s.id for theme in themes().values() for s in theme.stories}
    assert {key.removeprefix("tiles.") for key in known if key.startswith("tiles.")} == tiles
    assert all(f"stories.{identity}" in known for identity in stories)
    code = "\n".join(path.read_text(encoding="utf-8") for path in (PROJECT / "dashboard").rglob("*.py"))
    own = [key for key in known if key.startswith("stories.") and key.removeprefix("stories.") not in stories]
    composed = re.compile(r"stories\.\w+_(short|lead)$")
    assert [key for key in own if f'"{key}"' not in code and f"'{key}'" not in code and not composed.match(key)] == []


@pytest.mark.parametrize(
    "wrong", [{"chart": "pie"}, {"places": "town"}, {"says": ["why"]}, {"measure": "sum"}, {"colour": "red"}]
)
def test_a_wrong_entry_is_refused_by_its_name(wrong: dict[str, object]):
    entry = {"id": "mine", "indicator": "population"} | wrong
    with pytest.raises(ValueError, match="mine"):
        theme_of({"tiles": [], "stories": [entry]})


def test_a_paragraph_compares_with_one_and_with_ten_years_before(store: Store, metadata: Metadata):
    said = told(story("naturalisations", "changes"), "03102", store, metadata)
    # the headline has the 34 of this year already
    assert said == "Im Jahr 2024 waren es 1 mehr als im Jahr 2023 (damals 33) und 10 mehr als im Jahr 2014 (damals 24)."
    english = told(story("naturalisations", "changes"), "03102", store, metadata, "en")
    assert english == "In 2024 it came to 1 more than in 2023 (then 33) and 10 more than in 2014 (then 24)."
    region = told(story("naturalisations", "changes"), "BSR", store, metadata)
    assert region == "Im Jahr 2024 waren es 8 mehr als im Jahr 2023 (+1,7 %) und 80 mehr als im Jahr 2014 (+20,4 %)."


def test_a_paragraph_names_the_figure_that_the_headline_lacks(store: Store, metadata: Metadata):
    districts = story("naturalisations", "changes", places="districts")
    said = told(districts, "BSR", store, metadata)
    assert said.startswith(
        "Im Jahr 2024 waren es in der Region Braunschweig 472 Einbürgerungen, 8 mehr als im Jahr 2023"
    )
    sexes = replace(story("residence_permits", "changes", breakdown="sex=m"), breakdowns=("sex=m", "sex=f"))
    small = told(sexes, "03101", store, metadata)
    assert small == "Gegenüber dem 31.12.2023 und gegenüber dem 31.12.2014 ist der Wert unverändert."


def test_a_paragraph_of_a_part_says_of_which(store: Store, metadata: Metadata):
    parts = replace(
        story("counselling_contacts", "changes", breakdown=f"kind=intensive;{BODY}"),
        breakdowns=(f"kind=intensive;{BODY}", f"kind=first_contact;{BODY}"),
    )
    assert told(parts, "03101", store, metadata) == (
        "Bei „Intensivberatung“ waren es 30 mehr als im Jahr 2023 (damals 60)."
    )


def test_a_paragraph_claims_no_change_inside_rounding(store: Store, metadata: Metadata):
    said = told(story("residence_permits", "changes", breakdown="sex=m"), "03101", store, metadata)
    assert said == "Gegenüber dem 31.12.2023 und gegenüber dem 31.12.2014 ist der Wert unverändert."


def test_a_paragraph_does_not_compare_an_incomplete_sum(store: Store, metadata: Metadata):
    said = told(story("foreign_population", "changes", "land"), "BSR", store, metadata)
    assert said == (
        "Gegenüber dem 31.12.2023 und gegenüber dem 31.12.2014 ist kein Vergleich möglich,"
        " weil Angaben einzelner Kreise fehlen."
    )


def test_a_paragraph_does_not_compare_across_a_break(store: Store, metadata: Metadata):
    said = told(story("population", "changes"), "BSR", store, metadata)
    assert said == (
        "Am 31.12.2024 waren es 8 mehr als am 31.12.2023. Gegenüber dem 31.12.2014 ist kein Vergleich möglich,"
        " weil die Zahlen ab 31.12.2022 auf einer neuen Grundlage stehen."
    )


def test_a_paragraph_shows_a_rate_beside_that_of_others_only_where_there_is_one(store: Store, metadata: Metadata):
    said = told(story("foreign_population", "share", "land"), "03102", store, metadata)
    assert said == "Titel foreign_population_share: Am 31.12.2024 waren es in Salzgitter 13,8 %."
    assert "Niedersachsen" not in said


def test_a_paragraph_names_the_highest_and_the_lowest_district(store: Store, metadata: Metadata):
    said = told(story("naturalisations", "districts"), "BSR", store, metadata)
    assert said == (
        "Einbürgerungen: Im Jahr 2024 hatte Wolfenbüttel den höchsten Wert (94), Braunschweig den niedrigsten (24)."
    )


def test_a_paragraph_with_the_headlines_districts_does_not_repeat_them(store: Store, metadata: Metadata):
    assert told(story("naturalisations", "districts", places="districts", chart="bar"), "BSR", store, metadata) == ""


def test_a_paragraph_of_nothing_but_secrets_is_empty(store: Store, metadata: Metadata):
    secret = story("counselling_contacts", "changes", "share", breakdown="kind=company;provider=welcome_center")
    assert told(secret, "03101", store, metadata) == ""


def test_a_story_of_one_place_only_is_told_of_it(metadata: Metadata):
    assert told_place(story("jobs", breakdown="nationality=foreign"), "03102", metadata) == "03101"


def test_a_story_without_figures_of_a_place_shows_niedersachsen(store: Store, metadata: Metadata):
    wanted = story("unemployment_rate", "changes", "land")
    assert told_place(wanted, "03101", metadata) == LAND
    assert story_view(wanted, "03101", metadata, BASE).regions == (LAND,)
    said = told(wanted, "03101", store, metadata)
    assert said == (
        "Im Juni 2024 waren es 0,1 Prozentpunkte mehr als im Juni 2023 und 1,0 Prozentpunkte mehr als im Juni 2014."
    )


def test_stories_stand_in_pairs_and_panels_alone():
    line, panels = story("population"), story("population", chart=WIDE)
    assert [len(row) for row in rows_of([line, line, line, panels, line])] == [2, 1, 1, 1]
    assert [s for row in rows_of([line, panels, line]) for s in row] == [line, panels, line]


def test_a_tile_says_where_its_change_goes(store: Store, metadata: Metadata):
    def direction(indicator: str, region: str, breakdown: str = "") -> str:
        view = View((indicator,), (region,), (breakdown,))
        found = tile(view_figures(store, metadata, view), view, metadata)
        assert found is not None
        return found.direction

    assert direction("naturalisations", "BSR") == "up"
    assert direction("residence_permits", "BSR", "sex=m") == "same"  # inside rounding
    assert direction("foreign_population", "BSR") == "none"  # incomplete


def test_a_tile_of_one_period_says_so_and_has_no_course(store: Store, metadata: Metadata):
    view = View(("population",), ("BSR",), ("",), start="2024")
    found = tile(view_figures(store, metadata, view), view, metadata)
    assert found is not None and found.points == 1 and found.change == text("de", "overview.one_period")
    drawn = tile_drawing(store, metadata, store.path.name, view, "light")
    assert drawn is not None and drawn.spark == "" and "<svg" not in card_html(drawn, "de")


def test_a_tile_shows_figure_change_course_period_and_source_and_no_markup_of_others(store: Store, metadata: Metadata):
    view = View(("naturalisations",), ("BSR",), ("",))
    drawn = tile_drawing(store, metadata, store.path.name, view, "light")
    assert drawn is not None
    html = card_html(drawn, "de", before="Ort · ")
    assert f'<div class="tile_up">Ort · {drawn.facts.change}</div><svg role="img" aria-label="Verlauf ' in html
    shown = [html.index(part) for part in (drawn.facts.figure, drawn.facts.change, "<svg", drawn.source)]
    assert shown == sorted(shown) and f"{drawn.facts.period} · Quelle: {drawn.source}" in html
    assert "\n" not in html  # Markdown would read on after an empty line
    hostile = replace(drawn, source="<script>", facts=replace(drawn.facts, figure="<b>", change="<i>", period="<u>"))
    assert not {"<script>", "<b>", "<i>", "<u>", "<em>"} & set(re.findall("<[a-z]+>", card_html(hostile, "de", "<em>")))


def test_a_tile_that_a_region_lacks_has_no_view(metadata: Metadata):
    (chosen,) = theme_of({"tiles": [{"id": "x", "indicator": "unemployment_rate"}], "stories": []}).tiles
    assert tile_view(chosen, "03101", metadata, BASE) is None and tile_view(chosen, LAND, metadata, BASE) is not None


def test_the_menu_holds_every_page_but_the_one_for_embedding():
    assert {*MENU} == {*PATHS} - {CHART}


def test_paper_names_region_range_measure_state_and_address(metadata: Metadata):
    view = View(("population",), ("03101", "BSR"), ("",), start="2012", measure="index", vintage=SECOND)
    said = printed_line(page_name("explore.py", "de"), view, metadata, "https://m.example", {"r": "03101,BSR"})
    parts = (
        "Zeitreihen",
        "Gebiet: Braunschweig, Region Braunschweig",
        "Zeitraum: 2012 bis",
        "Index",
        "Datenstand 01.06.",
    )
    assert all(part in said for part in parts)
    assert said.endswith("https://m.example/explore?r=03101,BSR")


@pytest.mark.usefixtures("metadata")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_overview_speaks_the_language_of_its_address(lang: str):
    at = run(lang=lang)
    said = "\n".join(m.value for m in at.markdown)
    assert text(lang, "overview.lead") in said
    assert text(lang, "tiles.naturalisations") in [link.proto.label for link in at.get("page_link")]
    assert [t.value for t in at.title] == [text(lang, "app.overview")]
    assert all(c.proto.alt for c in at.get("vega_lite_chart"))


@pytest.mark.usefixtures("metadata")
def test_the_pages_show_the_place_of_their_address_and_change_it():
    at = run(r="03102,BSR", lang="en")
    assert at.selectbox[0].value == "03102" and any("2,900" in m.value for m in at.markdown)
    at.selectbox[0].set_value("03103").run()
    assert not at.exception and at.query_params["r"] in ("03103", ["03103"])
    assert at.query_params["lang"] in ("en", ["en"])
    at.selectbox[0].set_value("BSR").run()
    assert "r" not in at.query_params


@pytest.mark.usefixtures("metadata")
@pytest.mark.parametrize("name", themes())
def test_a_page_of_a_theme_without_figures_says_so(name: str):
    at = run(name, r="03101")
    without = name in ("employment", "qualification")
    assert [i.value for i in at.info] == ([text("de", "stories.none")] if without else [])
    assert [h.value for h in at.header] == [] or not without


@pytest.fixture(scope="module")
def extract(extract_data: Path) -> Metadata:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("ETL_DATA_DIR", str(extract_data))
        return read_metadata(current_store())


@pytest.mark.parametrize("place", ["BSR", "03102", "03"])
@pytest.mark.parametrize("name", themes())
def test_every_page_tells_of_every_place_with_the_figures_that_come_along(
    name: str, place: str, extract: Metadata, extract_data: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("ETL_DATA_DIR", str(extract_data))
    theme: Theme = themes()[name]
    assert place in places_offered(name, extract)
    at: AppTest = run(name, **({} if place == "BSR" else {"r": place}))
    assert not at.warning and len(at.title) == 1
    shown = [s for s in theme.stories if s.indicator in extract.indicators]
    assert [h.value for h in at.header][: len(shown)] == [text("de", f"stories.{s.id}") for s in shown]
    assert len(at.subheader) == len(shown)
    nothing = text("de", "headlines.nothing", place="", title="").split("„")[0].strip(": ")
    assert not [s.value for s in at.subheader if nothing in s.value]
    assert all(c.proto.alt for c in at.get("vega_lite_chart"))
