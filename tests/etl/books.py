"""Workbooks as a publisher makes them: merged headers, texts, numbers, from rows written out in a test."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from hypothesis import strategies as st

Cell = str | int | float | None
Rows = Sequence[Sequence[Cell]]


def book(sheets: Mapping[str, Rows], merges: Mapping[str, Sequence[str]] | None = None) -> bytes:
    """A workbook with these sheets; a merge such as ``A8:C10`` keeps the text of its first cell."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for reference in (merges or {}).get(name, ()):
                sheet.merge_range(reference, "")
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, str):
                        sheet.write_string(r, c, cell)
                    elif cell is not None:
                        sheet.write_number(r, c, cell)
    return file.getvalue()


STRAY = st.sampled_from([None, "", "*", "x", -1, 1.5, 5, "2024", "03101", "Insgesamt", "Okt 2026", "03101 Peine"])


@st.composite
def damaged(draw: st.DrawFn, rows: Rows) -> Rows:
    """The rows with some of them removed, doubled or exchanged, a column put in or taken out, or a stray cell."""
    out = [list(row) for row in rows]
    for _ in range(draw(st.integers(1, 3))):
        at, column = draw(st.integers(0, len(out) - 1)), draw(st.integers(0, 6))
        kind = draw(st.sampled_from(["remove", "double", "exchange", "column in", "column out", "cell"]))
        if kind == "remove" and len(out) > 1:
            del out[at]
        elif kind == "double":
            out.insert(at, list(out[at]))
        elif kind == "exchange":
            other = draw(st.integers(0, len(out) - 1))
            out[at], out[other] = out[other], out[at]
        elif kind == "column in":
            out = [[*row[:column], draw(STRAY), *row[column:]] for row in out]
        elif kind == "column out":
            out = [[*row[:column], *row[column + 1 :]] for row in out]
        elif column < len(out[at]):
            out[at][column] = draw(STRAY)
    return out
