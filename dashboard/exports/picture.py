"""A view as a picture that is complete by itself: finding, chart, caveats, source, licence, state of the data, link.

The picture is put together as SVG; PNG and PDF are made of it. The ground is always white: pictures are printed and
stand in minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from dashboard import formats
from dashboard.charts.palette import PALETTES
from dashboard.charts.spec import FOOTER_LINE, Spec
from dashboard.drawn import Drawing
from dashboard.exports.carried import with_texts, with_title
from dashboard.exports.csv import machine_csv
from dashboard.exports.lettering import FAMILY, Letters, lines_of, width_of, written
from dashboard.exports.shown import Facts, as_shown, facts_of
from dashboard.metadata import Metadata
from dashboard.tables import FigureTable
from dashboard.text import text
from dashboard.view import View

PictureKind = Literal["png", "svg", "pdf"]

WIDTH = 800  # px
MARGIN = 28  # px
GAP = 24  # px between panels
PANELS_A_ROW = 3
PANEL = 220  # px, the narrowest
MOST_ROWS = 40  # of a table; beyond them nobody reads a picture
SHARPNESS = 2  # pixels of a PNG for one px
_INK = PALETTES["light"]
TITLE = Letters(21, 28, _INK.text, bold=True)
SUBTITLE = Letters(13, 19, _INK.muted)
PANEL_NAME = Letters(13, 18, _INK.text, bold=True)
CELL = Letters(12, 17, _INK.text)
CELL_NAME = Letters(12, 16, _INK.text, bold=True)
SMALL = Letters(11, 16, _INK.muted)
_SVG = "http://www.w3.org/2000/svg"
_OWN = "urn:monitor-arbeitsmigration"


@dataclass(frozen=True)
class _Block:
    """A part of the picture: its elements, drawn from its own upper edge, and its height in px."""

    elements: tuple[Element, ...]
    height: float


def picture(
    drawn: Drawing, view: View, metadata: Metadata, kind: PictureKind, *, origin: str = "", width: int = WIDTH
) -> bytes:
    """The file of the picture, ``width`` px wide and as high as it must be.

    ``drawn`` must be of the light ground; ``origin`` is scheme and host for the link. Texts are real text in SVG and
    PDF; PNG and SVG carry the figures as CSV.
    """
    facts = facts_of(drawn, view, metadata, origin)
    figures = machine_csv(as_shown(drawn.figures, view, metadata)).decode()
    svg = _whole(drawn, view, facts, figures, width)
    if kind == "svg":
        return svg.encode()
    import vl_convert  # here, because it is large and most readers want no file

    if kind == "pdf":
        return with_title(vl_convert.svg_to_pdf(svg), facts.title, facts.subtitle, facts.lang)
    texts = {"Title": facts.title, "Description": facts.subtitle, "Source": facts.source, "Copyright": facts.licence}
    texts |= {"URL": facts.link, "Figures": figures}
    return with_texts(vl_convert.svg_to_png(svg, scale=SHARPNESS), texts, facts.lang)


def figure(drawn: Drawing, view: View, width: int, name: str) -> str:
    """The chart or panels alone as SVG, for a document that says all else itself; empty where there is nothing to
    draw. It is named by the chart's text for screen readers and holds no drawing inside a drawing, which not every
    office program shows; ``name`` tells its ids from those of other figures in the same document."""
    if view.chart == "table" or not drawn.charts:
        return ""
    block = _charts(drawn.charts, width, _a_row(drawn, view), name)
    height = ceil(block.height)
    about = {"xmlns": _SVG, "width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
    svg = Element("svg", about | {"role": "img", "font-family": FAMILY})
    SubElement(svg, "title").text = " ".join(drawn.alts)
    svg.extend(block.elements)
    for inner in list(svg.iter("svg"))[1:]:
        inner.tag = "g"
        place = f"translate({inner.attrib.pop('x', '0')},{inner.attrib.pop('y', '0')})"
        for key in ("width", "height", "viewBox", "version"):
            inner.attrib.pop(key, None)
        inner.set("transform", place)
    return ElementTree.tostring(svg, encoding="unicode")


def _whole(drawn: Drawing, view: View, facts: Facts, figures: str, width: int) -> str:
    as_table = view.chart == "table"
    width = max(width, ceil(_table_width(drawn.table))) if as_table else width
    room = width - 2 * MARGIN
    if as_table:
        middle = _table(drawn.table, room, view)
    elif drawn.charts:
        middle = _charts(drawn.charts, room, _a_row(drawn, view))
    else:
        middle = _paragraph(text(view.lang, "sharing.no_chart"), CELL, room)
    blocks = [
        _paragraph(facts.title, TITLE, room),
        _space(6),
        _paragraph(facts.subtitle, SUBTITLE, room),
        _space(14),
        middle,
        _space(14),
        _paragraph(as_sentences(drawn.caveats), SMALL, room),
        _space(6),
        _paragraph(facts.source, SMALL, room),
        _paragraph(facts.data_state, SMALL, room),
        _paragraph(_short(facts.link), SMALL, room),
    ]
    height = 2 * MARGIN + sum(block.height for block in blocks)
    svg = Element(
        "svg",
        {"xmlns": _SVG, "width": f"{width:g}", "height": f"{height:g}", "viewBox": f"0 0 {width:g} {height:g}"}
        | {"lang": facts.lang, "xml:lang": facts.lang, "role": "img", "aria-labelledby": "title description"}
        | {"font-family": FAMILY},
    )
    SubElement(svg, "title", {"id": "title"}).text = facts.title
    alts = drawn.alts if len(drawn.alts) != 1 else ()
    SubElement(svg, "desc", {"id": "description"}).text = " ".join((facts.subtitle, *alts, facts.source))
    carried = SubElement(svg, "metadata", {"xmlns:monitor": _OWN})
    for name, said in {"licence": facts.licence, "link": facts.link, "figures": figures}.items():
        SubElement(carried, f"monitor:{name}").text = said
    SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
    top = float(MARGIN)
    for block in blocks:
        group = SubElement(svg, "g", {"transform": f"translate({MARGIN},{top:g})"})
        group.extend(block.elements)
        top += block.height
    return ElementTree.tostring(svg, encoding="unicode")


def _paragraph(said: str, letters: Letters, room: float) -> _Block:
    lines = lines_of(said, letters, room) if said else []
    return _Block(tuple(written(lines, letters, 0, 0)), len(lines) * letters.line)


def _space(height: float) -> _Block:
    return _Block((), height)


def as_sentences(caveats: Sequence[str]) -> str:
    """Caveats as running text: each ends like a sentence."""
    return " ".join(said if said.endswith((".", ":", "?")) else f"{said}." for said in caveats)


def _short(link: str) -> str:
    return link.split("://", 1)[-1]


def _charts(charts: Sequence[tuple[str, Spec]], room: float, a_row: int, name: str = "") -> _Block:
    """One chart in full width, or panels with their names in rows of at most ``a_row``."""
    if len(charts) == 1 and not charts[0][0]:
        drawing, height = _chart(charts[0][1], room, f"{name}a")
        return _Block((drawing,), height)
    a_row = max(1, min(a_row, len(charts), int((room + GAP) // (PANEL + GAP))))
    width = (room - GAP * (a_row - 1)) / a_row
    elements: list[Element] = []
    top = 0.0
    for start in range(0, len(charts), a_row):
        row = charts[start : start + a_row]
        names = [lines_of(said, PANEL_NAME, width) for said, _ in row]
        below = top + max(len(lines) for lines in names) * PANEL_NAME.line + 4
        heights = []
        for n, ((_, spec), lines) in enumerate(zip(row, names, strict=True)):
            left = n * (width + GAP)
            elements += written(lines, PANEL_NAME, left, top)
            drawing, height = _chart(spec, width, f"{name}p{start + n}")
            drawing.set("x", f"{left:g}")
            drawing.set("y", f"{below:g}")
            elements.append(drawing)
            heights.append(height)
        top = below + max(heights) + GAP
    return _Block(tuple(elements), top - GAP)


def _a_row(drawn: Drawing, view: View) -> int:
    """How many panels stand beside each other: lines with names at their ends need more room."""
    return 2 if view.chart == "side-by-side" or len(drawn.charts) == 4 else PANELS_A_ROW


def _chart(spec: Spec, width: float, name: str) -> tuple[Element, float]:
    """The SVG of a specification and its height; ids are made its own by ``name``, because a picture may hold many."""
    import vl_convert  # here, as above

    drawing = ElementTree.fromstring(vl_convert.vegalite_to_svg(_for_picture(spec, width)))  # noqa: S314 - own drawing
    for element in drawing.iter():
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        for key, value in list(element.items()):
            plain = key.rpartition("}")[2]
            if plain.startswith("aria-") or plain in ("class", "role"):
                del element.attrib[key]  # the whole picture has one name, in its own language
            elif plain == "id":
                element.set(key, f"{name}-{value}")
            elif plain == "href" and value.startswith("#"):
                element.set(key, f"#{name}-{value[1:]}")
            elif "url(#" in value:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
    return drawing, float(drawing.get("height", "0"))


def _for_picture(spec: Spec, width: float) -> Spec:
    """The specification in a fixed width and the picture's font, without the source line, which stands beneath it."""
    found = {**spec, "config": {**spec.get("config", {}), "font": FAMILY}, "background": "transparent"}
    if not any(key in spec for key in ("hconcat", "vconcat", "concat", "facet", "repeat")):
        found["width"] = width
    title = spec.get("title")
    if isinstance(title, dict) and title.get("orient") == "bottom":
        del found["title"]
        found["height"] = spec["height"] - _footer_height(title)
    return found


def _footer_height(title: Spec) -> int:
    """The room (px) that a chart leaves for the narrow form of its source line."""
    said = title["text"]["expr"] if isinstance(title["text"], dict) else ""
    narrow = said.rpartition(" : [")[2]
    return FOOTER_LINE * (narrow.count("','") + 1) + int(title.get("offset", 0))


def _table_width(table: FigureTable) -> float:
    return sum(_column_widths(table)) + 2 * MARGIN


def _column_widths(table: FigureTable) -> list[float]:
    """Each column as wide as its widest figure and the widest word of its name."""
    rows = table.rows[:MOST_ROWS]
    found = []
    for n, name in enumerate(table.columns):
        words = [width_of(word, CELL_NAME) for word in name.split(" ")]
        cells = [width_of(row[n].text, CELL) for row in rows]
        found.append(max([44.0, *words, *cells]) + 16)
    return found


def _table(table: FigureTable, room: float, view: View) -> _Block:
    """The figures in rows, those columns to the right that hold figures; of long tables the first rows."""
    if not table.rows:
        return _paragraph(text(view.lang, "sharing.no_chart"), CELL, room)
    widths = _column_widths(table)
    spare = (room - sum(widths)) / len(widths)
    widths = [width + spare for width in widths]
    rights = [sum(widths[: n + 1]) - 8 for n in range(len(widths))]
    elements: list[Element] = []
    names = [lines_of(name, CELL_NAME, width - 16) for name, width in zip(table.columns, widths, strict=True)]
    height = max(len(lines) for lines in names) * CELL_NAME.line
    place = _places(rights)
    for n, lines in enumerate(names):
        elements += place(n, lines, CELL_NAME, height - len(lines) * CELL_NAME.line)
    top = height + 4
    elements.append(_rule(room, top, _INK.muted))
    for row in table.rows[:MOST_ROWS]:
        for n, cell in enumerate(row):
            elements += place(n, [cell.text], CELL, top + 3)
        top += CELL.line + 6
        elements.append(_rule(room, top, _INK.grid))
    if len(table.rows) > MOST_ROWS:
        total = formats.number(len(table.rows), 0, view.lang)
        said = text(view.lang, "sharing.more_rows", shown=MOST_ROWS, total=total)
        more = lines_of(said, SMALL, room)
        elements += written(more, SMALL, 0, top + 6)
        top += 6 + len(more) * SMALL.line
    return _Block(tuple(elements), top)


def _places(rights: Sequence[float]) -> Callable[[int, Sequence[str], Letters, float], list[Element]]:
    """Writes lines into a column: names of rows to the left, figures to the right."""

    def place(column: int, lines: Sequence[str], letters: Letters, top: float) -> list[Element]:
        if column == 0:
            return written(lines, letters, 0, top)
        return written(lines, letters, rights[column], top, anchor="end")

    return place


def _rule(room: float, top: float, color: str) -> Element:
    return Element("rect", {"y": f"{top:g}", "width": f"{room:g}", "height": "1", "fill": color})
