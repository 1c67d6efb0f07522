"""Figures as JSON for programs: records in the export columns, with what is needed to read and cite them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import orjson
import polars as pl

from dashboard.addresses import chart_address, data_address, fixed
from dashboard.drawn import Drawing
from dashboard.exports.shown import as_shown, facts_of
from dashboard.metadata import Metadata
from dashboard.queries import EXPORT_COLUMNS
from dashboard.view import View

_OPTIONS = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


def observations_json(observations: pl.DataFrame, about: Mapping[str, Any]) -> bytes:
    """The observations with ``about`` before them (vintage, links and the like); a null value was not published."""
    return orjson.dumps({**about, "columns": EXPORT_COLUMNS, "observations": _records(observations)}, option=_OPTIONS)


def view_json(drawn: Drawing, view: View, metadata: Metadata, origin: str = "") -> bytes:
    """The figures as a view shows them, in its unit: finding, notes and sources in its language, links to the same
    state of the data."""
    facts = facts_of(drawn, view, metadata, origin)
    exact = fixed(view, metadata)
    about = {
        "title": facts.title,
        "subtitle": facts.subtitle,
        "language": facts.lang,
        "measure": view.measure,
        "notes": drawn.caveats,
        "sources": [asdict(source) for source in drawn.sources],
        "attribution": facts.source,
        "citation": facts.citation,
        "vintage": facts.vintage,
        "links": {
            "page": facts.link,
            "picture": origin + chart_address(exact, metadata, "svg"),
            "observations": origin + data_address(exact, metadata, "json"),
        },
        "table": {
            "columns": drawn.table.columns,
            "rows": [[asdict(cell) for cell in row] for row in drawn.table.rows],
        },
    }
    return observations_json(as_shown(drawn.figures, view, metadata), about)


def _records(observations: pl.DataFrame) -> list[dict[str, Any]]:
    """One record a row; times as ISO 8601 in UTC."""
    return observations.select(EXPORT_COLUMNS).with_columns(_iso("retrieved_at")).to_dicts()


def _iso(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
