"""Makes ``dashboard/assets/icons.woff2``: of Streamlit's icon font what the pages and Streamlit itself can show.

The whole font has 4,300 icons and is the largest file of a first visit. Run it after an update of Streamlit or when a
test misses an icon: ``python deploy/subset_icons.py``, with fonttools and brotli installed beside streamlit. The names
of the icons stand in ``icons.txt``. The font (Material Symbols Rounded) is under the Apache License 2.0; nothing but
leaving out icons was changed.
"""

from __future__ import annotations

import re
from pathlib import Path

import streamlit
from fontTools import subset
from fontTools.ttLib import TTFont

PROJECT = Path(__file__).resolve().parent.parent
STATIC = Path(streamlit.__file__).parent / "static" / "static"
TARGET = PROJECT / "dashboard" / "assets" / "icons.woff2"
# any string of the bundle that is the name of an icon may be one
_STRING = re.compile(r"[`\"'/:]([a-z0-9_]{2,40})[`\"':]")
_NAMED = re.compile(r":material/([a-z0-9_]+):")


def ligatures(font: TTFont) -> dict[str, str]:
    """The glyph of each icon by the name that is written for it."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            inner = getattr(table, "ExtSubTable", table)
            for first, entries in getattr(inner, "ligatures", {}).items():
                for entry in entries:
                    found["".join(letters.get(g, "?") for g in (first, *entry.Component))] = entry.LigGlyph
    return found


def wanted() -> set[str]:
    """Every word that could be the name of an icon, in the code of the pages and of Streamlit's bundle."""
    bundle = {word for path in (STATIC / "js").glob("*.js") for word in _STRING.findall(path.read_text("utf-8"))}
    code = {name for path in (PROJECT / "dashboard").rglob("*.py") for name in _NAMED.findall(path.read_text("utf-8"))}
    return bundle | code


def main() -> None:
    (source,) = (STATIC / "media").glob("MaterialSymbols-Rounded.*.woff2")
    font = TTFont(source)
    known = ligatures(font)
    names = sorted(wanted() & known.keys())
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]
    options.layout_closure = False  # or every icon that the letters can write would stay
    options.notdef_outline = True
    maker = subset.Subsetter(options)
    maker.populate(
        glyphs=[known[name] for name in names], unicodes=[ord(c) for c in "abcdefghijklmnopqrstuvwxyz0123456789_"]
    )
    maker.subset(font)
    subset.save_font(font, str(TARGET), options)
    TARGET.with_suffix(".txt").write_text("\n".join(names) + "\n", encoding="utf-8")
    print(f"{len(names)} icons, {TARGET.stat().st_size:,} bytes of {source.stat().st_size:,}")


if __name__ == "__main__":
    main()
