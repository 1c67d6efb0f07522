"""The small YAML mapping of ``etl import table``: what a tidy table's columns mean in the catalogue's terms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from etl.catalogue import Catalogue, parse_breakdown, read_yaml
from etl.entries import Breakdown, Id, Indicator, PeriodKind, PeriodRule, Series, Strict, Text
from etl.errors import CatalogueError
from etl.imports import RefusedError

PROTECTED = "counselling"  # its counts pass disclosure control first and have an import of their own

Label = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class RegionColumn(Strict):
    """The column of the regions, and how it names them: by AGS (``03101``; ``03``, ``DG``) or by name."""

    column: Label
    by: Literal["ags", "name"]


class PeriodColumn(Strict):
    """The column of the periods and how it is read, as in the catalogue's series."""

    column: Label
    kind: PeriodKind
    day: Annotated[str, StringConstraints(pattern=r"^(\d\d-\d\d|any)$")] | None = None
    offset_years: int = 0

    @model_validator(mode="after")
    def is_a_rule(self) -> PeriodColumn:
        self.rule()
        return self

    def rule(self) -> PeriodRule:
        return PeriodRule(kind=self.kind, day=self.day, offset_years=self.offset_years)


class ValueColumn(Strict):
    column: Label


class TableMapping(Strict):
    """Which indicator the table holds, where it comes from, and what each of its columns means.

    ``decimal``: how a CSV file writes fractions; a workbook's numbers need no such word. Every column of the table is
    named here once: in ``region``, ``period``, ``value``, ``status``, ``columns`` (breakdowns) or ``ignore``.
    """

    indicator: Id
    source: Id = "own_tables"
    table: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,60}$")]
    data: Text  # for the attribution: who counted what
    link: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")]
    sheet: str | None = None
    decimal: Literal["comma", "point"] = "comma"
    region: RegionColumn
    period: PeriodColumn
    value: ValueColumn
    status: ValueColumn | None = None
    columns: dict[Label, dict[str, Breakdown | None]] = Field(default_factory=dict)
    fixed: Breakdown = ""
    ignore: tuple[Label, ...] = ()

    @model_validator(mode="after")
    def every_column_once(self) -> TableMapping:
        names = self.labels()
        if twice := sorted({n for n in names if names.count(n) > 1}):
            raise ValueError(f"columns are named twice: {twice}")
        return self

    def labels(self) -> list[str]:
        """All columns that the mapping names."""
        status = [self.status.column] if self.status else []
        return [self.region.column, self.period.column, self.value.column, *status, *self.columns, *self.ignore]

    def series(self) -> Series:
        """The table as a series of the catalogue."""
        return Series(
            source=self.source,
            table=self.table,
            data=self.data,
            link=self.link,
            period=self.period.rule(),
            columns=self.columns,
            fixed=self.fixed,
        )


def read_mapping(path: Path, catalogue: Catalogue) -> tuple[TableMapping, Indicator]:
    """The mapping and its indicator.

    Raises RefusedError with everything that departs from the model and from the catalogue.
    """
    try:
        mapping = read_yaml(path, TableMapping)
    except CatalogueError as error:
        rules = str(error).replace(str(path), path.name)
        more = _contradictions(_readable_part(path), catalogue)
        raise RefusedError("\n  ".join([rules, *(f"{path.name}: {problem}" for problem in more)])) from error
    problems = _contradictions(_Said.of(mapping), catalogue)
    if problems:
        raise RefusedError(f"{path.name} contradicts the catalogue:\n  " + "\n  ".join(problems))
    return mapping, catalogue.indicators[mapping.indicator]


@dataclass(frozen=True)
class _Said:
    """What a mapping says that the catalogue must know; None is what it does not say, or not in a readable way."""

    indicator: str | None
    source: str | None
    table: str | None
    kind: str | None
    fragments: tuple[str, ...]

    @classmethod
    def of(cls, mapping: TableMapping) -> _Said:
        fragments = [mapping.fixed, *(b for labels in mapping.columns.values() for b in labels.values() if b)]
        return cls(mapping.indicator, mapping.source, mapping.table, mapping.period.kind, tuple(fragments))


def _readable_part(path: Path) -> _Said:
    """What can be told of a mapping that breaks its rules: each of its entries that keeps to its own."""
    try:
        raw = read_yaml(path, _AnyMapping).model_dump()
    except CatalogueError:
        return _Said(None, None, None, None, ())
    period = raw.get("period")
    columns = raw.get("columns")
    labels = [known for known in columns.values() if isinstance(known, dict)] if isinstance(columns, dict) else []
    return _Said(
        _valid(_ID, raw.get("indicator")),
        _valid(_ID, raw.get("source", TableMapping.model_fields["source"].default)),
        _valid(TypeAdapter(str), raw.get("table")),
        _valid(TypeAdapter(PeriodKind), period.get("kind") if isinstance(period, dict) else None),
        tuple(
            fragment
            for text in (raw.get("fixed", ""), *(text for known in labels for text in known.values()))
            if (fragment := _valid(_BREAKDOWN, text))
        ),
    )


_ID: TypeAdapter[Any] = TypeAdapter(Id)
_BREAKDOWN: TypeAdapter[Any] = TypeAdapter(Breakdown)


class _AnyMapping(BaseModel):
    """Any YAML with keys."""

    model_config = ConfigDict(extra="allow")


def _valid(kind: TypeAdapter[Any], value: object) -> str | None:
    try:
        return str(kind.validate_python(value))
    except ValidationError:
        return None


def _contradictions(said: _Said, catalogue: Catalogue) -> list[str]:
    problems = []
    by_hand = [s.id for s in catalogue.sources.values() if s.manual and s.id != PROTECTED]
    if said.source is not None and said.source not in by_hand:
        problems.append(f"source: '{said.source}' is none whose tables come by hand; allowed: {', '.join(by_hand)}")
    elif said.source is not None and said.table in catalogue.tables(said.source):
        problems.append(
            f"table: {said.source} {said.table} is read by the catalogue itself; use 'etl import file', or another name"
        )
    indicator = catalogue.indicators.get(said.indicator or "")
    if indicator is not None:
        return [*problems, *_of_indicator(said, indicator, catalogue)]
    if said.indicator is not None:
        problems.append(
            f"indicator: '{said.indicator}' is not in the catalogue; allowed: {', '.join(sorted(catalogue.indicators))}"
        )
    return problems


def _of_indicator(said: _Said, indicator: Indicator, catalogue: Catalogue) -> list[str]:
    problems = []
    if indicator.preferred_source == PROTECTED:
        problems.append(f"indicator: {indicator.id} holds protected counts, which are never imported as a plain table")
    if said.kind not in (None, indicator.period_kind):
        problems.append(f"period: kind: '{said.kind}', but {indicator.id} has '{indicator.period_kind}'")
    for dim, code in dict.fromkeys(pair for f in said.fragments for pair in parse_breakdown(f).items()):
        known = catalogue.dimensions.get(dim)
        if dim not in indicator.dims:
            allowed = ", ".join(indicator.dims) or "none"
            problems.append(f"'{dim}={code}': {indicator.id} has no dimension '{dim}'; allowed: {allowed}")
        elif known is None or code not in known.values:
            allowed = ", ".join(known.values) if known else "none"
            problems.append(f"'{dim}={code}': '{code}' is not in dimensions.yaml; allowed: {allowed}")
    return problems
