"""Files of meetings for tests: random ones, and what a file in any format says, to be set beside the routes."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from random import Random
from typing import Any

import pptx
import pypdf

from dashboard.meeting.model import LONGEST_NOTE, LONGEST_TITLE, MOST_CHARTS, Chart, MeetingFile

WORDS = (
    "Größe",
    "Äpfel",
    "„so“",
    "<b>fett</b>",
    "#let x = 1",
    "$x$",
    "*",
    "_",
    "\\",
    "emoji 🙂",
    "日本",
    "é",
    "%",
    "&amp;",
    "{x}",
)
_BLANKS = re.compile(r"[\s\u00a0\u202f\u00ad]+")


def random_file(random: Random) -> MeetingFile:
    """A file with any of what a file can have, from nothing to all of it."""

    def words(most: int) -> str:
        return " ".join(random.choice(WORDS) for _ in range(random.randint(0, 12)))[:most]

    def day() -> date | None:
        return date(2024, 1, 1) + timedelta(days=random.randint(0, 2000)) if random.random() < 0.5 else None

    charts = tuple(
        Chart(
            view=f"i={random.choice(('population', 'employees', 'nothing'))}&r={random.randint(1, 99999):05}",
            heading=words(LONGEST_TITLE),
            note="\n".join(words(LONGEST_NOTE // 9) for _ in range(random.randint(0, 8))),
        )
        for _ in range(random.randint(0, MOST_CHARTS))
    )
    return MeetingFile(
        title=words(LONGEST_TITLE),
        day=day(),
        place=words(LONGEST_TITLE),
        participants=words(400),
        since=day(),
        vintage=random.choice((None, "20261122T223142Z")),
        lang=random.choice(("de", "en")),
        charts=charts,
    )


def bare(said: str) -> str:
    """A text without blanks: files break lines where they must."""
    return _BLANKS.sub("", said)


def pdf_words(body: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)


def pptx_words(body: bytes) -> str:
    found: list[str] = []
    for slide in pptx.Presentation(io.BytesIO(body)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                found.append(shape.text_frame.text)
            if shape.has_table:
                found += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(found)


class _Words(HTMLParser):
    """All that an HTML file says, and what it would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.fetched: list[str] = []
        self.language = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.language = given.get("lang") or self.language if tag == "html" else self.language
        self._silent += tag == "style"
        if tag in ("script", "link", "img", "iframe", "object", "embed", "image", "use"):
            self.fetched.append(f"{tag} {given}")
        self.fetched += [f"{tag} {key}" for key in given if key.startswith("on") or key in ("src", "srcset", "data")]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag == "style"

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def html_words(body: bytes) -> str:
    return " ".join(parsed_html(body).said)


def parsed_html(body: bytes) -> _Words:
    parser = _Words()
    parser.feed(body.decode("utf-8"))
    return parser


READERS = {"pdf": pdf_words, "pptx": pptx_words, "html": html_words}


def missing_of(chart: dict[str, Any], said: str) -> list[str]:
    """What the answer of ``/chart/v1/view.json`` says of a chart and a file (without blanks) does not."""
    told = [chart["title"], chart["subtitle"], *chart["notes"], chart["attribution"]]
    told += [source["licence"] for source in chart["sources"]]
    told += chart["table"]["columns"]
    told += ["".join(cell["text"] for cell in row) for row in chart["table"]["rows"]]
    return [one for one in told if bare(one) not in said]
