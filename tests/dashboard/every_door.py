"""Compares what a view gives through every door: chart, table, page, files, pictures and the interface for machines."""

from __future__ import annotations

import json
from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from dashboard.addresses import chart_address, data_address
from dashboard.charting import made
from dashboard.drawn import Drawing
from dashboard.metadata import Metadata
from dashboard.store import Store
from dashboard.view import View, address, read, to_params
from tests.dashboard import readback
from tests.dashboard.test_pages import charts, run

ALL_DRAWN = ("line", "small-multiples", "side-by-side", "highlight")  # forms that draw every figure they tell
PLACES = {"scatter": ("x", "y")}  # where the data of a form's marks hold figures


def check_figures(view: View, store: Store, metadata: Metadata, client: TestClient, *, pictures: bool) -> None:
    """Chart, table, CSV, XLSX, JSON and the published observations of a view; ``pictures``: SVG and PNG too."""
    drawn = made(store, metadata, view, "light")
    records, table = readback.records_of(drawn.figures), readback.table_of(drawn)
    told = {value for value in records.values() if value is not None}
    written = {value for value in table.values() if isinstance(value, float)}
    # beside its figures a map's table has their change between two years
    assert written >= told if view.chart == "map" else written == told
    seen = drawn_figures(view, drawn)
    assert seen <= (written if view.chart == "map" else told)
    if view.chart in ALL_DRAWN:
        assert seen == told
    answer = {kind: _asked(client, chart_address(view, metadata, kind)) for kind in ("csv", "xlsx", "json")}
    readback.same(records, readback.records_of_csv(answer["csv"]))
    readback.same(records, readback.records_of_xlsx(answer["xlsx"]))
    readback.same(records, readback.records_of_json(answer["json"]))
    readback.same(table, readback.table_of_json(answer["json"]))
    readback.same(table, readback.table_of_xlsx(answer["xlsx"]))
    _check_published(view, drawn, metadata, client)
    if pictures:
        readback.same(records, readback.records_of_svg(_asked(client, chart_address(view, metadata, "svg"))))
        readback.same(records, readback.records_of_png(_asked(client, chart_address(view, metadata, "png"))))


def check_page(view: View, store: Store, metadata: Metadata) -> None:
    """The page shows the view of its link and gives the same link on; its chart is that of the files."""
    link = to_params(view, metadata)
    at = run("explore", **link)
    assert not at.warning, [w.value for w in at.warning]
    at.session_state["share_box"] = True  # the block is filled only when it is opened
    at.run()
    given = at.code[0].value.splitlines()[-1]
    assert given == address("/explore", link)
    assert {key: value for key, (value,) in _listed(at.query_params).items()} == link
    drawn = made(store, metadata, view, "light")
    specs = [spec for _, spec in charts(at)]
    assert specs == [json.loads(json.dumps(spec)) for _, spec in drawn.charts]
    assert drawn.headline in at.code[0].value


def check_link(view: View, metadata: Metadata) -> None:
    """The view's address is read as the view, without a note, and written the same again."""
    link = to_params(view, metadata)
    again, notes = read(link, metadata)
    assert (again, notes) == (view, ())
    assert to_params(again, metadata) == link


def drawn_figures(view: View, drawn: Drawing) -> set[float]:
    """The figures that the marks of a drawing stand for."""
    fields = PLACES.get(view.chart, ("v",))
    return {value for _, spec in drawn.charts for value in readback.drawn_values(spec, fields)}


def _check_published(view: View, drawn: Drawing, metadata: Metadata, client: TestClient) -> None:
    """The counts behind the figures are those that the interface for machines gives as published."""
    if drawn.figures.is_empty():
        return
    body = _asked(client, data_address(view, metadata, "csv"))
    key = ["indicator", "region", "breakdown", "source", "period_end"]
    published = pl.read_csv(body, infer_schema=False).with_columns(pl.col("value").cast(pl.Float64))
    shown = drawn.figures.with_columns(pl.col("period_end").cast(pl.String)).select(*key, "counted")
    both = shown.join(published.select(*key, "value"), on=key, how="left", validate="m:1")
    assert both.height == shown.height
    for count, value in both.select("counted", "value").iter_rows():
        assert count is None or value == pytest.approx(count, rel=1e-12)


def _asked(client: TestClient, link: str) -> bytes:
    answer = client.get(link)
    assert answer.status_code == 200, (link, answer.text[:300])
    return answer.content


def _listed(params: Any) -> dict[str, list[str]]:
    found = {key: params[key] for key in params}
    return {key: value if isinstance(value, list) else [value] for key, value in found.items()}
