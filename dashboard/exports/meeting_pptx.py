"""A file of a meeting as a presentation (PPTX): one slide a chart, its figures in native tables behind it.

Figures are SVG, which PowerPoint shows and edits as vectors since 2016, each with a PNG for programs that cannot.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pptx
import vl_convert
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part as PackagePart
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Emu, Pt

from dashboard import formats
from dashboard.meeting.document import Document, Part, code_of
from dashboard.tables import Cell, FigureTable
from dashboard.text import text

_WIDTH, _HEIGHT, _MARGIN = 33.87, 19.05, 1.5  # cm: 16:9
_INK, _MUTED, _BLUE = "1D2733", "4C5967", "0B5C8F"
_FONT = "Arial"
_ROWS = 20  # of a table on a slide
_COLUMNS = 10  # of a table; of wider ones the others follow on further slides
MOST_ROWS = 120  # of a chart; whoever wants more takes the PDF
_LINES = 11  # of sentences on a slide
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
_SVG_NAMES = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SHARPNESS = 2
_TITLE_ONLY = 5  # of the layouts that the library brings along


def meeting_pptx(document: Document) -> bytes:
    """The presentation of a document."""
    slides = _Slides(document)
    slides.cover()
    slides.sentences(text(document.lang, "round_table.news.title"), document.news)
    slides.sentences(text(document.lang, "round_table.news.events"), document.events)
    for part in document.parts:
        slides.chart(part)
        slides.tables(part.heading, _shown(part.table), _left_out(part, document))
        slides.past(part)
    closing = text(document.lang, "round_table.closing.title")
    if document.revised:
        slides.tables(text(document.lang, "round_table.news.revised"), document.revised, document.revised_more)
    slides.sentences(text(document.lang, "round_table.sources"), document.sources)
    slides.sentences(text(document.lang, "round_table.methods"), [f"{n}: {said}" for n, said in document.methods])
    slides.sentences(closing, document.closing)
    return slides.written()


def _shown(table: FigureTable) -> FigureTable:
    return FigureTable(table.columns, table.rows[:MOST_ROWS])


def _left_out(part: Part, document: Document) -> str:
    every = len(part.table.rows)
    if every <= MOST_ROWS:
        return part.more_rows
    shown, total = (formats.number(n, 0, document.lang) for n in (MOST_ROWS, every))
    return text(document.lang, "round_table.all_figures", shown=shown, total=total)


def _pieces(table: FigureTable) -> Iterator[FigureTable]:
    """A table in pieces that fit on a slide: names of rows with some of the columns each."""
    wide = max(1, len(table.columns) - 1)
    for first in range(1, wide + 1, _COLUMNS - 1):
        chosen = [0, *range(first, min(first + _COLUMNS - 1, len(table.columns)))]
        columns = tuple(table.columns[n] for n in chosen)
        for start in range(0, max(1, len(table.rows)), _ROWS):
            rows = table.rows[start : start + _ROWS]
            yield FigureTable(columns, tuple(tuple(row[n] for n in chosen) for row in rows))


class _Slides:
    """The slides as they are put together; the library has no types of use for what is drawn by hand."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.book: Any = pptx.Presentation()
        self.book.slide_width, self.book.slide_height = _cm(_WIDTH), _cm(_HEIGHT)
        about = self.book.core_properties
        about.title, about.language = document.title, document.lang
        about.author = self.publisher = f"{text(document.lang, 'app.title')}, {text(document.lang, 'app.place')}"
        about.created = about.modified = document.published

    def written(self) -> bytes:
        body = io.BytesIO()
        self.book.save(body)
        return body.getvalue()

    def cover(self) -> None:
        slide = self._slide(self.document.title, top=5.2, size=34, height=3.2)
        self._words(slide, [self.publisher], top=3.8, size=14, color=_BLUE)
        lines = [f"{name}: {' · '.join(value.splitlines())}" for name, value in self.document.facts]
        self._words(slide, lines, top=9.2, size=16, height=7)

    def sentences(self, title: str, said: Sequence[str]) -> None:
        """As many slides as the sentences need."""
        page: list[str] = []
        for sentence in said:
            if page and sum(map(_lines, [*page, sentence])) > _LINES:
                self._sentences(title, page)
                title, page = self._continued(title), []
            page.append(sentence)
        if page:
            self._sentences(title, page)

    def chart(self, part: Part) -> None:
        slide = self._slide(f"{part.number}  {part.heading}")
        self._words(slide, [part.finding] if part.finding else [], top=2.35, size=14, height=1.5)
        self._words(slide, [part.subtitle], top=3.75, size=11, color=_MUTED, height=0.7)
        left, wide = _MARGIN, 20.6
        if part.figure:
            self._figure(slide, part, left, 4.7, wide, 10.9)
        beside = left + (wide + 0.9 if part.figure else 0)
        room = _WIDTH - beside - _MARGIN
        lines = [f"{name}: {value}" for name, value in part.filters]
        self._words(slide, lines, left=beside, top=4.7, wide=room, size=11, height=4.3)
        note = [text(self.document.lang, "round_table.note"), *part.note.splitlines()] if part.note else []
        self._words(slide, note, left=beside, top=9.2, wide=room, size=12, color=_BLUE, height=4.6)
        small = [*part.notes, part.caveats, part.source, " · ".join(part.licences), part.state]
        self._words(slide, [s for s in small if s], top=15.8, wide=26.9, size=9, color=_MUTED, height=2.6)
        self._code(slide, part)

    def past(self, part: Part) -> None:
        """What was revised since the state of the data that the file shows."""
        if not part.past:
            return
        if part.then_now:
            self.tables(f"{part.heading}: {part.past}", part.then_now, part.then_now_more)
        else:
            self.sentences(part.heading, [part.past])

    def tables(self, heading: str, table: FigureTable, more: str) -> None:
        pieces = list(_pieces(table))
        for n, piece in enumerate(pieces):
            slide = self._slide(self._continued(heading), size=18)
            self._table(slide, piece)
            if more and n == len(pieces) - 1:
                self._words(slide, [more], top=17.2, size=10, color=_MUTED, height=0.8)

    def _continued(self, heading: str) -> str:
        mark = text(self.document.lang, "round_table.continued", heading="").strip()
        return heading if heading.endswith(mark) else f"{heading} {mark}"

    def _sentences(self, title: str, said: Sequence[str]) -> None:
        slide = self._slide(title)
        self._words(slide, [f"•  {one}" for one in said], top=3.2, size=14, height=13.5, apart=8)

    def _slide(self, title: str, *, top: float = 0.9, size: float = 22, height: float = 1.5) -> Any:  # noqa: ANN401
        slide = self.book.slides.add_slide(self.book.slide_layouts[_TITLE_ONLY])
        box = slide.shapes.title
        box.left, box.top, box.width = _cm(_MARGIN), _cm(top), _cm(_WIDTH - 2 * _MARGIN)
        box.height = _cm(height)
        self._fill(box.text_frame, [title], size if len(title) < 90 else size * 0.7, _INK, bold=True)
        return slide

    def _words(
        self,
        slide: Any,  # noqa: ANN401
        lines: Sequence[str],
        *,
        top: float,
        size: float,
        left: float = _MARGIN,
        wide: float = _WIDTH - 2 * _MARGIN,
        height: float = 1.2,
        color: str = _INK,
        apart: float = 2,
    ) -> None:
        """A box of text; the letters become smaller where the lines would not fit."""
        if not lines:
            return
        room = wide * 5.6  # letters of 10 points on a line
        while size > 7 and sum(1 + len(s) * size / 10 // room for s in lines) * size * 0.045 > height:
            size -= 0.5
        box = slide.shapes.add_textbox(_cm(left), _cm(top), _cm(wide), _cm(height))
        self._fill(box.text_frame, lines, size, color, apart=apart)

    def _fill(
        self,
        frame: Any,  # noqa: ANN401
        lines: Sequence[str],
        size: float,
        color: str,
        *,
        bold: bool = False,
        apart: float = 0,
    ) -> None:
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for n, line in enumerate(lines):
            paragraph = frame.paragraphs[0] if n == 0 else frame.add_paragraph()
            paragraph.alignment = PP_ALIGN.LEFT
            paragraph.space_after = Pt(apart)
            run = paragraph.add_run()
            run.text = line
            font = run.font
            font.name, font.size, font.bold = _FONT, Pt(size), bold
            font.color.rgb = RGBColor.from_string(color)  # type: ignore[no-untyped-call]
            german = self.document.lang == "de"
            font.language_id = MSO_LANGUAGE_ID.GERMAN if german else MSO_LANGUAGE_ID.ENGLISH_UK

    def _figure(self, slide: Any, part: Part, left: float, top: float, wide: float, high: float) -> None:  # noqa: ANN401

        picture = slide.shapes.add_picture(
            io.BytesIO(vl_convert.svg_to_png(part.figure, scale=_SHARPNESS)), _cm(left), _cm(top)
        )
        scale = min(_cm(wide) / picture.width, _cm(high) / picture.height)
        picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
        self._name(picture, part.alt)
        uri = PackURI(f"/ppt/media/figure{part.number}.svg")
        vector = PackagePart(uri, "image/svg+xml", slide.part.package, part.figure.encode())
        relation = slide.part.relate_to(vector, RELATIONSHIP_TYPE.IMAGE)
        names = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
        names += ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
        blip = picture._element.blipFill.find(".//{http://schemas.openxmlformats.org/drawingml/2006/main}blip")
        blip.append(
            parse_xml(
                f'<a:extLst {names}><a:ext uri="{_SVG_EXTENSION}">'
                f'<asvg:svgBlip xmlns:asvg="{_SVG_NAMES}" r:embed="{relation}"/></a:ext></a:extLst>'
            )
        )

    def _code(self, slide: Any, part: Part) -> None:  # noqa: ANN401
        """The QR code, which is a link as well."""
        drawn = code_of(part.link, "png")
        if not drawn:
            return
        side = 2.9
        left = _WIDTH - _MARGIN - side
        picture = slide.shapes.add_picture(io.BytesIO(drawn), _cm(left), _cm(14.9), _cm(side), _cm(side))
        picture.click_action.hyperlink.address = part.link
        self._name(picture, text(self.document.lang, "round_table.code_alt"))
        said = text(self.document.lang, "round_table.code_says")
        self._words(slide, [said], left=left - 1, top=17.9, wide=side + 1, size=9, color=_BLUE, height=0.6)

    def _name(self, picture: Any, alt: str) -> None:  # noqa: ANN401
        picture._element.nvPicPr.cNvPr.set("descr", alt)

    def _table(self, slide: Any, table: FigureTable) -> None:  # noqa: ANN401

        columns, rows = len(table.columns), len(table.rows) + 1
        wide = min(_WIDTH - 2 * _MARGIN, 5 + 4.2 * (columns - 1))
        shape = slide.shapes.add_table(rows, columns, _cm(_MARGIN), _cm(2.9), _cm(wide), _cm(0.68 * rows))
        shape.name = text(self.document.lang, "round_table.figures")
        grid = shape.table
        size = 12 if columns <= 6 else 10
        head = [Cell(name) for name in table.columns]
        for r, row in enumerate([head, *table.rows]):
            for c, cell in enumerate(row):
                box = grid.cell(r, c)
                box.margin_top = box.margin_bottom = _cm(0.06)
                color = "FFFFFF" if r == 0 else _INK
                self._fill(box.text_frame, [cell.text], size, color, bold=r == 0)
                box.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT if c == 0 else PP_ALIGN.RIGHT


def _cm(length: float) -> Emu:
    """Centimetres in the units of the format."""
    return Emu(round(length * 360_000))


def _lines(sentence: str) -> int:
    """About how many lines a sentence takes on a slide."""
    return 1 + len(sentence) // 120
