"""A view as a file of any kind: what the routes send and the pages link to."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.addresses import FileKind, file_name
from dashboard.drawn import Drawing
from dashboard.exports.csv import excel_csv
from dashboard.exports.json import view_json
from dashboard.exports.picture import WIDTH, picture
from dashboard.exports.shown import as_shown
from dashboard.exports.xlsx import view_xlsx
from dashboard.metadata import Metadata
from dashboard.view import View

MEDIA_TYPES: dict[FileKind, str] = {
    "png": "image/png",
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8; header=present",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@dataclass(frozen=True)
class File:
    body: bytes
    media_type: str
    name: str


def view_file(
    drawn: Drawing, view: View, metadata: Metadata, kind: FileKind, origin: str = "", width: int = WIDTH
) -> File:
    """The file of a view; ``width`` is that of a picture in px. ``drawn`` must be of the light ground; ``origin`` is
    scheme, host and folder of the monitor as readers reach it, which the file names as its link."""
    return File(_body(drawn, view, metadata, kind, origin, width), MEDIA_TYPES[kind], file_name(view, metadata, kind))


def _body(drawn: Drawing, view: View, metadata: Metadata, kind: FileKind, origin: str, width: int) -> bytes:
    if kind == "csv":
        return excel_csv(as_shown(drawn.figures, view, metadata))
    if kind == "xlsx":
        return view_xlsx(drawn, view, metadata, origin)
    if kind == "json":
        return view_json(drawn, view, metadata, origin)
    return picture(drawn, view, metadata, kind, origin=origin, width=width)
