"""The small YAML mapping of ``etl import table``: what a tidy table's columns mean in the catalogue's terms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

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

    Raises RefusedError with everything that departs from the model or from the catalogue.
    """
    try:
        mapping = read_yaml(path, TableMapping)
    except CatalogueError as error:
        raise RefusedError(str(error).replace(str(path), path.name)) from error
    problems = _contradictions(mapping, catalogue)
    if problems:
        raise RefusedError(f"{path.name} contradicts the catalogue:\n  " + "\n  ".join(problems))
    return mapping, catalogue.indicators[mapping.indicator]


def _contradictions(mapping: TableMapping, catalogue: Catalogue) -> list[str]:
    problems = []
    by_hand = [s.id for s in catalogue.sources.values() if s.manual and s.id != PROTECTED]
    if mapping.source not in by_hand:
        problems.append(f"source: '{mapping.source}' is none whose tables come by hand; allowed: {', '.join(by_hand)}")
    elif mapping.table in catalogue.tables(mapping.source):
        problems.append(
            f"table: {mapping.source} {mapping.table} is read by the catalogue itself; use 'etl import file', or "
            "another name"
        )
    indicator = catalogue.indicators.get(mapping.indicator)
    if indicator is None:
        problems.append(
            f"indicator: '{mapping.indicator}' is not in the catalogue; "
            f"allowed: {', '.join(sorted(catalogue.indicators))}"
        )
        return problems
    if indicator.preferred_source == PROTECTED:
        problems.append(f"indicator: {indicator.id} holds protected counts, which are never imported as a plain table")
    if mapping.period.kind != indicator.period_kind:
        problems.append(f"period: kind: '{mapping.period.kind}', but {indicator.id} has '{indicator.period_kind}'")
    fragments = [mapping.fixed, *(b for labels in mapping.columns.values() for b in labels.values() if b)]
    for dim, code in dict.fromkeys(pair for f in fragments for pair in parse_breakdown(f).items()):
        known = catalogue.dimensions.get(dim)
        if dim not in indicator.dims:
            allowed = ", ".join(indicator.dims) or "none"
            problems.append(f"'{dim}={code}': {indicator.id} has no dimension '{dim}'; allowed: {allowed}")
        elif known is None or code not in known.values:
            allowed = ", ".join(known.values) if known else "none"
            problems.append(f"'{dim}={code}': '{code}' is not in dimensions.yaml; allowed: {allowed}")
    return problems
