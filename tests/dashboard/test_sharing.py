"""Nutzen und Teilen: links, files, citation and code for embedding, the same on every page; and the embedded page."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.addresses import FILE_KINDS
from dashboard.charting import made
from dashboard.exports.shown import citation
from dashboard.metadata import Metadata
from dashboard.sharing import embed_code
from dashboard.store import Store
from dashboard.text import LANGUAGES, text
from dashboard.view import read
from tests.dashboard.small_store import DEMO, FIRST
from tests.dashboard.test_pages import charts, run


@pytest.fixture(autouse=True)
def _small(metadata: Metadata) -> None:
    """Every page of this file reads the small store."""


def file_links(at: AppTest) -> dict[str, str]:
    """The links of the block by their words."""
    return {link.proto.label: link.proto.url for link in at.get("link_button")}


def shared(**link: str) -> AppTest:
    """The time series with the block opened."""
    at = run("explore", **link)
    assert not at.code  # nothing of it is there before
    at.session_state["share_box"] = True
    return at.run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_title_and_link_are_copied_together(lang: str):
    at = shared(r="03102", lang=lang)
    title, link = at.code[0].value.splitlines()
    assert "Salzgitter" in title and link == ("/explore?r=03102" if lang == "de" else "/explore?r=03102&lang=en")


def test_the_block_offers_every_file_of_exactly_this_view():
    links = file_links(shared(r="03102", as_="share", chart="bar"))
    query = "?r=03102&as=share&chart=bar"
    assert [links[text("de", f"sharing.files.{kind}")] for kind in FILE_KINDS] == [
        f"/chart/v1/view.{kind}{query}" for kind in FILE_KINDS
    ]
    published = "?i=foreign_population_share&r=03102&b=total&from=2010&to=2024"
    assert links[text("de", "sharing.machine_csv")] == f"/data/v1/observations.csv{published}"
    assert links[text("de", "sharing.machine_json")] == f"/data/v1/observations.json{published}"


def test_the_choice_of_this_state_of_the_data_reaches_every_link(metadata: Metadata):
    at = shared(r="03102")
    before = file_links(at)
    at.radio(key="share_state").set_value("fixed").run()
    after = file_links(at)
    assert not any("v=" in link for link in before.values())
    block = [text("de", f"sharing.files.{kind}") for kind in FILE_KINDS]
    assert all(after[said].endswith(f"v={metadata.current}") for said in block)
    assert f"v={metadata.current}" in at.code[0].value and f"v={metadata.current}" in at.code[2].value


def test_the_view_of_an_earlier_state_is_shared_as_such():
    at = shared(r="03157", v=FIRST)
    assert at.radio(key="share_state").value == "fixed"
    assert all(f"v={FIRST}" in code.value for code in at.code)


def test_the_citation_is_always_of_the_state_that_is_seen(store: Store, metadata: Metadata):
    view, _ = read({"r": "BSR"}, metadata)
    drawn = made(store, metadata, view, "light")
    said = citation(drawn, view, metadata, "https://m.example.org/explore")
    assert said == (
        f"Monitor Arbeitsmigration, Region Braunschweig: {drawn.subtitle}. Quelle: Amt lsn; Register; eigene "
        "Berechnung. Lizenz: Lizenz. Tabelle: 1-1. Zahlen abgerufen am 01.01.2026. Datenstand 01.06.2026, 02:00 Uhr. "
        "https://m.example.org/explore"
    )
    assert metadata.current in shared(r="BSR").code[1].value


class Frame(HTMLParser):
    """The attributes of the one element of an embed code."""

    found: dict[str, str | None]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "iframe" and not hasattr(self, "found")
        self.found = dict(attrs)


def test_the_embed_code_is_safe_and_names_its_frame():
    reader = Frame()
    reader.feed(embed_code('„A“ <b> & "c"', "https://m.example.org/chart?r=03101&v=1", panels=False))
    assert reader.found["title"] == '„A“ <b> & "c"' and reader.found["loading"] == "lazy"
    assert reader.found["src"] == "https://m.example.org/chart?r=03101&v=1"
    assert int(reader.found["height"] or 0) > 400


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_embedded_page_shows_the_view_of_its_code(lang: str):
    at = shared(r="03102,03103", as_="index", chart="line", lang=lang)
    reader = Frame()
    reader.feed(at.code[2].value)
    split = urlsplit(str(reader.found["src"]))
    assert split.path == "/chart"
    link = {"as_" if key == "as" else key: value for key, value in parse_qsl(split.query)}
    embedded = run("chart", **link)
    assert [spec for _, spec in charts(embedded)] == [spec for _, spec in charts(at)]
    assert embedded.title[0].value.replace("\\", "") == reader.found["title"]
    assert file_links(embedded)[text("de" if lang == "de" else "en", "sharing.open")].startswith("/explore?")


def test_the_embedded_page_has_no_frame_but_source_and_table():
    at = run("chart", r="03102")
    assert not at.get("page_link") and not at.button
    said = "\n".join(m.value for m in at.markdown)
    assert "Amt lsn" in said and "2.900" in said


def test_an_earlier_state_says_so_when_embedded():
    assert run("chart", r="03157", v=FIRST).info and not run("chart", r="03157").info


def test_invented_figures_say_so_in_what_is_copied():
    at = shared(i="counselling_contacts", r="03101", b=f"kind=intensive;{DEMO}")
    assert at.code[0].value.startswith("Erfundene Zahlen") and "ERFUNDENE" in at.code[1].value
    assert "Erfundene Zahlen" in at.code[2].value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_compact_block_is_filled_when_it_is_opened(lang: str, store: Store, metadata: Metadata):
    def script(**given):
        from dashboard.page import Page
        from dashboard.sharing import show_sharing
        from dashboard.view import to_params

        page = Page(given["store"], given["metadata"], given["view"], (), "light")
        params_of = lambda view: to_params(view, page.metadata)  # noqa: E731
        show_sharing(given["drawn"], page, "/explore", params_of, key="story", compact=True)

    view, _ = read({"r": "03102", "lang": lang}, metadata)
    drawn = made(store, metadata, view, "light")
    given = {"store": store, "metadata": metadata, "view": view, "drawn": drawn}
    at = AppTest.from_function(script, default_timeout=30, kwargs=given).run()
    assert not at.exception and not at.code
    at.session_state["story_box"] = True
    at.run()
    assert not at.exception and len(at.code) == 3
    assert metadata.current in at.code[1].value
