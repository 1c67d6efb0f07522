"""Reads the figures of a view back from everything that gives them: drawing, table, files, pictures.

Two forms occur. *Records* are the figures by (indicator, region, breakdown, period), None where nothing is published.
A *table* holds what stands in its cells by (row, column): the figure, or the words where there is none.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any
from xml.etree import ElementTree

import openpyxl
import polars as pl
import pypdf
import pytest

from dashboard.drawn import Drawing
from dashboard.exports.carried import texts_of

Records = dict[tuple[str, str, str, str], float | None]
Table = dict[tuple[str, str], float | str]
KEY = ("indicator", "region", "breakdown", "period")
SVG = "{http://www.w3.org/2000/svg}"
OWN = "{urn:monitor-arbeitsmigration}"
FIGURE_MARKS = ("line", "bar", "point", "geoshape", "circle", "area", "trail")


def records_of(figures: pl.DataFrame) -> Records:
    """Of a drawing's figures."""
    return {tuple(row[key] for key in KEY): row["value"] for row in figures.iter_rows(named=True)}  # type: ignore[misc]


def records_of_csv(body: bytes | str) -> Records:
    """Of the form for machines or that for a German Excel."""
    said = body if isinstance(body, str) else body.decode("utf-8-sig")
    german = said.startswith("indicator;")
    rows = csv.DictReader(io.StringIO(said), delimiter=";" if german else ",")
    return _records(rows, lambda value: float(value.replace(",", ".") if german else value))


def records_of_json(body: bytes) -> Records:
    return _records(json.loads(body)["observations"], float)


def records_of_xlsx(body: bytes) -> Records:
    """Of the second sheet, which has the export columns; of the first in a workbook of observations."""
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
    for sheet in book.worksheets:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        if rows and rows[0][:2] == ["indicator", "region"]:
            return _records((dict(zip(rows[0], row, strict=False)) for row in rows[1:]), float)
    raise AssertionError("no sheet has the export columns")


def records_of_svg(body: bytes) -> Records:
    found = ElementTree.fromstring(body).find(f"{SVG}metadata/{OWN}figures")
    assert found is not None and found.text
    return records_of_csv(found.text)


def records_of_png(body: bytes) -> Records:
    return records_of_csv(texts_of(body)["Figures"])


def table_of(drawn: Drawing) -> Table:
    """Of the table that the page shows."""
    columns = drawn.table.columns[1:]
    return {
        (row[0].text, column): cell.text if cell.value is None else cell.value
        for row in drawn.table.rows
        for column, cell in zip(columns, row[1:], strict=True)
    }


def table_of_json(body: bytes) -> Table:
    table = json.loads(body)["table"]
    return {
        (row[0]["text"], column): cell["text"] if cell["value"] is None else cell["value"]
        for row in table["rows"]
        for column, cell in zip(table["columns"][1:], row[1:], strict=True)
    }


def table_of_xlsx(body: bytes) -> Table:
    """Of the first sheet of a view's workbook: the header is the first row with more than one cell."""
    sheet = openpyxl.load_workbook(io.BytesIO(body), read_only=True).worksheets[0]
    rows = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    start = next((n for n, row in enumerate(rows) if len(row) > 1), len(rows))  # a view without figures has no table
    return {
        (str(row[0]), str(column)): cell
        for row in rows[start + 1 :]
        for column, cell in zip(rows[start][1:], row[1:], strict=True)
    }


def rows_of(html: str) -> list[list[str]]:
    """The cells of a table of a page, row by row from its head on."""
    rows = re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    return [[unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def words_of_svg(body: bytes) -> list[str]:
    """The texts that are seen, in their order."""
    return ["".join(text.itertext()) for text in ElementTree.fromstring(body).iter(f"{SVG}text")]


def words_of_pdf(body: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages).split())


def drawn_values(spec: Mapping[str, Any], fields: tuple[str, ...] = ("v",)) -> list[float]:
    """The figures in the data of a drawing's marks; places of words are no figures."""
    return [
        float(row[field])
        for layer in _layers(spec)
        if _kind(layer) in FIGURE_MARKS
        for row in layer.get("data", {}).get("values", [])
        for field in fields
        if isinstance(row, dict) and isinstance(row.get(field), int | float)
    ]


def same(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> None:
    """Fails unless both hold the same figures under the same keys; a workbook keeps 16 digits."""
    assert one.keys() == other.keys()
    for key, value in one.items():
        if isinstance(value, int | float):
            assert other[key] == pytest.approx(value, rel=1e-12), key
        else:
            assert other[key] == value, key


def _records(rows: Any, number: Any) -> Records:
    found: Records = {}
    for row in rows:
        value = row.get("value")
        key = tuple(row.get(name) or "" for name in KEY)
        assert key not in found, key
        found[key] = None if value in (None, "") else number(value)  # type: ignore[index]
    return found


def _layers(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield spec
    for part in ("layer", "hconcat", "vconcat", "concat"):
        for inner in spec.get(part, []):
            yield from _layers(inner)


def _kind(layer: Mapping[str, Any]) -> str:
    mark = layer.get("mark", "")
    return str(mark.get("type", "")) if isinstance(mark, dict) else str(mark)
