"""The assumptions of /outlook: complete, each with reason and source, and carried by the store."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from etl.catalogue import CATALOGUE_DIR, load_catalogue
from etl.outlook_entries import OutlookFile
from etl.outlook_metadata import assumption_rows, rate_rows
from etl.store_schema import TABLES

RAW: dict[str, Any] = yaml.safe_load((CATALOGUE_DIR / "outlook.yaml").read_text(encoding="utf-8"))


def changed(*path: str | int, value: object) -> dict[str, Any]:
    """The file with one entry replaced."""
    found = copy.deepcopy(RAW)
    place: Any = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return found


def test_the_rates_of_the_catalogue_are_probabilities_with_a_source():
    outlook = load_catalogue().outlook
    for table in outlook.life_tables:
        assert len(table.deaths.m) == len(table.deaths.f) >= 90 and table.first <= table.last
        assert all(men > women for men, women in zip(table.deaths.m[15:], table.deaths.f[15:], strict=True))
        assert table.source.de and table.link.startswith("https://")
    assert outlook.participation.source.de and outlook.participation.bands[0].start == 20


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (changed("settings", 0, "id", value="nothing"), "settings.0.id"),
        (changed("settings", value=RAW["settings"][:-1]), "expected each of"),
        (changed("levers", value=RAW["levers"][1:]), "expected each of"),
        (changed("levers", 0, "value", value=99), "the default between them"),
        (changed("participation", "bands", 1, "from", value=26), "without a gap"),
        (changed("participation", "bands", 0, "percent", value=101), "less than or equal to 100"),
        (changed("life_tables", 0, "deaths", "m", 3, value=1.2), "less than or equal to 1"),
        (changed("life_tables", 0, "link", value="http://x"), "String should match"),
    ],
)
def test_a_mistake_is_named(raw: dict[str, Any], message: str):
    with pytest.raises(ValidationError) as caught:
        OutlookFile.model_validate(raw)
    assert message in str(caught.value)


def test_the_store_carries_every_assumption_and_rate():
    outlook = load_catalogue().outlook
    rows, rates = assumption_rows(outlook), rate_rows(outlook)
    assert [row["sort_order"] for row in rows] == [*range(len(rows))]
    columns = {line.split()[0] for line in TABLES["outlook_assumptions"].replace("\n", " ").split(",")}
    assert all({*row} == columns for row in rows)
    assert {rate["assumption"] for rate in rates} <= {row["id"] for row in rows}
    assert sum(rate["sex"] is None for rate in rates) == len(outlook.participation.bands)
    assert [row["value"] for row in rows if row["id"] == "migration"] == [None]
