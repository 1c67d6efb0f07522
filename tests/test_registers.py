"""The registers of measures and services: every entry has a source, every link its form, nothing refers to nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.catalogue import CATALOGUE_DIR, load_catalogue, read_yaml
from etl.errors import CatalogueError
from etl.measure_entries import MeasuresFile
from etl.metadata import metadata_tables
from etl.service_entries import ServicesFile

WHOLE = load_catalogue()
FILES = {
    "measures.yaml": ("measures",),
    "services.yaml": ("bodies", "services"),
}


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CATALOGUE_DIR, tmp_path / "catalogue")
    return tmp_path / "catalogue"


def changed(folder: Path, file: str, part: str, number: int, **changes: Any) -> Path:
    """The catalogue with one entry changed; None removes a key."""
    path = folder / file
    tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    entry = tree[part][number]
    for key, value in changes.items():
        if value is None:
            entry.pop(key, None)
        else:
            entry[key] = value
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return folder


def read(folder: Path, file: str) -> None:
    """The one file as the catalogue reads it."""
    read_yaml(folder / file, MeasuresFile if file == "measures.yaml" else ServicesFile)


def entries() -> list[tuple[str, str, int]]:
    found = []
    for file, parts in FILES.items():
        tree = yaml.safe_load((CATALOGUE_DIR / file).read_text(encoding="utf-8"))
        found += [(file, part, n) for part in parts for n in range(len(tree[part]))]
    return found


@pytest.mark.parametrize(("file", "part", "number"), entries())
def test_an_entry_without_a_source_is_refused(folder: Path, file: str, part: str, number: int):
    for missing in (None, []):
        with pytest.raises(CatalogueError, match=rf"{part}\.{number}\.sources"):
            read(changed(folder, file, part, number, sources=missing), file)


@pytest.mark.parametrize(
    "link", ["http://example.org/", "example.org", "https://", "https://example", "https://a b.de/"]
)
@pytest.mark.parametrize(("file", "part"), [("measures.yaml", "measures"), ("services.yaml", "services")])
def test_a_link_of_another_form_is_refused(folder: Path, file: str, part: str, link: str):
    sources = [{"text": {"de": "Beleg", "en": "evidence"}, "link": link}]
    with pytest.raises(CatalogueError, match=rf"{part}\.0\.sources\.0\.link"):
        read(changed(folder, file, part, 0, sources=sources), file)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"begins": "2016-13"}, "begins"),
        ({"begins": "2016-02-30"}, "day"),
        ({"begins": "2016", "ends": "2015"}, "'ends' is before 'begins'"),
        ({"begins": None, "ends": "2015"}, "'ends' stands without 'begins'"),
        ({"compared_why": None}, "stand together"),
        ({"compared_with": ["03101"]}, "is a district of the measure itself"),
        ({"status": "maybe"}, "status"),
        ({"duty": "both"}, "duty"),
        ({"groups": ["nobody"]}, "welcome_center: groups: 'nobody' is unknown"),
        ({"topics": ["nothing"]}, "welcome_center: topics: 'nothing' is unknown"),
        ({"districts": ["03401"]}, "districts: '03401' is unknown"),
        ({"indicators": [{"indicator": "wishes"}]}, "'wishes' is no indicator"),
        (
            {"indicators": [{"indicator": "employees", "breakdown": "age=old"}]},
            "'age=old' is no breakdown of employees",
        ),
        ({"id": "round_table"}, "round_table: stands twice"),
    ],
)
def test_a_measure_that_contradicts_the_catalogue_is_refused(folder: Path, changes: dict[str, Any], said: str):
    with pytest.raises(CatalogueError, match=said):
        load_catalogue(changed(folder, "measures.yaml", "measures", 0, **changes))


@pytest.mark.parametrize(
    ("part", "changes", "said"),
    [
        ("services", {"body": "nobody"}, "body: 'nobody' is unknown"),
        ("services", {"stages": ["later"]}, "stages: 'later' is unknown"),
        ("services", {"basis": None}, "a legal duty names its law"),
        ("services", {"duty": "voluntary"}, "a legal duty names its law"),
        ("bodies", {"coverage": ["03404"]}, "coverage: '03404' is unknown"),
        ("bodies", {"provider": "nobody"}, "provider: 'nobody' is unknown"),
        ("topics", {"groups": ["nobody"]}, "groups: 'nobody' is unknown"),
        ("topics", {"counted_as": ["nothing"]}, "counted_as: 'nothing' is unknown"),
        ("groups", {"people": {"indicator": "wishes"}}, "'wishes' is no indicator"),
        ("groups", {"id": "student"}, "groups: student stands twice"),
    ],
)
def test_an_offer_that_refers_to_nothing_is_refused(folder: Path, part: str, changes: dict[str, Any], said: str):
    with pytest.raises(CatalogueError, match=said):
        load_catalogue(changed(folder, "services.yaml", part, 0, **changes))


def test_the_registers_travel_whole_into_the_store():
    tables = metadata_tables(WHOLE, ())
    assert [row["id"] for row in tables["measures"]] == [m.id for m in WHOLE.measures]
    assert [row["id"] for row in tables["services"]] == [s.id for s in WHOLE.services.services]
    assert [row["id"] for row in tables["bodies"]] == [b.id for b in WHOLE.services.bodies]
    for name in ("measures", "services", "bodies"):
        for row in tables[name]:
            sources = json.loads(row["sources_json"])
            assert sources and all(one["text"]["de"] and one["text"]["en"] for one in sources), row["id"]


def test_a_measure_that_was_imported_never_hides_one_of_the_catalogue():
    first = WHOLE.measures[0]
    other = first.model_copy(update={"id": "another", "entered_by": "Stelle"})
    same = first.model_copy(update={"entered_by": "Stelle"})
    rows = metadata_tables(WHOLE, (), [same, other])["measures"]
    assert len(rows) == len(WHOLE.measures) + 1
    assert [row["entered_by"] for row in rows if row["id"] == first.id] == [None] and rows[-1]["id"] == "another"


def test_a_voluntary_offer_has_no_law_and_every_duty_has_one():
    duties = {s.id: s.basis for s in WHOLE.services.services if s.duty == "legal"}
    assert duties and all(basis and basis.link for basis in duties.values())
