from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.metadata import Metadata
from dashboard.text import LANGUAGES, text
from tests.dashboard.readback import rows_of
from tests.dashboard.small_store import DISTRICTS, FIRST

FOLDER = Path(__file__).resolve().parents[2] / "dashboard"


def run(page: str = "", **link: str) -> AppTest:
    """The whole app with one page open under a link."""
    at = AppTest.from_file(str(FOLDER / "pages" / "main.py"), default_timeout=30)
    for key, value in link.items():
        at.query_params[key.rstrip("_")] = value
    if page:
        at.switch_page(f"{page}.py")
    at.run()
    assert not at.exception, at.exception
    return at


def charts(at: AppTest) -> list[tuple[str, dict[str, object]]]:
    return [(c.proto.alt, json.loads(c.proto.spec)) for c in at.get("vega_lite_chart")]


@pytest.fixture(autouse=True)
def _small(metadata: Metadata) -> None:
    """Every page of this file reads the small store."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_explorer_shows_exactly_the_view_of_its_address(lang: str):
    at = run("explore", r="03101,03102", from_="2012", to="2020", as_="index", lang=lang)
    assert at.selectbox[0].value == "foreign_population"
    assert at.multiselect[0].value == ["03101", "03102"]
    assert at.select_slider[0].value == ("2012", "2020")
    assert "2012" in at.header[0].value and "= 100" in at.header[0].value
    (alt, _spec), *others = charts(at)
    assert not others and "Salzgitter" in alt


def test_a_changed_widget_changes_the_address():
    at = run("explore", r="03101,03102", as_="index")
    at.multiselect[0].set_value(["03103"]).run()
    assert not at.exception
    assert at.query_params.get("r") in ("03103", ["03103"])
    assert at.query_params.get("as") in ("index", ["index"])
    assert "Wolfsburg" in at.header[0].value


def test_a_changed_indicator_keeps_what_fits():
    at = run("explore", r="03101,03102", as_="share")
    at.selectbox[0].set_value("naturalisations").run()
    assert not at.exception
    assert at.query_params.get("i") in ("naturalisations", ["naturalisations"])
    assert "as" not in at.query_params  # naturalisations have no share here
    assert at.multiselect[0].value == ["03101", "03102"]


def test_what_a_changed_indicator_drops_is_said_once():
    at = run("explore", i="population", r="03101,BSR", as_="index")
    at.selectbox[0].set_value("unemployment_rate").run()
    said = at.warning[0].value.replace("\\", "")
    assert text("de", "notes.no_figures_for_region", value="Braunschweig") in said
    assert text("de", "notes.measure_impossible", value=text("de", "measures.index")) in said
    assert not at.run().warning


def test_the_pages_of_the_header_keep_the_regions():
    at = run("explore", i="population", r="03101,03102", v=FIRST, lang="en")
    kept = {tuple(link.proto.query_string.lstrip("?").split("&")) for link in at.get("page_link")[:2]}
    assert kept == {("r=03101%2C03102", f"v={FIRST}", "lang=en")}


def test_the_overview_offers_regions_that_a_tile_has():
    at = run(r="DE91")
    assert at.selectbox[0].value == "BSR"
    assert [o for o in at.selectbox[0].options if "Niedersachsen" in o or "Statistische" in o] == []
    note = text(
        "de", "notes.region_without_tiles", value="Statistische Region Braunschweig", shown="Region Braunschweig"
    )
    assert note in at.warning[0].value.replace("\\", "")
    at.selectbox[0].set_value("03102").run()
    assert not at.exception and not at.warning and at.query_params.get("r") in ("03102", ["03102"])


def test_finding_and_chart_come_before_the_widgets():
    at = run("explore", chart="table")
    kinds = [element.type for element in at.main]
    table = next(n for n, m in enumerate(at.main) if m.type == "markdown" and ">Zeitpunkt</th>" in m.value)
    assert kinds.index("header") < table < kinds.index("selectbox")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_broken_link_shows_a_note_and_the_default(lang: str):
    at = run("explore", i="nothing", r="99999,BSR", from_="x", as_="wrong", chart="map", v="old", lang=lang)
    assert text(lang, "notes.unknown_indicator", value="nothing") in at.warning[0].value.replace("\\", "")
    assert text(lang, "notes.unknown_region", value="99999") in at.warning[0].value.replace("\\", "")
    assert charts(at)


@pytest.mark.parametrize("chart", ["line", "bar", "small-multiples", "table"])
@pytest.mark.parametrize("measure", ["number", "share", "per1000", "index", "change"])
def test_every_form_of_every_measure_is_drawn(chart: str, measure: str):
    at = run("explore", r=",".join(("BSR", *DISTRICTS)), as_=measure, chart=chart)
    assert not at.warning
    assert len(charts(at)) == {"small-multiples": 8 if measure == "share" else 9, "table": 0}.get(chart, 1)
    assert any(">Zeitpunkt</th>" in m.value and "2024" in m.value for m in at.markdown)


def test_the_table_holds_the_figures_in_german_form():
    table = next(m.value for m in run("explore", r="03102,03153").markdown if ">Zeitpunkt</th>" in m.value)
    assert ["31.12.2024", "2.900", "unbekannt oder geheim"] in rows_of(table)


def test_an_earlier_state_says_that_it_is_one():
    assert any("früheren Datenstand" in i.value for i in run("explore", r="03157", v=FIRST).info)
    assert not run("explore", r="03157").info


def test_a_link_for_the_minutes_names_the_state_of_the_data(metadata: Metadata):
    at = run("explore", r="03102")
    at.session_state["share_box"] = True
    assert at.run().code[0].value.splitlines()[1] == "/explore?r=03102"
    at.radio(key="share_state").set_value("fixed").run()
    assert at.code[0].value.splitlines()[1] == f"/explore?r=03102&v={metadata.current}"


def test_without_a_store_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    assert text("de", "app.no_store") in run().info[0].value


def test_each_panel_tells_its_first_and_newest_figure():
    alts = [alt for alt, _ in charts(run("explore", r="03101,03102", chart="small-multiples"))]
    assert alts[1] == "Liniendiagramm: Salzgitter. 31.12.2010 1.500; 31.12.2024 2.900."


@pytest.mark.parametrize(("lang", "theme"), [("de", "Beschäftigung"), ("en", "Employment")])
def test_the_indicators_are_listed_by_theme(lang: str, theme: str):
    offered = run("explore", lang=lang).selectbox[0].options
    (found,) = (n for n, o in enumerate(offered) if o.endswith(f" · {theme}"))
    assert "jobs" in offered[found]
    assert {o.split(" · ")[-1] for o in offered[found + 1 :]} == {"Beratung" if lang == "de" else "Counselling"}
