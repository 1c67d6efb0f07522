"""Which edition of a workbook is the newest: the publisher's search page says it, or asking month by month.

Files lie at ``Statistikdaten/Detail/{month}/{unit}/{topic}/{file}-{region}-0-{month}-xlsx.xlsx`` (observed). The
catalogue's ``paths`` hold that pattern: ``{month}`` stands for YYYYMM, ``{year}`` for a yearly file's YYYY,
``{region}`` for the region that one file is about. An edition is what fills ``{month}`` or ``{year}``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from html.parser import HTMLParser

SEARCH_PAGE = "SiteGlobals/Forms/Suche/Einzelheftsuche_Formular.html"
FILE_PARAMS = (("__blob", "publicationFile"),)  # as the publisher's own links
MONTHS_BACK = 8
YEARS_BACK = 4  # the commuters of 06/2023 were still the newest in 2026


def topic(path: str) -> str:
    """The name under which the search page lists the files of a path: the folder they lie in."""
    return path.rsplit("/", 2)[-2]


def editions_on_page(page: str, path: str) -> list[str]:
    """The editions of a path that the search page links to, newest first, whatever their region.

    Only what a link says is used, never where it leads: a request always goes to the source's own address.
    """
    pattern = _pattern(path)
    found = (pattern.search(re.sub(r";jsessionid=[^?#]*", "", link)) for link in _links(page))
    return sorted({match["edition"] for match in found if match}, reverse=True)


def editions_back(path: str, today: date) -> list[str]:
    """The editions that may be out, newest first: a few months back, or a few years for a yearly file."""
    if "{year}" in path:
        return [str(today.year - back) for back in range(YEARS_BACK + 1)]
    months = (today.year * 12 + today.month - 1 - back for back in range(MONTHS_BACK + 1))
    return [f"{month // 12}{month % 12 + 1:02d}" for month in months]


def at(pattern: str, edition: str) -> str:
    """The address of one edition."""
    return pattern.replace("{month}", edition).replace("{year}", edition)


def _pattern(path: str) -> re.Pattern[str]:
    digits = r"\d{6}" if "{month}" in path else r"\d{4}"
    text = re.sub(r"\\\{(month|year)\\\}", "{edition}", re.escape(path)).replace(r"\{region\}", "[^-/]+")
    first, *others = text.split("{edition}")
    return re.compile(first + f"(?P<edition>{digits})" + "(?P=edition)".join(others) + r"(?:[?#]|$)")


def _links(page: str) -> Sequence[str]:
    reader = _LinkReader()
    reader.feed(page)
    reader.close()
    return reader.links


class _LinkReader(HTMLParser):
    """Collects where the page's links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]
