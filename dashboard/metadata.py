"""Everything the store says about its figures, read once per store into frozen dataclasses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal

from dashboard.breakdowns import SPOKEN_LAST, common_parts, spoken_parts
from dashboard.held import held_of
from dashboard.periods import Period
from dashboard.store import Store

Lang = Literal["de", "en"]
REGION_SUM = "BSR"


def qualified(title: str, part: str) -> str:
    """A title and the part of it that is meant, in brackets; never brackets inside brackets or side by side."""
    if "(" in part:
        return f"{title}, {part}"
    return f"{title[:-1]}, {part})" if title.endswith(")") else f"{title} ({part})"


@dataclass(frozen=True)
class Label:
    """A text of the store in both languages."""

    de: str
    en: str

    def to(self, lang: Lang) -> str:
        return self.de if lang == "de" else self.en


@dataclass(frozen=True)
class Region:
    id: str
    order: int
    level: str  # district, region, nuts2, land, country
    name: Label
    short: Label
    part_of: tuple[str, ...]


@dataclass(frozen=True)
class Unit:
    id: str
    label: Label
    suffix: Label | None


@dataclass(frozen=True)
class Rounding:
    """Counts are multiples of ``base`` from the year ``since`` on; a figure is made of about ``cells`` of them."""

    base: int
    cells: int
    since: int
    text: Label


@dataclass(frozen=True)
class Break:
    """Figures from ``at`` on do not compare with those before, in the series of ``source``."""

    source: str
    at: date
    text: Label


@dataclass(frozen=True)
class Base:
    """What the figures of ``source`` from ``since`` up to and including ``until`` stand on, such as a census.

    Figures of different bases make no rate; ``until`` None is up to now.
    """

    source: str
    id: str
    since: date
    until: date | None


@dataclass(frozen=True)
class Indicator:
    """An indicator and what the store holds of it: its breakdowns, regions and periods, each in order.

    ``sources`` have any of its figures, ``total_sources`` those of its total: what a rate can be made of.
    """

    id: str
    theme: str
    title: Label
    definition: Label
    reading: Label
    unit: str
    decimals: int
    measure: str  # stock, flow, rate
    period_kind: str
    default_breakdown: str
    share_indicator: str | None
    share_kind: str | None
    per1000: bool
    preferred_source: str
    rounding: Rounding | None
    notes: tuple[Label, ...]
    related: tuple[str, ...]
    breaks: tuple[Break, ...]
    bases: tuple[Base, ...]
    breakdowns: tuple[str, ...]
    regions: tuple[str, ...]
    periods: tuple[Period, ...]
    sources: tuple[str, ...]
    total_sources: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    id: str
    name: Label
    publisher: Label
    homepage: str
    licence: Label
    licence_url: str
    attribution: Label


@dataclass(frozen=True)
class Dimension:
    label: Label
    total: Label
    values: dict[str, Label]


@dataclass(frozen=True)
class Vintage:
    id: str
    published_at: datetime


@dataclass(frozen=True)
class Metadata:
    """The store's metadata. Dicts are in the order in which a reader should see their entries."""

    indicators: dict[str, Indicator]
    regions: dict[str, Region]
    units: dict[str, Unit]
    sources: dict[str, Source]
    data_names: dict[tuple[str, str], Label]  # by source and table: the register or statistic behind it
    dimensions: dict[str, Dimension]
    vintages: dict[str, Vintage]
    current: str

    @property
    def members(self) -> tuple[str, ...]:
        """Ids of the districts that make up the region."""
        return tuple(r.id for r in self.regions.values() if REGION_SUM in r.part_of)


@lru_cache(maxsize=2)
def read_metadata(store: Store) -> Metadata:
    """All metadata of a store. Only indicators with at least one observation are listed."""
    regions = {
        row["id"]: Region(
            row["id"],
            row["sort_order"],
            row["level"],
            _label(row, "name"),
            _label(row, "short"),
            tuple(row["part_of"]),
        )
        for row in store.query("SELECT * FROM regions ORDER BY sort_order, id").to_dicts()
    }
    units = {
        row["id"]: Unit(row["id"], _label(row, "label"), _label(row, "suffix") if row["suffix_de"] else None)
        for row in store.query("SELECT * FROM units ORDER BY id").to_dicts()
    }
    sources = {
        row["id"]: Source(
            row["id"],
            _label(row, "name"),
            _label(row, "publisher"),
            row["homepage"],
            _label(row, "licence"),
            row["licence_url"],
            _label(row, "attribution"),
        )
        for row in store.query("SELECT * FROM sources ORDER BY id").to_dicts()
    }
    vintages = {
        row["vintage"]: Vintage(row["vintage"], row["published_at"])
        for row in store.query("SELECT vintage, published_at FROM vintages ORDER BY vintage DESC").to_dicts()
    }
    data_names = {
        (row["source"], row["table"]): _label(row, "data")
        for row in store.query('SELECT DISTINCT source, "table", data_de, data_en FROM series').to_dicts()
    }
    dimensions = _dimensions(store)
    return Metadata(
        indicators=_indicators(store, dimensions),
        regions=regions,
        units=units,
        sources=sources,
        data_names=data_names,
        dimensions=dimensions,
        vintages=vintages,
        current=str(store.query("SELECT vintage FROM store").item()),
    )


def _dimensions(store: Store) -> dict[str, Dimension]:
    values = store.query("SELECT * FROM dimension_values ORDER BY dim, sort_order, code").to_dicts()
    by_dim = {dim: {row["code"]: _label(row, "label") for row in rows} for dim, rows in groupby(values, _dim)}
    return {
        row["dim"]: Dimension(_label(row, "label"), _label(row, "total"), by_dim.get(row["dim"], {}))
        for row in store.query("SELECT * FROM dimensions ORDER BY dim").to_dicts()
    }


def _dim(row: dict[str, Any]) -> str:
    return str(row["dim"])


def _indicators(store: Store, dimensions: dict[str, Dimension]) -> dict[str, Indicator]:
    held = held_of(store)
    breaks: dict[str, list[Break]] = {}
    for row in store.query('SELECT * FROM breaks ORDER BY indicator, "at"').to_dicts():
        breaks.setdefault(row["indicator"], []).append(Break(row["source"], row["at"], _label(row, "text")))
    bases: dict[str, list[Base]] = {}
    for row in store.query("FROM bases").to_dicts():
        bases.setdefault(row["indicator"], []).append(Base(row["source"], row["base"], row["since"], row["until"]))
    found = {}
    for row in store.query("SELECT * FROM indicators ORDER BY sort_order, id").to_dicts():
        if row["id"] not in held:
            continue
        own = held[row["id"]]
        found[row["id"]] = Indicator(
            id=row["id"],
            theme=row["theme"],
            title=_full_title(_label(row, "title"), common_parts(own.breakdowns), dimensions),
            definition=_label(row, "definition"),
            reading=_label(row, "reading"),
            unit=row["unit"],
            decimals=row["decimals"],
            measure=row["measure"],
            period_kind=row["period_kind"],
            default_breakdown=row["default_breakdown"],
            share_indicator=row["share_indicator"],
            share_kind=row["share_kind"],
            per1000=row["per1000"],
            preferred_source=row["preferred_source"],
            rounding=_rounding(row),
            notes=tuple(Label(note["de"], note["en"]) for note in json.loads(row["notes_json"])),
            related=tuple(row["related"]),
            breaks=tuple(breaks.get(row["id"], ())),
            bases=tuple(bases.get(row["id"], ())),
            breakdowns=_sorted_breakdowns(own.breakdowns, dimensions),
            regions=own.regions,
            periods=own.periods,
            sources=own.sources,
            total_sources=own.total_sources,
        )
    return found


def _sorted_breakdowns(breakdowns: Sequence[str], dimensions: dict[str, Dimension]) -> tuple[str, ...]:
    """Total first, then one dimension before two, codes in the order of their dimension."""
    ranks = {dim: {code: n for n, code in enumerate(entry.values)} for dim, entry in dimensions.items()}

    def key(breakdown: str) -> tuple[int, list[tuple[bool, str, int, str]]]:
        parts = [part.split("=", 1) for part in spoken_parts(breakdown)]
        placed = [(dim in SPOKEN_LAST, dim, ranks.get(dim, {}).get(code, len(ranks)), code) for dim, code in parts]
        return len(parts), placed

    return tuple(sorted(breakdowns, key=key))


def _full_title(title: Label, parts: Sequence[str], dimensions: dict[str, Dimension]) -> Label:
    """The title with what all figures are limited to: nobody may take foreign employees for all employees."""
    for part in parts:
        dim, code = part.split("=", 1)
        known = dimensions[dim].values.get(code) if dim in dimensions else None
        said = known or Label(code, code)
        title = Label(qualified(title.de, said.de), qualified(title.en, said.en))
    return title


def _rounding(row: dict[str, Any]) -> Rounding | None:
    if row["rounding_base"] is None:
        return None
    return Rounding(row["rounding_base"], row["rounding_cells"], row["rounding_since"], _label(row, "rounding"))


def _label(row: dict[str, Any], name: str) -> Label:
    return Label(row[f"{name}_de"], row[f"{name}_en"])
