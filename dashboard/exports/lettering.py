"""Words in a picture: how wide they are, where their lines break, and their SVG.

The font is Liberation Sans, which the renderer brings along; Arial and Helvetica, which readers' machines have, are as
wide, so that a picture looks the same everywhere. The widths are those of its letters in thousandths of its size.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

FAMILY = "'Liberation Sans', Arial, Helvetica, sans-serif"
_WIDTHS = {
    222: "ijl'‚‘’",
    278: " \u00a0I.,:;!/ft[]|",
    333: "()-r„“”‑",
    390: '*"',
    500: "ckvxysz_Jß",
    556: "abdeghnopquL0123456789?#§–€",
    584: "+−=<>±~",
    667: "ABEKPSVXY&",
    611: "FTZ",
    722: "wCDHNRU",
    778: "GOQ",
    833: "mM",
    944: "W%@…—",
}
_WIDTH_OF = {character: width for width, characters in _WIDTHS.items() for character in characters}
_UNKNOWN = 600
_BOLDER = 1.08  # times
_JOINTS = re.compile(r"(?<=[&,;?/])")


@dataclass(frozen=True)
class Letters:
    """How words are written: size and line height in px, colour, weight."""

    size: float
    line: float
    color: str
    bold: bool = False


def width_of(said: str, letters: Letters) -> float:
    """The width of a line in px."""
    plain = (c for c in unicodedata.normalize("NFD", said) if not unicodedata.combining(c))
    width = sum(_WIDTH_OF.get(c, _UNKNOWN) for c in plain) * letters.size / 1000
    return width * _BOLDER if letters.bold else width


def lines_of(said: str, letters: Letters, room: float) -> list[str]:
    """The words on lines of at most ``room`` px; a word that is wider than a whole line (an address) is parted."""
    lines: list[str] = []
    for word in said.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined, letters) <= room:
            lines[-1] = joined
        else:
            lines += _parted(word, letters, room)
    return lines


def written(lines: Sequence[str], letters: Letters, x: float, top: float, *, anchor: str = "start") -> list[Element]:
    """The lines as SVG texts, the first line's upper edge at ``top`` px."""
    base = top + (letters.line + 0.7 * letters.size) / 2
    found = []
    for n, line in enumerate(lines):
        look = {"x": f"{x:g}", "y": f"{base + n * letters.line:.1f}", "font-size": f"{letters.size:g}"}
        look |= {"fill": letters.color} | ({"font-weight": "bold"} if letters.bold else {})
        element = Element("text", look | ({"text-anchor": anchor} if anchor != "start" else {}))
        element.text = line
        found.append(element)
    return found


def _parted(word: str, letters: Letters, room: float) -> list[str]:
    """A word on as many lines as it needs, an address preferably behind the signs that join its parts."""
    parts = [""]
    for piece in _JOINTS.split(word) if width_of(word, letters) > room else [word]:
        if parts[-1] and width_of(parts[-1] + piece, letters) > room:
            parts.append("")
        for character in piece:
            if parts[-1] and width_of(parts[-1] + character, letters) > room:
                parts.append("")
            parts[-1] += character
    return parts
