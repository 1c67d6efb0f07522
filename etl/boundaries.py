"""``etl import boundaries``: the publisher's GeoJSON of districts, checked, simplified, written in the project's form.

Neighbours keep a common border: all districts are simplified as one coverage. Whatever departs is listed at once, and
then nothing is changed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import shapely  # type: ignore[import-untyped]

from etl.areas import Boundaries, Geometry, as_bytes, read_boundaries
from etl.asking import IMPORT
from etl.catalogue import BOUNDARIES_FILE, CATALOGUE_DIR, Catalogue, read_yaml
from etl.entries import Licence, Region, Strict, Text
from etl.http import HttpReply
from etl.imports import RefusedError
from etl.raw import RawStore, write_atomically
from etl.settings import Settings
from etl.sources.base import Request

RULES_FILE = CATALOGUE_DIR / "boundaries.yaml"
_POINTS = 4  # fewest positions of a closed ring


class Columns(Strict):
    """The properties that hold a district's key, its name and its kind (Landkreis, Kreisfreie Stadt)."""

    key: str
    name: str
    kind: str


class Box(Strict):
    """Degrees of longitude and latitude that every position lies between."""

    west: float
    south: float
    east: float
    north: float


class BoundaryRules(Strict):
    """What a boundary file must look like and how far it is simplified: ``data/catalogue/boundaries.yaml``.

    ``tolerance`` is in degrees: a corner goes if its triangle is smaller than the square of it.
    """

    id: str
    table: str
    name: Text
    link: str
    licence: Licence
    attribution: Text
    columns: Columns
    max_bytes: int
    box: Box
    tolerance: float
    decimals: int
    largest: int


@dataclass(frozen=True)
class Imported:
    """What an import did: ``size`` of the file in bytes, numbers of positions ``before`` and ``after``.

    ``changed`` is False if the same boundaries had been imported already.
    """

    districts: int
    as_of: date
    before: int
    after: int
    size: int
    changed: bool


def read_rules(path: Path = RULES_FILE) -> BoundaryRules:
    """The rules of the catalogue. Raises CatalogueError with file and key."""
    return read_yaml(path, BoundaryRules)


def import_boundaries(
    settings: Settings,
    catalogue: Catalogue,
    rules: BoundaryRules,
    path: Path,
    as_of: date,
    out: Path = BOUNDARIES_FILE,
) -> Imported:
    """Write the simplified boundaries of the catalogue's districts to ``out`` and keep the file as a raw reply.

    Raises RefusedError with everything that departs, and OSError if the file cannot be read.
    """
    if (size := path.stat().st_size) > rules.max_bytes:
        raise RefusedError(f"{path.name}: has {size:,} bytes, expected at most {rules.max_bytes:,}")
    body = path.read_bytes()
    districts = [r for r in catalogue.regions if r.level == "district"]
    found = _checked(_features(body, path.name, rules), districts, rules, path.name)
    shapes = [found[r.id] for r in districts]
    made = _simplified(shapes, rules)
    digest = hashlib.sha256(body).hexdigest()
    boundaries = Boundaries(
        name=rules.name,
        link=rules.link,
        licence=rules.licence,
        attribution=_of_year(rules.attribution, as_of.year),
        as_of=as_of,
        retrieved_at=_first_retrieved(out, digest) or datetime.now(UTC).replace(microsecond=0),
        sha256=digest,
        areas={
            r.id: Geometry.model_validate(orjson.loads(shapely.to_geojson(s)))
            for r, s in zip(districts, made, strict=True)
        },
    )
    content = as_bytes(boundaries)
    if len(content) > rules.largest:
        raise RefusedError(
            f"{path.name}: the simplified boundaries have {len(content):,} bytes, expected at most {rules.largest:,}; "
            f"raise tolerance in {RULES_FILE.name}"
        )
    _keep(settings, rules, path.name, body)
    changed = not out.exists() or out.read_bytes() != content
    if changed:
        write_atomically(out, content)
    return Imported(len(districts), as_of, _positions(shapes), _positions(made), len(content), changed)


def _features(body: bytes, name: str, rules: BoundaryRules) -> list[dict[str, Any]]:
    """The features of the file. Raises RefusedError if it is no GeoJSON of districts in the publisher's layout."""
    columns = [rules.columns.key, rules.columns.name, rules.columns.kind]
    expected = f"expected a GeoJSON FeatureCollection of districts with {', '.join(columns)}"
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise RefusedError(f"{name}: {expected}, the file is no JSON: {error}") from error
    if not isinstance(read, dict) or read.get("type") != "FeatureCollection":
        raise RefusedError(f"{name}: {expected}, its type is another one")
    system = str(read.get("crs", "CRS84"))
    if "CRS84" not in system and "4326" not in system:
        raise RefusedError(f"{name}: expected degrees (WGS 84), its coordinate system is {system}; convert it first")
    features = read.get("features")
    if not isinstance(features, list) or not features:
        raise RefusedError(f"{name}: {expected}, it has no features")
    for n, feature in enumerate(features, start=1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        lacking = [c for c in columns if not isinstance(properties, dict) or not isinstance(properties.get(c), str)]
        if lacking:
            raise RefusedError(f"{name}: {expected}, feature {n} has no text for {', '.join(lacking)}")
    return features


def _checked(
    features: Sequence[dict[str, Any]], districts: Sequence[Region], rules: BoundaryRules, name: str
) -> dict[str, shapely.Geometry]:
    """Region id → shape of every district. Raises RefusedError with all problems of all districts."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for feature in features:
        by_key.setdefault(feature["properties"][rules.columns.key], []).append(feature)
    problems: list[str] = []
    shapes: dict[str, shapely.Geometry] = {}
    for region in districts:
        at = f"{region.id} {region.name.de}"
        own = by_key.get(region.id, [])
        if len(own) != 1:
            problems.append(f"{at}: expected one feature, there {'is none' if not own else f'are {len(own)}'}")
            continue
        problems += [f"{at}: {p}" for p in _name_problems(own[0]["properties"], region, rules.columns)]
        broken = list(_ring_problems(own[0].get("geometry"), rules.box))
        problems += [f"{at}: {p}" for p in broken]
        if not broken:
            shapes[region.id] = shapely.from_geojson(orjson.dumps(own[0]["geometry"]))
            if not shapely.is_valid(shapes[region.id]):
                problems.append(f"{at}: not a valid area: {shapely.is_valid_reason(shapes[region.id])}")
    if not problems:
        kept = [shapes[r.id] for r in districts]
        edges = shapely.coverage_invalid_edges(kept)
        problems = [
            f"{r.id} {r.name.de}: overlaps a neighbour, or does not meet it corner by corner"
            for r, edge in zip(districts, edges, strict=True)
            if not shapely.is_empty(edge)
        ]
    if problems:
        raise RefusedError(f"{name}: refused, nothing was changed:\n  " + "\n  ".join(problems))
    return shapes


def _name_problems(properties: dict[str, Any], region: Region, columns: Columns) -> Iterator[str]:
    """Whether the key belongs to the district that the catalogue means: its name, and town or rural district."""
    name, kind = properties[columns.name], properties[columns.kind]
    spellings = [spelling.partition(", ")[::2] for spelling in region.names]
    if name not in {own for own, _ in spellings}:
        yield f"expected the name {region.short.de}, {columns.name} is '{name}'"
    if kind.casefold() not in {own.casefold() for _, own in spellings if own}:
        yield f"expected one of {sorted(own for _, own in spellings if own)}, {columns.kind} is '{kind}'"


def _ring_problems(geometry: object, box: Box) -> Iterator[str]:
    """What is wrong with the rings of a GeoJSON geometry; the first position outside the box only."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list) or not coordinates:
        yield f"expected a Polygon or MultiPolygon, its geometry is {kind or 'missing'}"
        return
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not all(isinstance(polygon, list) and polygon for polygon in polygons):
        yield "has a polygon without rings"
        return
    for ring in (ring for polygon in polygons for ring in polygon):
        if not isinstance(ring, list) or len(ring) < _POINTS or not all(_is_position(p) for p in ring):
            yield f"has a ring that is no list of at least {_POINTS} positions"
        elif ring[0] != ring[-1]:
            yield f"has a ring that is not closed, from {ring[0]} to {ring[-1]}"
        elif outside := [p for p in ring if not _inside(p, box)]:
            yield f"position {outside[0]} is outside Germany (longitude first, in degrees)"


def _is_position(position: object) -> bool:
    return (
        isinstance(position, list)
        and len(position) >= 2
        and all(isinstance(n, int | float) and not isinstance(n, bool) and math.isfinite(n) for n in position)
    )


def _inside(position: Sequence[float], box: Box) -> bool:
    return box.west <= position[0] <= box.east and box.south <= position[1] <= box.north


def _simplified(shapes: Sequence[shapely.Geometry], rules: BoundaryRules) -> Sequence[shapely.Geometry]:
    """The shapes with fewer and rounder positions, outer rings clockwise: Vega takes others for the rest of the globe.

    Raises RefusedError where they would no longer fit together.
    """
    fewer = shapely.coverage_simplify(shapely.force_2d(shapes), rules.tolerance)
    rounder = shapely.transform(fewer, lambda positions: positions.round(rules.decimals))
    if not (shapely.is_valid(rounder).all() and shapely.coverage_is_valid(rounder)):
        raise RefusedError(f"the simplified boundaries no longer fit together; lower tolerance in {RULES_FILE.name}")
    return list(shapely.orient_polygons(rounder, exterior_cw=True))


def _positions(shapes: Sequence[shapely.Geometry]) -> int:
    return int(shapely.get_num_coordinates(shapes).sum())


def _of_year(text: Text, year: int) -> Text:
    return Text(de=text.de.format(year=year), en=text.en.format(year=year))


def _first_retrieved(out: Path, digest: str) -> datetime | None:
    """When the very file came first, if it is the one that was imported last."""
    before = read_boundaries(out)
    return before.retrieved_at if before is not None and before.sha256 == digest else None


def _keep(settings: Settings, rules: BoundaryRules, file_name: str, body: bytes) -> None:
    """Store the publisher's file as it came, like every file that comes by hand."""
    request = Request(f"file:{file_name}", name=IMPORT)
    reply = HttpReply(200, request.url, {}, body, datetime.now(UTC))
    RawStore(settings.raw_dir).save(rules.id, rules.table, request, reply)
