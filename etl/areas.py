"""The districts' boundaries in the project's own form: ``data/extract/boundaries.json``, one district a line."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import Field, ValidationError

from etl.entries import Licence, Strict, Text
from etl.errors import CatalogueError


class Geometry(Strict):
    """A GeoJSON geometry in WGS 84."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[Any] = Field(min_length=1)


class Boundaries(Strict):
    """The boundaries of all districts on one day, with what their publisher asks to be said beside them.

    ``sha256`` is that of the publisher's file, ``areas`` are by id of the region.
    """

    name: Text
    link: str
    licence: Licence
    attribution: Text
    as_of: date
    retrieved_at: datetime
    sha256: str
    areas: dict[str, Geometry] = Field(min_length=1)


def read_boundaries(path: Path) -> Boundaries | None:
    """The imported boundaries; None if there are none. Raises CatalogueError if the file is not what was written."""
    if not path.exists():
        return None
    try:
        return Boundaries.model_validate(orjson.loads(path.read_bytes()))
    except (OSError, orjson.JSONDecodeError, ValidationError) as error:
        raise CatalogueError(
            f"{path}: the boundaries cannot be read: {str(error).splitlines()[0]}; take the file back from git or run "
            "'etl import boundaries' again"
        ) from error


def as_bytes(boundaries: Boundaries) -> bytes:
    """The file's content: a line for each fact and each district, so that a change shows as few changed lines."""
    facts = boundaries.model_dump(mode="json", exclude={"areas"})
    lines = [b"%s:%s" % (orjson.dumps(key), orjson.dumps(value)) for key, value in facts.items()]
    areas = [
        b"%s:%s" % (orjson.dumps(region), orjson.dumps(geometry.model_dump()))
        for region, geometry in sorted(boundaries.areas.items())
    ]
    return b"{\n%s,\n" % b",\n".join(lines) + b'"areas":{\n%s\n}}\n' % b",\n".join(areas)
