"""A workbook's parts as streams of tags and texts: whatever they hold, they take little memory, or are refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal
from xml.parsers import expat

from etl.archive import Archive
from etl.errors import EtlError

_MAX_TAGS, _MAX_DEPTH = 4_000_000, 60
_MAX_TOKEN = 1 << 20  # bytes of a single tag: its attributes are kept as a whole
_STEP = 1 << 16


class SheetError(EtlError):
    """A workbook that cannot be read: ``damaged`` (``where``: the part), ``vast`` (the sheet), or too many rows.

    ``too_many_rows`` counts filled ones, ``too_long`` all.
    """

    def __init__(self, what: Literal["damaged", "vast", "too_many_rows", "too_long"], where: str) -> None:
        super().__init__(f"{where}: {what}")
        self.what, self.where = what, where


def stream(
    archive: Archive,
    part: str,
    start: Callable[[str, Mapping[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
    sheet: str = "",
) -> None:
    """Hand a part's tags (without their prefixes) and texts to the functions. Raises SheetError."""
    if part not in archive.names:
        raise SheetError("damaged", part)
    xml = memoryview(archive.read(part))
    parser = expat.ParserCreate()
    parser.buffer_text = True
    place = sheet or part
    tags = depth = fed = last_event = 0

    def on_start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal tags, depth, last_event
        tags, depth, last_event = tags + 1, depth + 1, fed
        if tags > _MAX_TAGS or depth > _MAX_DEPTH:
            raise SheetError("vast", place)
        start(tag.rpartition(":")[2], attributes)

    def on_end(tag: str) -> None:
        nonlocal depth, last_event
        depth, last_event = depth - 1, fed
        if end is not None:
            end(tag.rpartition(":")[2])

    def on_text(data: str) -> None:
        nonlocal last_event
        last_event = fed
        if text is not None:
            text(data)

    def on_doctype(*_: object) -> None:
        raise SheetError("damaged", part)  # no workbook declares one, and entities can grow without end

    parser.StartElementHandler, parser.EndElementHandler = on_start, on_end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = on_text, on_doctype
    try:
        for at in range(0, len(xml), _STEP):
            fed = at
            if fed - last_event > _MAX_TOKEN:
                raise SheetError("vast", place)
            parser.Parse(bytes(xml[at : at + _STEP]), False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise SheetError("damaged", part) from error
