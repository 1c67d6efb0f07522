"""Pictures of views are complete by themselves, and nothing in them is cut."""

from __future__ import annotations

import io
import re
import struct
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pypdf
import pytest

from dashboard.charting import made
from dashboard.drawn import Drawing
from dashboard.exports.carried import PNG_START, texts_of, with_title
from dashboard.exports.lettering import Letters, lines_of, width_of
from dashboard.exports.picture import MARGIN, MOST_ROWS, WIDTH, PictureKind, picture
from dashboard.metadata import Metadata
from dashboard.store import Store
from dashboard.tables import Cell, FigureTable
from dashboard.view import View, read
from tests.dashboard.readback import SVG, words_of_pdf, words_of_svg
from tests.dashboard.small_store import DISTRICTS, FIRST

ORIGIN = "https://monitor.example.org"
PLAIN = Letters(10, 14, "#000000")


def drawn_of(store: Store, metadata: Metadata, **link: str) -> tuple[View, Drawing]:
    view, notes = read({key.rstrip("_"): value for key, value in link.items()}, metadata)
    assert not notes, notes
    return view, made(store, metadata, view, "light")


def svg_of(store: Store, metadata: Metadata, **link: str) -> tuple[Drawing, bytes]:
    view, drawn = drawn_of(store, metadata, **link)
    return drawn, picture(drawn, view, metadata, "svg", origin=ORIGIN)


def size_of(png: bytes) -> tuple[int, int]:
    return struct.unpack(">II", png[16:24])  # type: ignore[return-value]


@pytest.mark.parametrize("chart", ["line", "bar", "small-multiples", "table"])
@pytest.mark.parametrize("lang", ["de", "en"])
def test_finding_subtitle_source_licence_state_and_link_stand_in_the_picture(
    chart: str, lang: str, store: Store, metadata: Metadata
):
    drawn, svg = svg_of(store, metadata, r="BSR,03101,03153", chart=chart, lang=lang)
    said = " ".join(words_of_svg(svg))
    for wanted in (drawn.headline, drawn.subtitle, drawn.footer, *(caveat.rstrip(".") for caveat in drawn.caveats)):
        assert wanted in said
    assert said.count(drawn.footer) == 1  # the chart's own source line has gone
    assert "01.06.2026" in said or "1 June 2026" in said
    assert f"monitor.example.org/explore?r=BSR,03101,03153{'' if chart == 'line' else f'&chart={chart}'}" in said
    assert "Region Braunschweig" in said


def test_the_svg_is_one_picture_with_a_name_in_its_language(store: Store, metadata: Metadata):
    drawn, svg = svg_of(store, metadata, r=",".join(DISTRICTS), chart="small-multiples", lang="en")
    root = ElementTree.fromstring(svg)
    assert (root.get("role"), root.get("lang")) == ("img", "en")
    assert root.findtext(f"{SVG}title") == drawn.headline
    said = root.findtext(f"{SVG}desc") or ""
    assert drawn.subtitle in said and all(alt in said for alt in drawn.alts)
    named = [key for element in root.iter() for key in element.attrib if key.startswith("aria-")]
    assert named == ["aria-labelledby"]
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) >= 2


def test_points_stand_as_high_as_their_figures(store: Store, metadata: Metadata):
    _, svg = svg_of(store, metadata, i="naturalisations", r="03103")
    places = [
        tuple(float(n) for n in re.findall(r"[-\d.]+", element.get("transform", "")))
        for element in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if element.get("fill") == "#00745a" and "translate(" in element.get("transform", "")
    ]
    assert len(places) == 15  # one for each year, each a case higher than the last
    steps = [before[1] - after[1] for before, after in pairwise(places)]
    assert min(steps) > 0 and max(steps) - min(steps) < 0.01


def test_lines_and_points_keep_their_colours_on_white(store: Store, metadata: Metadata):
    _, svg = svg_of(store, metadata, r="03101")
    assert b'stroke="#0068a8"' in svg and b'width="100%" height="100%" fill="#ffffff"' in svg


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_pdf_has_real_text_title_and_language(lang: str, store: Store, metadata: Metadata):
    view, drawn = drawn_of(store, metadata, i="naturalisations", r="03158", lang=lang)
    body = picture(drawn, view, metadata, "pdf", origin=ORIGIN)
    said = words_of_pdf(body)
    assert " ".join(drawn.headline.split()) in said and "Wolfenbüttel" in said
    reader = pypdf.PdfReader(io.BytesIO(body), strict=True)
    assert reader.metadata and (reader.metadata.title, reader.metadata.subject) == (drawn.headline, drawn.subtitle)
    assert reader.trailer["/Root"]["/Lang"] == lang


def test_a_file_that_is_no_pdf_of_the_renderer_is_refused():
    with pytest.raises(ValueError, match="trailer"):
        with_title(b"%PDF-1.7", "x", "y", "de")


def test_a_png_carries_title_source_licence_link_and_has_two_pixels_for_one(store: Store, metadata: Metadata):
    view, drawn = drawn_of(store, metadata, r="03153", v=FIRST)
    body = picture(drawn, view, metadata, "png", origin=ORIGIN)
    assert body.startswith(PNG_START) and size_of(body)[0] == 2 * WIDTH
    said = texts_of(body)
    assert (said["Title"], said["Source"], said["Copyright"]) == (drawn.headline, drawn.footer, "Lizenz")
    assert said["URL"] == f"{ORIGIN}/explore?r=03153&v={FIRST}"
    assert len(body) < 250_000


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_view_without_figures_is_a_picture_that_says_so(kind: PictureKind, store: Store, metadata: Metadata):
    view, drawn = drawn_of(store, metadata, r="03153", from_="2024")
    body = picture(drawn, view, metadata, kind)
    if kind == "svg":
        assert "Für diese Auswahl gibt es nichts zu zeichnen." in words_of_svg(body)


def test_a_long_headline_is_wrapped_and_nothing_is_wider_than_the_picture(store: Store, metadata: Metadata):
    view, drawn = drawn_of(store, metadata, r=",".join(("BSR", *DISTRICTS)))
    long = replace(drawn, headline="Ausländische Staatsangehörige mit Aufenthaltserlaubnis zur Erwerbstätigkeit " * 6)
    svg = picture(long, view, metadata, "svg", origin="https://" + "sehr-lange-adresse." * 12 + "example.org")
    root = ElementTree.fromstring(svg)
    own = [text for group in root.findall(f"{SVG}g") for text in group.findall(f"{SVG}text")]
    letters = [Letters(float(t.get("font-size", "0")), 0, "", t.get("font-weight") == "bold") for t in own]
    assert len(own) > 9
    assert max(width_of(t.text or "", how) for t, how in zip(own, letters, strict=True)) <= WIDTH - 2 * MARGIN
    assert long.headline.strip() in " ".join(words_of_svg(svg))


def test_a_long_table_says_how_much_of_it_is_shown(store: Store, metadata: Metadata):
    view, drawn = drawn_of(store, metadata, r="03101", chart="table")
    rows = tuple((Cell(str(n)), Cell("1", 1.0)) for n in range(MOST_ROWS + 5))
    svg = picture(replace(drawn, table=FigureTable(("Zeitpunkt", "Wert"), rows)), view, metadata, "svg")
    said = words_of_svg(svg)
    assert str(MOST_ROWS - 1) in said and str(MOST_ROWS) not in said
    assert any(f"ersten {MOST_ROWS} von {MOST_ROWS + 5} Zeilen" in line for line in said)


def test_a_wide_table_makes_a_wide_picture(store: Store, metadata: Metadata):
    view, drawn = drawn_of(store, metadata, r="03101", chart="table")
    names = ("Zeitpunkt", *(f"Aufenthaltserlaubnisse {n}" for n in range(12)))
    table = FigureTable(names, ((Cell("2024"), *(Cell("1.234.567", 1234567.0) for _ in range(12))),))
    svg = picture(replace(drawn, table=table), view, metadata, "svg")
    assert float(ElementTree.fromstring(svg).get("width", "0")) > 2 * WIDTH


@pytest.mark.parametrize("room", [40, 80, 200])
def test_lines_hold_all_words_and_are_never_wider_than_their_room(room: int):
    said = "Sozialversicherungspflichtig Beschäftigte am Arbeitsort https://x.example.org/explore?i=a,b&r=BSR"
    lines = lines_of(said, PLAIN, room)
    assert "".join(lines).replace(" ", "") == said.replace(" ", "")
    assert max(width_of(line, PLAIN) for line in lines) <= room


def test_umlauts_are_as_wide_as_their_letters():
    assert width_of("äöüÄÖÜ", PLAIN) == width_of("aouAOU", PLAIN)
    assert width_of("Wolfsburg", PLAIN) < width_of("Wolfsburg", replace(PLAIN, bold=True))
