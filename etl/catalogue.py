"""The reading of ``data/catalogue``: regions, sources, dimensions, units, indicators, corrections, events, registers.

Everything a YAML file can say is said there; ``entries`` gives it types, this module reads the files and
checks that they agree with each other. An error names the file and the key.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from etl.areas import Boundaries, read_boundaries
from etl.briefings import Briefing, briefing_problems
from etl.counselling_entries import CONTENT_DIMS, CounsellingFile
from etl.entries import (
    ChecksFile,
    Correction,
    CorrectionsFile,
    Dimension,
    DimensionsFile,
    Event,
    EventsFile,
    IgnoredRegion,
    Indicator,
    Region,
    RegionsFile,
    RevisionLimits,
    Series,
    Source,
    SourcesFile,
    TableOptions,
    TablesFile,
    Unit,
    UnitsFile,
)
from etl.errors import CatalogueError
from etl.measure_entries import Measure, MeasuresFile
from etl.outlook_entries import OutlookFile
from etl.service_entries import ServicesFile, bad_registers

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUE_DIR = PROJECT / "data" / "catalogue"
BOUNDARIES_FILE = PROJECT / "data" / "extract" / "boundaries.json"

REGION_SUM = "BSR"  # id of the sum of the eight districts

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Catalogue:
    """All of ``data/catalogue``, read and cross-checked, with the imported boundaries of its districts."""

    regions: tuple[Region, ...]
    ignored_regions: tuple[IgnoredRegion, ...]
    sources: dict[str, Source]
    dimensions: dict[str, Dimension]
    units: dict[str, Unit]
    indicators: dict[str, Indicator]
    events: tuple[Event, ...]
    corrections: tuple[Correction, ...]
    table_options: tuple[TableOptions, ...]
    revision_limits: RevisionLimits
    counselling: CounsellingFile
    outlook: OutlookFile
    measures: tuple[Measure, ...]
    services: ServicesFile
    boundaries: Boundaries | None = None
    briefings: tuple[Briefing, ...] = ()

    @cached_property
    def region_by_id(self) -> dict[str, Region]:
        return {r.id: r for r in self.regions}

    @cached_property
    def members(self) -> tuple[str, ...]:
        """Ids of the districts that make up the region."""
        return tuple(r.id for r in self.regions if REGION_SUM in r.part_of)

    @cached_property
    def land_districts(self) -> tuple[str, ...]:
        return tuple(r.id for r in self.regions if r.level == "district" and "03" in r.part_of)

    def tables(self, source: str) -> dict[str, list[tuple[Indicator, Series]]]:
        """The tables that a source must deliver, with the series that are read from each."""
        found: dict[str, list[tuple[Indicator, Series]]] = {}
        for indicator in self.indicators.values():
            for series in indicator.series:
                if series.source == source:
                    found.setdefault(series.table, []).append((indicator, series))
        return found

    def options(self, source: str, table: str) -> TableOptions:
        """How to ask for a table; empty options where nothing special has to be known."""
        found = (o for o in self.table_options if (o.source, o.table) == (source, table))
        return next(found, TableOptions(source=source, table=table))

    def corrections_for(self, source: str, table: str) -> list[Correction]:
        return [c for c in self.corrections if c.source == source and c.table == table]


class _UniqueKeys(yaml.CSafeLoader):
    """The safe loader; a key that stands twice is a mistake and not the last one's victory."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := sorted({str(k) for k in keys if keys.count(k) > 1}):
            raise yaml.constructor.ConstructorError(None, None, f"keys stand twice: {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path, model: type[M]) -> M:
    """One YAML file as its model.

    Raises CatalogueError with file and key if the file is no YAML or breaks its model.
    """
    try:
        raw: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CatalogueError(f"{path}: cannot be read as YAML: {error}") from error
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        lines = [f"{path.name}: {'.'.join(str(p) for p in e['loc']) or '(file)'}: {e['msg']}" for e in error.errors()]
        raise CatalogueError(f"{path} breaks its rules:\n  " + "\n  ".join(lines)) from error


def load_catalogue(folder: Path = CATALOGUE_DIR, boundaries: Path = BOUNDARIES_FILE) -> Catalogue:
    """The whole catalogue; without a file of ``boundaries`` its districts have none.

    Raises CatalogueError (file and key) for a broken file or a reference to nothing.
    """
    regions = read_yaml(folder / "regions.yaml", RegionsFile)
    indicators = {i.id: i for i in _one_a_file(folder / "indicators", Indicator)}
    corrections = [
        c for p in sorted((folder / "corrections").glob("*.yaml")) for c in read_yaml(p, CorrectionsFile).corrections
    ]
    counselling = read_yaml(folder / "counselling.yaml", CounsellingFile)
    dimensions = _by_id("dimensions.yaml", read_yaml(folder / "dimensions.yaml", DimensionsFile).dimensions)
    catalogue = Catalogue(
        regions=regions.regions,
        ignored_regions=regions.ignored,
        sources=_by_id("sources.yaml", read_yaml(folder / "sources.yaml", SourcesFile).sources),
        dimensions=_with_providers(dimensions, counselling),
        units=_by_id("units.yaml", read_yaml(folder / "units.yaml", UnitsFile).units),
        indicators=dict(sorted(indicators.items(), key=lambda item: item[1].order)),
        events=tuple(_by_id("events.yaml", read_yaml(folder / "events.yaml", EventsFile).events).values()),
        corrections=tuple(corrections),
        table_options=read_yaml(folder / "tables.yaml", TablesFile).tables,
        revision_limits=read_yaml(folder / "checks.yaml", ChecksFile).revisions,
        counselling=counselling,
        outlook=read_yaml(folder / "outlook.yaml", OutlookFile),
        measures=tuple(_by_id("measures.yaml", read_yaml(folder / "measures.yaml", MeasuresFile).measures).values()),
        services=read_yaml(folder / "services.yaml", ServicesFile),
        boundaries=read_boundaries(boundaries),
        briefings=tuple(sorted(_one_a_file(folder / "briefings", Briefing), key=lambda b: (b.order, b.id))),
    )
    problems = [
        *_broken_references(catalogue),
        *_bad_regions(catalogue),
        *_bad_counselling(catalogue),
        *bad_registers(catalogue),
        *briefing_problems(catalogue.briefings, catalogue),
    ]
    if problems:
        raise CatalogueError(f"{folder} contradicts itself:\n  " + "\n  ".join(problems))
    return catalogue


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_HasId)


F = TypeVar("F", Indicator, Briefing)  # entries with a file of their own


def _one_a_file(folder: Path, model: type[F]) -> list[F]:
    """The entries of a folder, in the order of their files, each of which is called as its entry."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        entry = read_yaml(path, model)
        if entry.id != path.stem:
            raise CatalogueError(f"{path}: id: is '{entry.id}', the file's name says '{path.stem}'")
        found.append(entry)
    return found


def _by_id(file: str, entries: Sequence[E]) -> dict[str, E]:
    found: dict[str, E] = {}
    for entry in entries:
        if entry.id in found:
            raise CatalogueError(f"{file}: {entry.id}: stands twice")
        found[entry.id] = entry
    return found


def parse_breakdown(breakdown: str) -> dict[str, str]:
    """``"nationality=foreign;sex=m"`` as a dict; the total as an empty one."""
    return dict(part.split("=", 1) for part in breakdown.split(";") if part)


def join_breakdown(parts: dict[str, str]) -> str:
    """The canonical breakdown: sorted ``dim=value`` pairs joined by ``;``."""
    return ";".join(f"{dim}={value}" for dim, value in sorted(parts.items()))


def _with_providers(dimensions: dict[str, Dimension], counselling: CounsellingFile) -> dict[str, Dimension]:
    """The dimensions with the counselling bodies as codes of ``provider``, their own topics as codes of ``topic``."""
    own = {
        "provider": {p.code: p.name for p in counselling.providers},
        "topic": {code: label for p in counselling.providers for code, label in p.topics.items()},
    }
    return {
        dim: entry.model_copy(update={"values": {**entry.values, **own.get(dim, {})}})
        for dim, entry in dimensions.items()
    }


def _bad_counselling(catalogue: Catalogue) -> list[str]:
    counselling, problems = catalogue.counselling, list[str]()
    for dim in CONTENT_DIMS:
        if missing := sorted(set(counselling.codes.get(dim, ())) - catalogue.dimensions[dim].values.keys()):
            problems.append(f"counselling.yaml: codes: {dim}: {', '.join(missing)} not in dimensions.yaml")
        if not counselling.codes.get(dim):
            problems.append(f"counselling.yaml: codes: {dim} has none")
    if {o.id for o in counselling.origins} != set(counselling.codes.get("origin", ())):
        problems.append("counselling.yaml: origins: expected the codes of 'origin', each once")
    countries = [c for o in counselling.origins for c in o.countries]
    if twice := sorted({c for c in countries if countries.count(c) > 1}):
        problems.append(f"counselling.yaml: origins: {', '.join(twice)} in two regions of origin")
    codes = [p.code for p in counselling.providers]
    problems += [f"counselling.yaml: providers: {c} stands twice" for c in {c for c in codes if codes.count(c) > 1}]
    for provider in counselling.providers:
        at = f"counselling.yaml: providers: {provider.id}"
        regions = [o.region for o in provider.offices]
        problems += [f"{at}: region {r} is no district of the region" for r in regions if r not in catalogue.members]
        if len({o.id for o in provider.offices}) < len(regions) or len(set(regions)) < len(regions):
            problems.append(f"{at}: offices: expected each id and each region once")
        if unknown := sorted(set(provider.leaves_out) - set(counselling.codes["topic"])):
            problems.append(f"{at}: leaves_out: {', '.join(unknown)} is no common topic")
    return problems


def _bad_regions(catalogue: Catalogue) -> list[str]:
    ids = [r.id for r in catalogue.regions]
    problems = [f"regions.yaml: {i}: stands twice" for i in sorted({i for i in ids if ids.count(i) > 1})]
    if len(catalogue.members) != 8:
        problems.append(f"regions.yaml: part_of: {REGION_SUM} has {len(catalogue.members)} districts, not 8")
    if catalogue.boundaries is not None and (unknown := sorted(catalogue.boundaries.areas.keys() - set(ids))):
        problems.append(f"boundaries.json: {', '.join(unknown)} not in regions.yaml; run 'etl import boundaries' again")
    return problems


def _codes(indicator: Indicator) -> set[tuple[str, str]]:
    """Every dimension and code that an indicator's series can give."""
    fragments = [f for s in indicator.series for f in (s.fixed, *(b for c in s.columns.values() for b in c.values()))]
    return {pair for fragment in fragments for pair in parse_breakdown(fragment or "").items()}


def _broken_references(catalogue: Catalogue) -> list[str]:
    problems: list[str] = []
    for indicator in catalogue.indicators.values():
        at = f"indicators/{indicator.id}.yaml"
        if indicator.unit not in catalogue.units:
            problems.append(f"{at}: unit: '{indicator.unit}' is not in units.yaml")
        links = [*indicator.related, *([indicator.share_of.indicator] if indicator.share_of else [])]
        problems += [f"{at}: '{i}' is no indicator" for i in links if i not in catalogue.indicators]
        if indicator.region_rate and indicator.region_rate.numerator not in catalogue.indicators:
            problems.append(f"{at}: region_rate: '{indicator.region_rate.numerator}' is no indicator")
        codes = [(p.dim, c) for p in indicator.checks.parts for c in p.parts]
        codes += [(b.dim, c) for b in indicator.checks.balance for c in (b.minuend, b.subtrahend, b.difference)]
        codes += parse_breakdown(indicator.default_breakdown).items()
        problems += [
            f"{at}: '{d}={c}' of a check or default is in no series"
            for d, c in codes
            if (d, c) not in _codes(indicator)
        ]
        if indicator.preferred_source not in {s.source for s in indicator.series}:
            problems.append(f"{at}: preferred_source: '{indicator.preferred_source}' has no series here")
        for series in indicator.series:
            if series.source not in catalogue.sources:
                problems.append(f"{at}: series: source '{series.source}' is not in sources.yaml")
            fragments = [series.fixed, *(b for labels in series.columns.values() for b in labels.values() if b)]
            for dim, value in (pair for f in fragments for pair in parse_breakdown(f).items()):
                known = catalogue.dimensions.get(dim)
                if dim not in indicator.dims:
                    problems.append(f"{at}: series {series.table}: dimension '{dim}' is not in dims")
                if known is None or value not in known.values:
                    problems.append(f"{at}: series {series.table}: '{dim}={value}' is not in dimensions.yaml")
    for option in catalogue.table_options:
        if option.table not in catalogue.tables(option.source):
            problems.append(f"tables.yaml: {option.source} {option.table}: no indicator reads this table")
    for event in catalogue.events:
        at = f"events.yaml: {event.id}"
        problems += [f"{at}: '{i}' is no indicator" for i in event.indicators if i not in catalogue.indicators]
        problems += [f"{at}: '{r}' is no region" for r in event.regions if r not in catalogue.region_by_id]
    for correction in catalogue.corrections:
        if correction.table not in catalogue.tables(correction.source):
            problems.append(f"corrections: {correction.id}: nothing reads table {correction.table}")
    return problems
