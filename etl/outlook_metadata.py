"""The assumptions of ``/outlook`` as rows of the store's tables ``outlook_assumptions`` and ``outlook_rates``."""

from __future__ import annotations

from typing import Any

from etl.entries import Text
from etl.outlook_entries import Lever, LifeTable, OutlookFile, Participation, Setting

PARTICIPATION = "participation_rates"
_COLUMNS = ("value", "low", "high", "step", "first_year", "last_year", "expectancy_m", "expectancy_f")


def assumption_rows(outlook: OutlookFile) -> list[dict[str, Any]]:
    """One row a setting, lever, set of rates and life table, in the catalogue's order; rates are in per cent."""
    rows = [_row(s.id, "setting", s, value=s.value) for s in outlook.settings]
    rows += [_row(v.id, "lever", v, value=v.value, low=v.low, high=v.high, step=v.step) for v in outlook.levers]
    rows.append(_row(PARTICIPATION, "participation", outlook.participation))
    for table in outlook.life_tables:
        years: dict[str, float | None] = {"first_year": table.first, "last_year": table.last}
        if table.expectancy:
            years |= {"expectancy_m": table.expectancy.m, "expectancy_f": table.expectancy.f}
        rows.append(_row(table.id, "life_table", table, **years))
    return [{**row, "sort_order": n} for n, row in enumerate(rows)]


def rate_rows(outlook: OutlookFile) -> list[dict[str, Any]]:
    """Participation rates (per cent) by bands of age, and probabilities of dying by sex and year of age."""
    rows: list[dict[str, Any]] = [
        {"assumption": PARTICIPATION, "sex": None, "age_from": b.start, "age_to": b.end, "value": b.percent}
        for b in outlook.participation.bands
    ]
    for table in outlook.life_tables:
        for sex, deaths in (("m", table.deaths.m), ("f", table.deaths.f)):
            rows += [
                {"assumption": table.id, "sex": sex, "age_from": age, "age_to": age + 1, "value": value}
                for age, value in enumerate(deaths)
            ]
    return rows


def _row(
    identity: str, kind: str, about: Setting | Lever | Participation | LifeTable, **numbers: float | None
) -> dict[str, Any]:
    source: Text | None = getattr(about, "source", None)
    return {
        "id": identity,
        "kind": kind,
        **{column: numbers.get(column) for column in _COLUMNS},
        "title_de": about.title.de,
        "title_en": about.title.en,
        "reason_de": about.reason.de,
        "reason_en": about.reason.en,
        "source_de": source.de if source else None,
        "source_en": source.en if source else None,
        "link": getattr(about, "link", None),
    }
