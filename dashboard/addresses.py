"""Addresses of a view's files and of its page: what pages link to, files name and routes answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

from dashboard.choices import periods_of
from dashboard.metadata import Metadata
from dashboard.queries import view_selection
from dashboard.view import TOTAL, View, address, bounds, to_params

FileKind = Literal["png", "svg", "pdf", "csv", "xlsx", "json"]
DataKind = Literal["csv", "json", "xlsx"]
FILE_KINDS: tuple[FileKind, ...] = get_args(FileKind)
CHART_ROUTE = "/chart/v1/view"
DATA_ROUTE = "/data/v1/observations"
EMBED_PAGE = "/chart"
_LONGEST_NAME = 80  # characters of a file's name


def chart_address(view: View, metadata: Metadata, kind: FileKind) -> str:
    """The view as a file: its picture, or its figures as they are shown. The parameters are those of a page."""
    return address(f"{CHART_ROUTE}.{kind}", to_params(view, metadata))


def data_address(view: View, metadata: Metadata, kind: DataKind) -> str:
    """The published observations behind the view; it names everything, so that no default can change it."""
    selection = view_selection(view, metadata)
    first, last = bounds(view, periods_of([metadata.indicators[i] for i in view.indicators]))
    # a published share has not every breakdown of the count it is a share of
    held = {b for i in selection.indicators or () for b in metadata.indicators[i].breakdowns}
    params = {
        "i": ",".join(selection.indicators or ()),
        "r": ",".join(view.regions),
        "b": ",".join(b or TOTAL for b in selection.breakdowns or () if b in held),
        "from": first,
        "to": last,
    }
    # a map shows districts beside those of the address, and another year where its own has no figures
    left_out = ("r", "from", "to") if view.chart == "map" else ()
    named = {key: value for key, value in params.items() if value and key not in left_out}
    return address(f"{DATA_ROUTE}.{kind}", named | ({"v": view.vintage} if view.vintage else {}))


def page_address(view: View, metadata: Metadata) -> str:
    """The page on which a view is found again, wherever it was shown first."""
    return address("/map" if view.chart == "map" else "/explore", to_params(view, metadata))


def embed_address(params: Mapping[str, str]) -> str:
    """The page with nothing but the chart."""
    return address(EMBED_PAGE, params)


def fixed(view: View, metadata: Metadata) -> View:
    """The view of exactly the state of the data that it shows now."""
    return replace(view, vintage=view.vintage or metadata.current)


def newest(view: View) -> View:
    """The view of whatever state of the data is current."""
    return replace(view, vintage=None)


def file_name(view: View, metadata: Metadata, kind: FileKind) -> str:
    """What a downloaded file is called: indicators, regions and state of the data, without characters that a file
    system or a header could misread."""
    parts = ["-".join(view.indicators), "-".join(view.regions), view.measure, view.chart]
    name = "_".join(parts).replace(".", "-")[:_LONGEST_NAME]
    return f"{name}_{view.vintage or metadata.current}.{kind}"
