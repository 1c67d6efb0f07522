from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.choices import SERIES_CHARTS
from dashboard.counselling import (
    LENGTHS,
    MONTHS,
    OFFICES,
    QUARTERS,
    WHOLE,
    YEARS,
    Scopes,
    bodies_of,
    choose,
    lengths_of,
    page_params,
    read_page,
    scopes_of,
    split_of,
    splits_of,
    with_length,
)
from dashboard.counselling_controls import LENGTH_NAMES, SPLIT_NAMES
from dashboard.counselling_topics import State, cell_text, comparison, comparison_headline, topic_findings, topics_view
from dashboard.metadata import Metadata
from dashboard.metadata_reading import read_metadata
from dashboard.queries import Selection, observations, view_figures
from dashboard.store import Store, current_store
from dashboard.text import LANGUAGES, text
from dashboard.view import PARAMETERS, View, address
from tests.dashboard import counselled_store as made
from tests.dashboard.readback import rows_of
from tests.dashboard.test_pages import FOLDER

SIXTY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
STORES = {
    "demo": {made.DEMO: made.INVENTED},
    "real": {made.WELCOME: made.REAL},
    "two": {made.WELCOME: made.REAL, made.SECOND_BODY: made.REAL},
    "none": {},
}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: made.build(tmp_path_factory.mktemp(name), bodies) for name, bodies in STORES.items()}


@pytest.fixture()
def use(folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch):
    """Makes one of the stores the current one and returns it."""

    def chosen(name: str) -> Store:
        monkeypatch.setenv("ETL_DATA_DIR", str(folders[name]))
        return current_store()

    return chosen


@lru_cache(maxsize=8)
def held(store: Store, vintage: str | None = None) -> tuple[Metadata, Scopes]:
    metadata = read_metadata(store)
    return metadata, scopes_of(observations(store, Selection(LENGTHS, vintage=vintage)), metadata)


def run(**link: str) -> AppTest:
    at = AppTest.from_file(str(FOLDER / "pages" / "main.py"), default_timeout=30)
    for key, value in link.items():
        at.query_params[key.rstrip("_")] = value
    at.switch_page("counselling.py")
    at.run()
    assert not at.exception, at.exception
    return at


def charts(at: AppTest) -> list[tuple[str, str]]:
    return [(c.proto.alt, c.proto.spec) for c in at.get("vega_lite_chart")]


def tiles(at: AppTest) -> list[str]:
    """The tiles of the official series that are drawn, as HTML."""
    return [m.value for m in at.markdown if '<svg role="img"' in m.value]


def said(at: AppTest) -> str:
    """All words of the page, as a reader sees them."""
    elements = (*at.markdown, *at.title, *at.header, *at.subheader, *at.warning, *at.info)
    return "\n".join(e.value for e in elements).replace("\\", "")


def table(at: AppTest, heading: str = "Zeitpunkt") -> list[list[str]]:
    return rows_of(next(m.value for m in at.markdown if f">{heading}</th>" in m.value))


def split_link(split: str, scopes: Scopes, metadata: Metadata, **more: str) -> dict[str, str]:
    body = bodies_of(scopes)[0]
    view = choose(read_page({}, metadata, scopes)[0], scopes, body=body, split=split)
    return page_params(view, metadata, scopes) | more


def test_an_invented_body_asks_for_no_other(use):
    use("demo")
    at = run()
    assert text("de", "counselling_page.one_body") not in said(at)
    assert text("de", "counselling_page.one_invented_body") in said(at)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("split", [*made.SPLITS, OFFICES, WHOLE])
def test_every_split_is_drawn_in_both_languages(use, lang: str, split: str):
    metadata, scopes = held(use("demo"))
    at = run(**split_link(split, scopes, metadata, lang=lang))
    assert not at.error and len(charts(at)) == 2 and len(tiles(at)) == len(made.OFFICIAL)
    assert all(alt for alt, _ in charts(at))
    assert not re.search(r"\b(counselling_page|explore|notes|secrets|invented|overview)\.[a-z]", said(at))
    assert at.button_group[0].value == split
    assert [w.value for w in at.warning if text(lang, "counselling_page.invented_help") in w.value] != []


@pytest.mark.parametrize("chart", SERIES_CHARTS)
@pytest.mark.parametrize("measure", ["number", "share"])
def test_every_form_of_numbers_and_shares_is_drawn(use, chart: str, measure: str):
    use("real")
    at = run(as_=measure, chart=chart)
    assert not at.error and not at.warning
    panels = {"small-multiples": 5, "table": 0}.get(chart, 1)
    assert len(charts(at)) == panels + 1 and len(tiles(at)) == len(made.OFFICIAL)


def test_invented_figures_are_announced_and_real_ones_are_not(use):
    use("demo")
    at = run()
    assert text("de", "counselling_page.invented") in said(at)
    assert len(charts(at)) == 2 and all("ERFUNDENE ZAHLEN" in spec for _, spec in charts(at))
    assert tiles(at) and not any("ERFUNDENE ZAHLEN" in html for html in tiles(at))  # the official series
    assert at.header[0].value.startswith("Erfundene Zahlen")
    assert all("Erfundene Zahlen: " in alt for alt, _ in charts(at))
    use("real")
    at = run()
    assert not at.warning and "rfunden" not in said(at) and all("ERFUNDEN" not in spec for _, spec in charts(at))


def test_a_secret_figure_is_called_so_and_is_never_a_zero(use):
    use("real")
    head, newest, *_ = table(run(r="03103"))
    cells = dict(zip(head, newest, strict=True))
    assert cells["Unternehmenskontakt"] == "geheim" and "geheim" not in cells["Erstkontakt"]
    specs = " ".join(spec for _, spec in charts(run(r="03103", chart="bar")))
    assert "geheim" in specs and '"figure": "0"' not in specs
    rows = {row[0]: row[1:] for row in table(run(), "Thema")}
    assert rows["Familie"][1] == "geheim" and rows["Gründung"] == ["0", "0"]


def test_the_offices_stand_side_by_side(use):
    use("real")
    at = run(r="03101,03103", b=f"provider={made.WELCOME}")
    assert at.button_group[0].value == OFFICES
    head, newest, *_ = table(at)
    assert head[1:] == ["Braunschweig", "Wolfsburg"]
    assert newest[1:] == [str(made.count(made.WELCOME, r, "", 9, "2025")) for r in made.OFFICES]
    assert at.multiselect == [] and all(
        group.label != text("de", "counselling_page.region") for group in at.button_group
    )


def test_months_are_offered_by_kind_only(use):
    _, scopes = held(use("real"))
    body = made.WELCOME
    assert lengths_of(scopes, body, "kind") == (YEARS, QUARTERS, MONTHS)
    assert lengths_of(scopes, body, OFFICES) == lengths_of(scopes, body, WHOLE) == (YEARS, QUARTERS, MONTHS)
    assert all(lengths_of(scopes, body, split) == (YEARS, QUARTERS) for split in made.SPLITS[1:])


def test_a_split_that_months_lack_shows_quarters_and_says_so(use):
    use("real")
    at = run(i=MONTHS)
    at.button_group[0].set_value("origin").run()
    assert not at.exception and at.query_params["i"] in (QUARTERS, [QUARTERS])
    assert text("de", "counselling_page.note_length", value="Quartal") in at.warning[0].value.replace("\\", "")
    assert not at.run().warning


def test_a_longer_list_can_be_cut_and_an_empty_one_is_the_whole(use):
    metadata, scopes = held(use("real"))
    link = split_link("origin", scopes, metadata)
    at = run(**link)
    at.multiselect[0].set_value(at.multiselect[0].options and list(at.multiselect[0].value[:2])).run()
    assert not at.exception and len(table(at)[0]) == 3
    at.multiselect[0].set_value([]).run()
    assert not at.exception and len(table(at)[0]) == 11


def test_the_length_of_period_keeps_what_is_chosen(use):
    metadata, scopes = held(use("real"))
    view, _ = read_page(
        {"r": "03103", "from": "2024", "b": f"kind=intensive;provider={made.WELCOME}"}, metadata, scopes
    )
    longer = with_length(view, QUARTERS, scopes)
    assert (longer.indicators, longer.regions, longer.breakdowns) == ((QUARTERS,), ("03103",), view.breakdowns)
    assert longer.start is None


def test_the_body_can_be_chosen_and_its_name_stands_in_the_title_once(use):
    use("two")
    at = run()
    at.selectbox[0].set_value(made.SECOND_BODY).run()
    assert not at.exception
    assert "(Zweite Stelle)" in at.header[0].value.replace("\\", "")
    assert all("Stelle" not in cell for cell in table(at)[0])  # the name is no part of every series' name


def test_a_body_with_one_office_has_no_split_by_office(use):
    _, scopes = held(use("two"))
    assert OFFICES in splits_of(scopes, made.WELCOME) and OFFICES not in splits_of(scopes, made.SECOND_BODY)


def test_two_bodies_are_compared_with_caution(use):
    use("two")
    at = run()
    assert text("de", "counselling_page.with_caution") in said(at)
    assert text("de", "counselling_page.one_body") not in said(at)
    assert table(at, "Thema")[0][1:] == ["Welcome Center der Region", "Zweite Stelle"]


def test_one_body_shows_its_offices_and_asks_for_a_second(use):
    use("real")
    at = run()
    assert text("de", "counselling_page.one_body") in said(at)
    assert table(at, "Thema")[0][1:] == ["Braunschweig", "Wolfsburg"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_figures_the_page_says_how_they_come_and_shows_the_rest(use, lang: str):
    use("none")
    at = run(lang=lang, b="provider=demo", r="03101")
    assert text(lang, "counselling_page.none_help") in said(at) and not at.warning
    assert text(lang, "counselling_page.milestones") in said(at) and len(tiles(at)) == len(made.OFFICIAL)


def test_definitions_milestones_and_sources_are_cited(use):
    use("real")
    words = said(run())
    assert "länger als eine halbe Stunde" in words  # what an intensive counselling is
    assert "52 Ländern" in words and "Quelle: regionalHeute.de vom 27.11.2020" in words
    assert "bilden keine Reihe" in words and "nach Vereinbarung mit den Beratungsstellen" in words


def test_the_page_is_in_the_navigation(use):
    use("none")
    assert text("de", "app.counselling") in [link.proto.label for link in run().get("page_link")]


def test_figures_of_an_earlier_state_are_seen_in_it_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    bodies = {made.DEMO: made.INVENTED, made.WELCOME: made.REAL}
    monkeypatch.setenv("ETL_DATA_DIR", str(made.build(tmp_path, bodies, gone=made.DEMO)))
    assert bodies_of(held(current_store())[1]) == (made.WELCOME,)
    assert bodies_of(held(current_store(), made.FIRST)[1]) == (made.WELCOME, made.DEMO)
    assert not run().warning and run(v=made.FIRST).warning


def test_the_link_of_the_page_opens_the_same_view(use):
    metadata, scopes = held(use("real"))
    link = split_link("topic", scopes, metadata, r="03103", as_="share", chart="bar", lang="en")
    link["as"] = link.pop("as_")
    at = run(**{"as_" if key == "as" else key: value for key, value in link.items()})
    at.session_state["share_box"] = True
    assert at.run().code[0].value.splitlines()[1] == address(
        "/counselling", {k: link[k] for k in PARAMETERS if k in link}
    )
    fixed = at.radio(key="share_state").set_value("fixed").run().code[0].value.splitlines()[1]
    again = run(**{"as_" if k == "as" else k: v for k, v in parse_qsl(urlsplit(fixed).query)})
    assert again.header[0].value == at.header[0].value and [c[1] for c in charts(again)] == [c[1] for c in charts(at)]


@SIXTY
@given(data=st.data())
def test_every_valid_view_survives_its_own_address(use, data: st.DataObject):
    metadata, scopes = held(use("two"))
    length, body = data.draw(st.sampled_from(list(scopes)))
    scope = scopes[length, body]
    split = data.draw(st.sampled_from(scope.splits))
    offered = scope.breakdowns[WHOLE if split == OFFICES else split]
    breakdowns = data.draw(st.lists(st.sampled_from(offered), min_size=1, unique=True))
    view = View(
        (length,),
        scope.offices if split == OFFICES else (data.draw(st.sampled_from(scope.regions)),),
        tuple(breakdowns),
        measure=data.draw(st.sampled_from(("number", "share") if split not in (OFFICES, WHOLE) else ("number",))),
        chart=data.draw(st.sampled_from(SERIES_CHARTS)),
        vintage=data.draw(st.sampled_from((None, made.SECOND))),
        lang=data.draw(st.sampled_from(LANGUAGES)),
    )
    written = address("/counselling", page_params(view, metadata, scopes))
    assert read_page(dict(parse_qsl(urlsplit(written).query)), metadata, scopes) == (view, ())
    assert split_of(view) == split or len(scope.offices) == 1


broken = st.text(min_size=1, max_size=60).filter(lambda said: "".join(said.split()).strip(","))


@SIXTY
@given(link=st.dictionaries(st.sampled_from(("i", "r", "b", "as", "chart", "v")), broken, min_size=1))
def test_a_broken_address_leaves_a_note_and_a_view(use, link: dict[str, str]):
    metadata, scopes = held(use("two"))
    view, notes = read_page(link, metadata, scopes)
    assert notes and (view.indicators[0], made.WELCOME) in scopes
    assert all(text(view.lang, n.key if "." in n.key else f"notes.{n.key}", **dict(n.values)) for n in notes)
    assert read_page(page_params(view, metadata, scopes), metadata, scopes) == (view, ())


@pytest.mark.parametrize(
    ("link", "note"),
    [
        ({"i": "population"}, "counselling_page.note_indicator"),
        ({"i": f"{QUARTERS},{YEARS}"}, "counselling_page.note_indicator"),
        ({"r": "03102"}, "counselling_page.note_region"),
        ({"r": "99999"}, "unknown_region"),
        ({"r": "03101,03103"}, "counselling_page.note_one_region"),
        ({"b": "kind=none;provider=demo"}, "unknown_breakdown"),
        ({"b": "total"}, "unknown_breakdown"),
        ({"b": "provider=demo,kind=event;provider=demo"}, "counselling_page.note_one_dimension"),
        ({"i": MONTHS, "b": "origin=eu;provider=demo"}, "unknown_breakdown"),
        ({"as": "index"}, "measure_impossible"),
        ({"as": "share", "b": "provider=demo"}, "measure_impossible"),
        ({"chart": "map"}, "unknown_value"),
    ],
)
def test_what_the_page_cannot_show_leaves_one_note(use, link: dict[str, str], note: str):
    metadata, scopes = held(use("demo"))
    view, notes = read_page(link, metadata, scopes)
    assert [n.key for n in notes] == [note] and view.measure == "number"


def test_a_bare_address_shows_kinds_of_contact_by_the_year_over_all_offices(use):
    metadata, scopes = held(use("real"))
    view, notes = read_page({}, metadata, scopes)
    assert (split_of(view), view.indicators, view.regions, notes) == ("kind", (YEARS,), ("BSR",), ())
    assert page_params(view, metadata, scopes) == {}


def test_every_split_and_length_has_a_name():
    assert {*SPLIT_NAMES} == {*made.SPLITS, OFFICES, WHOLE} and {*LENGTH_NAMES} == {*LENGTHS}


def compared(store: Store):
    metadata, scopes = held(store)
    figures = observations(store, Selection(LENGTHS))
    view = topics_view(read_page({}, metadata, scopes)[0], figures, scopes)
    assert view
    return comparison(view_figures(store, metadata, view), view, metadata)


def test_the_comparison_tells_four_things_apart(use):
    two = compared(use("two"))
    assert two.of_bodies and two.year == "2025"
    states = {topic: [cell.state for cell in two.row(topic)] for topic in two.topics}
    assert states["residence"] == [State.FIGURE, State.FIGURE]
    assert states["family"] == [State.HELD_BACK, State.HELD_BACK]
    assert states[made.LEFT_OUT] == [State.FIGURE, State.UNCOUNTED]
    assert states[made.OWN_TOPIC] == [State.UNCOUNTED, State.FIGURE]
    assert [cell_text(cell, "de") for cell in two.row("family")] == ["geheim", "geheim"]
    assert all(value == 0 or value >= 100 for value in two.values)


def test_the_finding_names_topics_of_nobody_of_several_and_of_one(use):
    two = compared(use("two"))
    nobody, several, single = topic_findings(two, "de")
    assert nobody == "Bei keiner Stelle: Gründung."
    assert "Familie (teils geheim)" in several and "Sprache" in several and "Gründung" not in several
    assert single == "Nur bei einer Stelle: Wohnen (Welcome Center der Region), Weiterbildung (Zweite Stelle)."
    assert comparison_headline(two, "de").endswith("kam es bei: Gründung.")


def test_a_topic_of_which_a_body_reports_nothing_is_in_no_finding(use):
    store = use("two")
    metadata, scopes = held(store)
    view = topics_view(read_page({}, metadata, scopes)[0], observations(store, Selection(LENGTHS)), scopes)
    assert view
    figures = view_figures(store, metadata, view)
    silent = f"provider={made.SECOND_BODY};topic={made.ZERO}"
    table = comparison(figures.filter(figures["breakdown"] != silent), view, metadata)
    assert [cell.state for cell in table.row(made.ZERO)] == [State.FIGURE, State.UNREPORTED]
    assert all("Gründung" not in line for line in topic_findings(table, "de"))


def test_the_own_topic_of_a_body_without_figures_is_no_gap(use):
    store = use("two")
    metadata, scopes = held(store)
    alone = {key: scope for key, scope in scopes.items() if key[1] == made.WELCOME}
    view = topics_view(read_page({}, metadata, alone)[0], observations(store, Selection(LENGTHS)), alone)
    assert view
    assert made.OWN_TOPIC not in comparison(view_figures(store, metadata, view), view, metadata).topics


def test_no_secret_figure_is_in_any_drawing(use):
    use("real")
    for alt, spec in charts(run(r="03103", chart="line")):
        rows = [row for layer in json.loads(spec)["layer"] for row in layer.get("data", {}).get("values", [])]
        shown = [row for row in rows if "geheim" in row.values()]
        assert all(row.get("v") in (None, "") or row["v"] != 0 for row in shown), alt
