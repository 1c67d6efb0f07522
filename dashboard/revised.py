"""What of a view's figures changed since the state of the data that it shows: then and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from dashboard import formats
from dashboard.choices import Measure
from dashboard.labels import Scale, breakdown_label, is_percent, scale_of
from dashboard.metadata import Lang, Metadata
from dashboard.protection import shown_status
from dashboard.queries import view_figures
from dashboard.store import Store
from dashboard.tables import Cell, FigureTable
from dashboard.text import text
from dashboard.view import View

KEY = ("indicator", "region", "breakdown", "period")
Key = tuple[str, str, str, str]  # of a figure, in this order
# statuses that change what a figure says although its value stays
_TELLING = ("limited", "rounded_zero")
_NOISE = 1e-9  # relative: worked-out figures differ in their last bits


@dataclass(frozen=True)
class Changed:
    """One figure that is told otherwise now. A value None was not published, for the reason of its status; a status
    None means that there is no such figure at all."""

    indicator: str
    region: str
    breakdown: str
    period: str
    end: date
    then: float | None
    then_status: str
    now: float | None
    now_status: str | None

    @property
    def key(self) -> Key:
        return self.indicator, self.region, self.breakdown, self.period


@dataclass(frozen=True)
class Revision:
    """The figures of a view that were revised or withdrawn since, the newest periods first, and those that are new;
    the view's measure says in which unit they are."""

    view: View
    revised: tuple[Changed, ...] = ()
    withdrawn: tuple[Changed, ...] = ()
    new: tuple[Key, ...] = ()


def revision(store: Store, metadata: Metadata, view: View, shown: pl.DataFrame | None = None) -> Revision:
    """What changed since the view's vintage in the figures that it shows.

    ``shown`` are the figures as drawn, where a form draws others than the view names (a map: all districts of one
    period). The comparison is of figures in the view's measure, one source for each series, as readers saw them.
    """
    if view.vintage in (None, metadata.current):
        return Revision(view)
    series = replace(view, chart="line")
    if shown is not None and shown.height:
        series = replace(series, regions=tuple(dict.fromkeys(shown["region"])))
    then, now = (view_figures(store, metadata, replace(series, vintage=v)) for v in (view.vintage, None))
    if shown is not None and shown.height:
        drawn = shown["period_end"]
        kept = pl.col("period_end").is_in(drawn.unique().to_list()) | (pl.col("period_end") > drawn.max())
        then, now = then.filter(kept), now.filter(kept)
    return compared(then, now, view, metadata)


def compared(then: pl.DataFrame, now: pl.DataFrame, view: View, metadata: Metadata) -> Revision:
    """The difference of two frames of ``queries.view_figures``.

    A figure counts where either state publishes one; it is revised if a reader sees another one: a difference below
    the decimals shown is none. A figure that was due and came is new, not revised.
    """
    columns = [*KEY, "period_end", "value", "status"]
    both = then.select(columns).join(now.select(columns), on=[*KEY], how="full", coalesce=True, suffix="_now")
    both = both.with_columns(pl.coalesce("period_end", "period_end_now"))
    published, due = pl.col("value_now").is_not_null(), pl.col("status").is_null() | (pl.col("status") == "pending")
    new = both.filter(published & pl.col("value").is_null() & due).select(KEY)
    rest = both.filter(pl.col("status").is_not_null() & ~(published & pl.col("value").is_null() & due))
    differing = rest.filter(_differs()).sort("period_end", *KEY, descending=[True, *(False for _ in KEY)])
    changed = [_changed(row) for row in differing.to_dicts()]
    withdrawn = tuple(c for c in changed if c.now_status is None)
    revised = tuple(c for c in changed if c.now_status is not None and _is_seen(c, view, metadata))
    return Revision(view, revised, withdrawn, tuple(new.iter_rows()))


def merged(revisions: Sequence[Revision]) -> tuple[Revision, ...]:
    """The revisions of several views of one page, each figure in one of them only: a tile and a chart may share it."""
    seen: set[tuple[Measure, Key]] = set()
    found = []
    for one in revisions:
        measure = one.view.measure
        kept = replace(
            one,
            revised=tuple(c for c in one.revised if (measure, c.key) not in seen),
            withdrawn=tuple(c for c in one.withdrawn if (measure, c.key) not in seen),
            new=tuple(key for key in one.new if (measure, key) not in seen),
        )
        found.append(kept)
        seen |= {(measure, key) for key in (*(c.key for c in (*kept.revised, *kept.withdrawn)), *kept.new)}
    return tuple(found)


def revision_table(revisions: Sequence[Revision], metadata: Metadata, lang: Lang, most: int) -> FigureTable:
    """Then, now and difference of what was revised or withdrawn, at most so many rows.

    Columns that would say the same in every row (indicator, part) are left out.
    """
    rows = [(r.view, c) for r in revisions for c in (*r.revised, *r.withdrawn)]
    named = len({c.indicator for _, c in rows}) > 1
    parted = len({(c.indicator, c.breakdown) for _, c in rows}) > len({c.indicator for _, c in rows})
    head = [text(lang, "past.period")]
    head += [text(lang, "past.indicator")] if named else []
    head.append(text(lang, "past.region"))
    head += [text(lang, "past.part")] if parted else []
    head += [text(lang, f"past.{what}") for what in ("then", "now", "difference")]
    return FigureTable(
        columns=tuple(head),
        rows=tuple(_row(c, view, metadata, lang, named=named, parted=parted) for view, c in rows[:most]),
    )


def _row(
    changed: Changed, view: View, metadata: Metadata, lang: Lang, *, named: bool, parted: bool
) -> tuple[Cell, ...]:
    indicator = metadata.indicators[changed.indicator]
    scale = scale_of(indicator, view.measure, metadata, lang)
    cells = [Cell(formats.period(changed.period, lang))]
    cells += [Cell(indicator.title.to(lang))] if named else []
    cells.append(Cell(metadata.regions[changed.region].short.to(lang)))
    cells += [Cell(breakdown_label(changed.breakdown, indicator, metadata, lang))] if parted else []
    then, now = _said(changed, metadata, scale, lang)
    cells += [Cell(then, changed.then), Cell(now, changed.now)]
    if changed.then is None or changed.now is None:
        return (*cells, Cell("–"))
    difference = changed.now - changed.then
    in_points = view.measure == "share" or (is_percent(indicator) and view.measure == "number")
    points = in_points or (scale.signed and scale.suffix == "%")  # a change in percent differs in points too
    suffix = text(lang, "units.points") if points else scale.suffix
    signed = formats.with_suffix(formats.signed(difference, scale.decimals, lang), suffix, lang)
    return (*cells, Cell(signed, difference))


def _said(changed: Changed, metadata: Metadata, scale: Scale, lang: Lang) -> tuple[str, str]:
    """Both figures as a reader sees them."""
    gone = text(lang, "past.gone")
    return (
        _figure(changed.then, shown_status(changed.then_status, changed.breakdown, metadata), scale, lang),
        gone
        if changed.now_status is None
        else _figure(changed.now, shown_status(changed.now_status, changed.breakdown, metadata), scale, lang),
    )


def _figure(value: float | None, status: str, scale: Scale, lang: Lang) -> str:
    if scale.signed and value is not None:
        return formats.with_suffix(formats.signed(value, scale.decimals, lang), scale.suffix, lang)
    return formats.figure(value, status, scale.decimals, scale.suffix, lang)


def _is_seen(changed: Changed, view: View, metadata: Metadata) -> bool:
    scale = scale_of(metadata.indicators[changed.indicator], view.measure, metadata, view.lang)
    then, now = _said(changed, metadata, scale, view.lang)
    return then != now


def _differs() -> pl.Expr:
    """Of two published figures: other values, or statuses that tell another thing; else: one of them is missing."""
    then, now = pl.col("value"), pl.col("value_now")
    value = (then - now).abs() > _NOISE * pl.max_horizontal(then.abs(), now.abs())
    then_told, now_told = (
        pl.when(pl.col(c).is_in(_TELLING)).then(pl.col(c)).otherwise(pl.lit("")) for c in ("status", "status_now")
    )
    both = then.is_not_null() & now.is_not_null()
    return (both & (value | (then_told != now_told))) | (then.is_null() != now.is_null())


def _changed(row: dict[str, object]) -> Changed:
    fields = {name: row[name] for name in KEY}
    return Changed(
        **fields,  # type: ignore[arg-type]
        end=row["period_end"],  # type: ignore[arg-type]
        then=row["value"],  # type: ignore[arg-type]
        then_status=str(row["status"]),
        now=row["value_now"],  # type: ignore[arg-type]
        now_status=row["status_now"],  # type: ignore[arg-type]
    )
