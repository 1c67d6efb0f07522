"""Boundaries of districts: what departs is refused as a whole, what is written still fits together."""

from __future__ import annotations

import copy
import dataclasses
import json
import random
import re
from datetime import date

import duckdb
import pytest
import shapely
from typer.testing import CliRunner

from etl.areas import read_boundaries
from etl.boundaries import import_boundaries, read_rules
from etl.catalogue import BOUNDARIES_FILE, CATALOGUE_DIR, load_catalogue
from etl.cli import app
from etl.errors import CatalogueError
from etl.extract import load_extract
from etl.imports import RefusedError
from etl.metadata import metadata_tables
from etl.raw import RawStore
from etl.settings import Settings
from tests.recordings import SHARED, needs_recordings

RULES = read_rules().model_copy(update={"tolerance": 0.01, "decimals": 3})
WHOLE = load_catalogue()
TOWN, RURAL = WHOLE.region_by_id["03101"], WHOLE.region_by_id["03151"]
CATALOGUE = dataclasses.replace(WHOLE, regions=(TOWN, RURAL))
DAY = date(2021, 1, 1)
cli = CliRunner()


def border(wiggles: int = 200) -> list[list[float]]:
    """From south to north along 10.5 degrees east, never quite straight."""
    chance = random.Random(7)
    inner = [[10.5 + chance.uniform(-0.002, 0.002), 52 + n / wiggles] for n in range(1, wiggles)]
    return [[10.5, 52.0], *inner, [10.5, 53.0]]


def two_districts() -> dict:
    """A town in the west and a rural district in the east of one wiggling border, and a district of another Land."""
    common = border()
    west = [*common, [10.0, 53.0], [10.0, 52.0], common[0]]
    east = [*reversed(common), [11.0, 52.0], [11.0, 53.0], common[-1]]
    far = [[7.0, 49.0], [7.0, 50.0], [8.0, 50.0], [7.0, 49.0]]
    return {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
        "features": [
            feature("03101", "Braunschweig", "Kreisfreie Stadt", west),
            feature("03151", "Gifhorn", "Landkreis", east),
            feature("07131", "Ahrweiler", "Landkreis", far),
        ],
    }


def feature(key: str, name: str, kind: str, ring: list) -> dict:
    properties = {"ARS": key, "GEN": name, "BEZ": kind, "BEM": "--"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def place(tmp_path):
    """Folders of a run: the settings, and where the boundaries are written."""
    return Settings(tmp_path / "data", {}), tmp_path / "boundaries.json"


def bring(place, content, as_of=DAY, rules=RULES, catalogue=CATALOGUE):
    settings, out = place
    path = out.with_name("kreise.geojson")
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return import_boundaries(settings, catalogue, rules, path, as_of, out)


def shapes(out) -> dict:
    found = read_boundaries(out)
    assert found is not None
    return {region: shapely.from_geojson(g.model_dump_json()) for region, g in found.areas.items()}


def test_neighbours_keep_one_common_border_of_fewer_corners(place):
    done = bring(place, two_districts())
    assert (done.districts, done.changed) == (2, True)
    assert done.after < done.before / 5
    west, east = shapes(place[1]).values()
    assert shapely.coverage_is_valid([west, east])
    assert west.intersection(east).length == pytest.approx(1, abs=0.01)
    assert west.area + east.area == pytest.approx(1, abs=1e-3)


def test_where_three_meet_they_still_meet(place):
    content, common = two_districts(), border()
    south = [*reversed(common[:101]), [11.0, 52.0], [11.0, 52.5], common[100]]
    north = [*reversed(common[100:]), [11.0, 52.5], [11.0, 53.0], common[-1]]
    content["features"][1:] = [
        feature("03151", "Gifhorn", "Landkreis", south),
        feature("03157", "Peine", "Landkreis", north),
    ]
    third = dataclasses.replace(WHOLE, regions=(TOWN, RURAL, WHOLE.region_by_id["03157"]))
    bring(place, content, catalogue=third)
    assert shapely.coverage_is_valid(list(shapes(place[1]).values()))


def test_positions_are_short_and_outer_rings_go_clockwise(place):
    bring(place, two_districts())
    for shape in shapes(place[1]).values():
        assert not shape.exterior.is_ccw
        assert all(round(n, 3) == n for position in shape.exterior.coords for n in position)


def test_the_file_says_whose_the_boundaries_are_and_of_which_day(place):
    bring(place, two_districts(), as_of=date(2024, 12, 31))
    found = read_boundaries(place[1])
    assert found is not None
    assert found.attribution.de == "© GeoBasis-DE / BKG (2024) dl-de/by-2-0 (Daten verändert)"
    assert (found.as_of, found.licence.id) == (date(2024, 12, 31), "dl-de/by-2-0")
    assert len(place[1].read_text(encoding="utf-8").splitlines()) == 12  # a line for each fact and district


def test_the_publishers_file_is_kept_and_the_same_file_changes_nothing(place):
    bring(place, two_districts())
    earlier = re.sub(r'"retrieved_at":"\d{4}', '"retrieved_at":"2024', place[1].read_text(encoding="utf-8"))
    place[1].write_text(earlier, encoding="utf-8")
    first = place[1].read_bytes()
    assert not bring(place, two_districts()).changed
    assert place[1].read_bytes() == first
    kept = RawStore(place[0].raw_dir).newest("bkg", "vg5000_kreise", "import")
    assert kept is not None
    assert json.loads(kept.body) == two_districts()


def spoiled(**changes) -> dict:
    """The two districts with the town's properties or ring replaced."""
    found = copy.deepcopy(two_districts())
    town = found["features"][0]
    if "ring" in changes:
        town["geometry"]["coordinates"] = [changes.pop("ring")]
    town["properties"] |= changes
    return found


def crossed() -> list:
    return [[10.0, 52.0], [10.5, 53.0], [10.5, 52.0], [10.0, 53.0], [10.0, 52.0]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("no json", r"kreise\.geojson: expected a GeoJSON FeatureCollection .* no JSON"),
        ([1], r"its type is another one"),
        ({"type": "FeatureCollection", "features": []}, r"it has no features"),
        ({**two_districts(), "crs": "urn:ogc:def:crs:EPSG::25832"}, r"expected degrees .* convert it first"),
        (spoiled(ARS=3101), r"feature 1 has no text for ARS"),
        (spoiled(ARS="03999"), r"03101 Stadt Braunschweig: expected one feature, there is none"),
        (spoiled(ARS="03151"), r"03151 Landkreis Gifhorn: expected one feature, there are 2"),
        (spoiled(GEN="Brunswick"), r"expected the name Braunschweig, GEN is 'Brunswick'"),
        (spoiled(BEZ="Landkreis"), r"BEZ is 'Landkreis'"),
        (spoiled(ring=[[10.0, 52.0], [10.5, 52.0], [10.0, 52.0]]), r"no list of at least 4 positions"),
        (spoiled(ring=[[10.0, 52.0], [10.5, "x"], [10.0, 53.0], [10.0, 52.0]]), r"no list of at least 4 positions"),
        (spoiled(ring=[[10.0, 52.0], [10.5, 52.0], [10.5, 53.0], [10.0, 53.0]]), r"ring that is not closed"),
        (
            spoiled(ring=[[52.0, 10.0], [53.0, 10.0], [53.0, 10.5], [52.0, 10.0]]),
            r"52\.0, 10\.0\] is outside Germany",
        ),
        (spoiled(ring=crossed()), r"not a valid area: Self-intersection"),
        (
            spoiled(ring=[[10.0, 52.0], [10.0, 53.0], [10.7, 53.0], [10.7, 52.0], [10.0, 52.0]]),
            r"03101 Stadt Braunschweig: overlaps a neighbour",
        ),
    ],
)
def test_a_file_that_departs_changes_nothing(place, content, message):
    bring(place, two_districts())
    before = place[1].read_bytes()
    with pytest.raises(RefusedError, match=message):
        bring(place, content)
    assert place[1].read_bytes() == before


def test_a_geometry_of_another_kind_is_named(place):
    content = two_districts()
    content["features"][0]["geometry"] = {"type": "Point", "coordinates": [10, 52]}
    content["features"][1]["geometry"] = None
    with pytest.raises(RefusedError) as told:
        bring(place, content)
    assert "its geometry is Point" in str(told.value)
    assert "its geometry is missing" in str(told.value)


def test_all_that_departs_is_listed_at_once(place):
    content = spoiled(GEN="Brunswick", ring=crossed())
    del content["features"][1]
    with pytest.raises(RefusedError) as told:
        bring(place, content)
    assert len(str(told.value).splitlines()) == 4
    assert "nothing was changed" in str(told.value)
    assert not place[1].exists()


def test_a_file_that_stays_too_large_is_refused(place):
    with pytest.raises(RefusedError, match=r"expected at most 1,000; raise tolerance"):
        bring(place, two_districts(), rules=RULES.model_copy(update={"largest": 1000}))
    with pytest.raises(RefusedError, match=r"expected at most 100$"):
        bring(place, two_districts(), rules=RULES.model_copy(update={"max_bytes": 100}))


def test_a_refused_file_is_exit_code_4_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.setenv("ETL_DATA_DIR", str(tmp_path))
    path = tmp_path / "kreise.geojson"
    path.write_text(json.dumps(two_districts()), encoding="utf-8")
    before = BOUNDARIES_FILE.read_bytes()
    refused = cli.invoke(app, ["import", "boundaries", str(path), "--as-of", "2021-01-01"])
    assert refused.exit_code == 4
    assert "03102 Stadt Salzgitter: expected one feature, there is none" in refused.stderr
    assert BOUNDARIES_FILE.read_bytes() == before
    assert cli.invoke(app, ["import", "boundaries", str(path)]).exit_code == 2


def test_a_damaged_file_of_ours_is_named(tmp_path):
    damaged = tmp_path / "boundaries.json"
    damaged.write_text('{"areas": {}}', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"boundaries\.json: the boundaries cannot be read"):
        load_catalogue(boundaries=damaged)


def test_boundaries_of_a_district_that_the_catalogue_lacks_are_named(tmp_path):
    other = tmp_path / "boundaries.json"
    other.write_text(BOUNDARIES_FILE.read_text(encoding="utf-8").replace('"03101":', '"03100":'), encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"boundaries\.json: 03100 not in regions\.yaml"):
        load_catalogue(boundaries=other)


def test_without_boundaries_there_are_no_areas(tmp_path):
    catalogue = load_catalogue(CATALOGUE_DIR, tmp_path / "none.json")
    assert metadata_tables(catalogue, [])["areas"] == []


# --- the bundled boundaries ---------------------------------------------------------------------------------------


def test_every_district_has_bundled_boundaries_that_fit_together():
    found = shapes(BOUNDARIES_FILE)
    assert set(found) == {r.id for r in WHOLE.regions if r.level == "district"}
    assert shapely.coverage_is_valid(list(found.values()))
    assert not any(ring.is_ccw for s in found.values() for ring in shapely.get_exterior_ring(shapely.get_parts(s)))
    assert BOUNDARIES_FILE.stat().st_size <= 60_000
    together = shapely.coverage_union_all([found[i] for i in WHOLE.members])
    assert together.geom_type == "Polygon"  # the region is one piece


def test_a_fresh_start_publishes_boundaries_and_events_with_the_bundled_figures(tmp_path):
    made = load_extract(tmp_path, WHOLE)
    assert made is not None
    with duckdb.connect(str(tmp_path / f"{made.vintage}.duckdb"), read_only=True) as con:
        areas = con.sql("SELECT region, geometry, attribution_de, as_of FROM areas ORDER BY region").fetchall()
        events = con.sql("SELECT id, short_de, link, themes, indicators FROM events").fetchall()
    assert len(areas) == 45
    assert areas[0][0] == "03101"
    assert json.loads(areas[0][1])["type"] == "Polygon"
    assert areas[0][2:] == ("© GeoBasis-DE / BKG (2021) dl-de/by-2-0 (Daten verändert)", DAY)
    described = [(e.id, e.short.de, str(e.link), list(e.themes), list(e.indicators)) for e in WHOLE.events]
    assert sorted(described) == sorted(events)


@needs_recordings
def test_the_recorded_file_gives_the_bundled_boundaries(tmp_path):
    recorded = SHARED / "recordings" / "geometry" / "Ebene_Kreise_vg5000_2021.geojson"
    out = tmp_path / "boundaries.json"
    import_boundaries(Settings(tmp_path, {}), WHOLE, read_rules(), recorded, DAY, out)
    made, bundled = read_boundaries(out), read_boundaries(BOUNDARIES_FILE)
    assert made is not None
    assert bundled is not None
    assert made.areas == bundled.areas
    assert made.sha256 == bundled.sha256
