"""Reads everything that the store says about its figures, once per store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from dashboard.breakdowns import SPOKEN_LAST, common_parts, spoken_parts
from dashboard.held import Held, held_of
from dashboard.metadata import (
    Area,
    Base,
    Break,
    Correction,
    Dimension,
    Event,
    Indicator,
    Label,
    Metadata,
    Milestone,
    Provider,
    Region,
    Rounding,
    SeriesSource,
    Source,
    Unit,
    Vintage,
    qualified,
)
from dashboard.registers_reading import read_registers, starts_of
from dashboard.store import Store


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
            _label(row, "rhythm"),
            row["stale_after_days"],
            row["invented"],
        )
        for row in store.query("SELECT * FROM sources ORDER BY id").to_dicts()
    }
    vintages = {
        row["vintage"]: Vintage(row["vintage"], row["published_at"])
        for row in store.query("SELECT vintage, published_at FROM vintages ORDER BY vintage DESC").to_dicts()
    }
    dimensions = _dimensions(store)
    indicators = _indicators(store, dimensions)
    series = _series(store)
    registers = read_registers(store)
    return Metadata(
        indicators=indicators,
        regions=regions,
        units=units,
        sources=sources,
        data_names={(s.source, s.table): s.data for s in series},
        dimensions=dimensions,
        providers=_providers(store),
        milestones=_milestones(store),
        events=_events(store),
        areas=_areas(store),
        series=tuple(s for s in series if s.indicator in indicators),
        corrections=_corrections(store),
        vintages=vintages,
        current=str(store.query("SELECT vintage FROM store").item()),
        registers=registers,
        starts=starts_of(registers.measures),
    )


def _dimensions(store: Store) -> dict[str, Dimension]:
    values = store.query("SELECT * FROM dimension_values ORDER BY dim, sort_order, code").to_dicts()
    by_dim = {dim: list(rows) for dim, rows in groupby(values, _dim)}
    return {
        row["dim"]: Dimension(
            _label(row, "label"),
            _label(row, "total"),
            {value["code"]: _label(value, "label") for value in by_dim.get(row["dim"], ())},
            {v["code"]: _label(v, "definition") for v in by_dim.get(row["dim"], ()) if v["definition_de"]},
            frozenset(v["code"] for v in by_dim.get(row["dim"], ()) if v["ordered"]),
            frozenset(v["code"] for v in by_dim.get(row["dim"], ()) if v["residual"]),
        )
        for row in store.query("SELECT * FROM dimensions ORDER BY dim").to_dicts()
    }


def _providers(store: Store) -> dict[str, Provider]:
    return {
        row["code"]: Provider(
            code=row["code"],
            name=_label(row, "name"),
            about=_label(row, "about"),
            source=row["source"],
            invented=row["invented"],
            threshold=row["threshold"],
            round_to=row["round_to"],
            regions=tuple(row["regions"]),
            topics=tuple(row["topics"]),
        )
        for row in store.query("SELECT * FROM providers ORDER BY sort_order, code").to_dicts()
    }


def _milestones(store: Store) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(row["at"], _label(row, "when"), _label(row, "text"), _label(row, "source"), row["link"])
        for row in store.query('SELECT * FROM milestones ORDER BY "at", when_de').to_dicts()
    )


def _series(store: Store) -> list[SeriesSource]:
    found = store.query(
        "SELECT s.* FROM series s JOIN indicators i ON i.id = s.indicator "
        'ORDER BY i.sort_order, i.id, s.source, s."table"'
    )
    return [
        SeriesSource(row["indicator"], row["source"], row["table"], _label(row, "data"), row["link"])
        for row in found.to_dicts()
    ]


def _events(store: Store) -> tuple[Event, ...]:
    return tuple(
        Event(
            id=row["id"],
            at=row["at"],
            title=_label(row, "title"),
            short=_label(row, "short"),
            source=_label(row, "source"),
            link=row["link"],
            verified=row["verified"],
            themes=tuple(row["themes"]),
            indicators=tuple(row["indicators"]),
            regions=tuple(row["regions"]),
        )
        for row in store.query('SELECT * FROM events ORDER BY "at", id').to_dicts()
    )


def _areas(store: Store) -> dict[str, Area]:
    return {
        row["region"]: Area(
            region=row["region"],
            geometry=json.loads(row["geometry"]),
            as_of=row["as_of"],
            attribution=_label(row, "attribution"),
            licence=_label(row, "licence"),
            licence_url=row["licence_url"],
            link=row["link"],
            retrieved=row["retrieved_at"],
        )
        for row in store.query("SELECT * FROM areas ORDER BY region").to_dicts()
    }


def _corrections(store: Store) -> tuple[Correction, ...]:
    return tuple(
        Correction(row["id"], row["source"], row["table"], row["action"], row["rows"], _label(row, "reason"))
        for row in store.query('SELECT * FROM corrections ORDER BY source, "table", id').to_dicts()
    )


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
            share_within=tuple(row["share_within"]),
            per1000=row["per1000"],
            preferred_source=row["preferred_source"],
            rounding=_rounding(row),
            notes=tuple(Label(note["de"], note["en"]) for note in json.loads(row["notes_json"])),
            related=tuple(row["related"]),
            breaks=tuple(breaks.get(row["id"], ())),
            bases=tuple(bases.get(row["id"], ())),
            breakdowns=_sorted_breakdowns(own, dimensions),
            regions=own.regions,
            periods=own.periods,
            sources=own.sources,
            total_sources=own.total_sources,
        )
    return found


def _sorted_breakdowns(held: Held, dimensions: dict[str, Dimension]) -> tuple[str, ...]:
    """Total first, then one dimension before two, codes in the order of their dimension; what was withdrawn is last,
    because the first one is shown by default."""
    ranks = {dim: {code: n for n, code in enumerate(entry.values)} for dim, entry in dimensions.items()}

    def key(breakdown: str) -> tuple[bool, int, list[tuple[bool, str, int, str]]]:
        parts = [part.split("=", 1) for part in spoken_parts(breakdown)]
        placed = [(dim in SPOKEN_LAST, dim, ranks.get(dim, {}).get(code, len(ranks)), code) for dim, code in parts]
        return breakdown not in held.current, len(parts), placed

    return tuple(sorted(held.breakdowns, key=key))


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
