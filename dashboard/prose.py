"""Tables of words and links, as Markdown: what pages say about the data, beside the tables of figures."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dashboard.tables import escaped


def words_table(columns: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A Markdown table whose cells are Markdown already; lines in a cell are joined. ``right``: columns of figures."""
    lines = [
        _line([escaped(c) for c in columns]),
        _line(["---:" if n in right else ":---" for n, _ in enumerate(columns)]),
    ]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def link(said: str, address: str) -> str:
    """A link in Markdown; the bare words where there is no address."""
    safe = quote(address, safe=":/?&=#%+,;@~._-")
    return f"[{escaped(said)}]({safe})" if address else escaped(said)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(c.split()) for c in cells) + " |"
