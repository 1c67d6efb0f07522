"""Tables of words and links: what pages say about the data, beside the tables of figures."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import quote

import streamlit as st

from dashboard.tables import escaped

_SAFE = ":/?&=#%+,;@~._-"  # of an address; nothing else can end it


def show_words(columns: Sequence[str], rows: Sequence[Sequence[str]], name: str, right: Sequence[int] = ()) -> None:
    """Draws ``words_table``."""
    st.markdown(words_table(columns, rows, name, right), unsafe_allow_html=True)


def words_table(columns: Sequence[str], rows: Sequence[Sequence[str]], name: str, right: Sequence[int] = ()) -> str:
    """A table as HTML, which unlike Markdown has a name and heads of rows.

    Cells are HTML already, made by ``html_link`` or ``html.escape``; ``right`` are the columns of figures.
    """
    sides = ["right" if n in right else "left" for n, _ in enumerate(columns)]
    head = "".join(
        f'<th scope="col" style="text-align: {side}">{escape(c)}</th>' for c, side in zip(columns, sides, strict=True)
    )
    lines = [f'<table aria-label="{escape(name)}"><thead><tr>{head}</tr></thead><tbody>']
    for first, *others in rows:
        cells = "".join(
            f'<td style="text-align: {side}">{cell}</td>' for cell, side in zip(others, sides[1:], strict=True)
        )
        lines.append(f'<tr><th scope="row" style="text-align: left; font-weight: normal">{first}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody></table>"])


def html_link(said: str, address: str) -> str:
    """A link for a cell; the bare words where there is no address."""
    return f'<a href="{escape(quote(address, safe=_SAFE))}">{escape(said)}</a>' if address else escape(said)


def link(said: str, address: str) -> str:
    """A link in Markdown; the bare words where there is no address."""
    return f"[{escaped(said)}]({quote(address, safe=_SAFE)})" if address else escaped(said)
