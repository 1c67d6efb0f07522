"""From a view to its figures. All SQL of the dashboard's figures is here, and every value is a parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from dashboard.breakdowns import whole_of
from dashboard.choices import POPULATION, SHORTEST, breakdowns_of, breaks_of, is_rate, periods_of
from dashboard.measures import changes, index_figures, ratio, with_base
from dashboard.metadata import Indicator, Lang, Metadata
from dashboard.noise import usual_revisions
from dashboard.periods import SEMESTER, SEMESTERS
from dashboard.store import Store
from dashboard.view import View, range_days

EXPORT_COLUMNS = (
    "indicator",
    "region",
    "region_name",
    "period",
    "period_start",
    "period_end",
    "period_kind",
    "breakdown",
    "value",
    "unit",
    "status",
    "source",
    "table",
    "licence",
    "attribution",
    "retrieved_at",
    "known_from",
    "known_until",
)
# what a view's figures carry beside them: the count behind a worked-out value, where its denominator is from, and
# why they are not from the catalogue's preferred source, and by how much the series' newest figures are usually revised
WORKING_COLUMNS = ("counted", "total_table", "total_retrieved", "passed_over", "revised_by")
FEW, INCOMPLETE = "few", "incomplete"  # the reasons: too few figures, or not all of the chart's series

# The state at a vintage: what was known by then and not yet replaced. The region's name travels with each row.
_OBSERVATIONS = """
    SELECT o.indicator, o.region,
           CASE WHEN $lang = 'de' THEN r.name_de ELSE r.name_en END AS region_name,
           o.period, o.period_start, o.period_end, o.period_kind, o.breakdown, o.value, o.unit, o.status, o.source,
           o."table", o.licence, o.attribution, o.retrieved_at, o.known_from, o.known_until
    FROM observations o LEFT JOIN regions r ON r.id = o.region
    WHERE ($indicators::VARCHAR[] IS NULL OR list_contains($indicators::VARCHAR[], o.indicator))
      AND ($regions::VARCHAR[] IS NULL OR list_contains($regions::VARCHAR[], o.region))
      AND ($breakdowns::VARCHAR[] IS NULL OR list_contains($breakdowns::VARCHAR[], o.breakdown))
      AND ($first::DATE IS NULL OR o.period_end >= $first::DATE)
      AND ($last::DATE IS NULL OR o.period_end <= $last::DATE)
      AND CASE WHEN $vintage::VARCHAR IS NULL THEN o.known_until IS NULL
               ELSE o.known_from <= $vintage AND (o.known_until IS NULL OR o.known_until > $vintage) END
    ORDER BY o.indicator, o.region, o.breakdown, o.source, o.period_end, o.period
"""


@dataclass(frozen=True)
class Selection:
    """Which observations: None stands for all. Days bound the period's end; vintage None is the current state."""

    indicators: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    breakdowns: tuple[str, ...] | None = None
    first: date | None = None
    last: date | None = None
    vintage: str | None = None


def observations(store: Store, selection: Selection, lang: Lang = "de") -> pl.DataFrame:
    """The selected observations in the export columns, one row per figure and source."""
    return store.query(
        _OBSERVATIONS,
        {
            "indicators": _as_list(selection.indicators),
            "regions": _as_list(selection.regions),
            "breakdowns": _as_list(selection.breakdowns),
            "first": selection.first,
            "last": selection.last,
            "vintage": selection.vintage,
            "lang": lang,
        },
    )


def view_selection(view: View, metadata: Metadata) -> Selection:
    """The observations behind a view, as the downloads give them."""
    indicators = [metadata.indicators[i] for i in view.indicators]
    first, last = range_days(view, periods_of(indicators))
    breakdowns = dict.fromkeys(b for i in indicators for b in breakdowns_of(i, view.breakdowns))
    return Selection(
        indicators=tuple(shown_indicator(i, view, metadata) for i in view.indicators),
        regions=view.regions,
        breakdowns=tuple(breakdowns),
        first=first,
        last=last,
        vintage=view.vintage,
    )


def shown_indicator(indicator_id: str, view: View, metadata: Metadata) -> str:
    """The indicator whose figures are shown: as a share it is the published share, where there is one."""
    indicator = metadata.indicators[indicator_id]
    published = view.measure == "share" and indicator.share_kind == "published"
    return indicator.share_indicator or indicator_id if published else indicator_id


def view_figures(store: Store, metadata: Metadata, view: View) -> pl.DataFrame:
    """The figures that a view shows: the export columns with ``value`` as number, share, index and so on, and the
    working columns.

    One series per indicator, region and breakdown, each from one source (``source_of_each_series``). Rows are in the
    order of the view.
    """
    frames = [_indicator_figures(store, metadata, view, indicator_id) for indicator_id in view.indicators]
    figures = pl.concat(frames)
    first, last = range_days(view, periods_of([metadata.indicators[i] for i in view.indicators]))
    figures = figures.filter(pl.col("period_end").is_between(first, last))
    if view.measure == "index":
        figures = index_figures(figures)
    return figures


def _indicator_figures(store: Store, metadata: Metadata, view: View, indicator_id: str) -> pl.DataFrame:
    indicator = metadata.indicators[indicator_id]
    breakdowns = breakdowns_of(indicator, view.breakdowns)
    other = metadata.indicators.get(indicator.share_indicator or "")
    if view.measure == "share" and indicator.share_kind == "published" and other:
        # the publisher's own share, with its own breaks and sources, not one that is worked out here
        published = tuple(b for b in breakdowns if b in other.breakdowns)
        return _series(store, metadata, view, other.id, published)
    # of what is divided, the source is chosen by the rates: one that lacks the whole has none
    if view.measure == "share" and other:
        wholes = {b: whole_of(b, indicator.share_within) for b in breakdowns}
        totals = _totals(store, view, other, wholes)
        shares = partial(ratio, totals=totals, per=100, same_day=True, wholes=wholes)
        return _series(store, metadata, view, indicator_id, breakdowns, shares)
    if view.measure == "per1000":
        wholes = dict.fromkeys(breakdowns, "")
        totals = _totals(store, view, metadata.indicators[POPULATION], wholes)
        rates = partial(ratio, totals=totals, per=1000, same_day=False, wholes=wholes)
        return _series(store, metadata, view, indicator_id, breakdowns, rates)
    figures = _series(store, metadata, view, indicator_id, breakdowns)
    if view.measure == "change":
        days = [(b.source, b.at) for b in breaks_of(indicator, view.measure, metadata)]
        figures = changes(figures, in_units=is_rate(indicator), breaks=days)
    return figures


def _without_total(figures: pl.DataFrame) -> pl.DataFrame:
    """Figures that were not divided by others, in the same columns as those that were."""
    return figures.with_columns(
        pl.lit(None, pl.String).alias("total_table"), pl.lit(None, pl.Datetime("us")).alias("total_retrieved")
    )


def _series(
    store: Store,
    metadata: Metadata,
    view: View,
    indicator_id: str,
    breakdowns: tuple[str, ...],
    divided: Callable[[pl.DataFrame], pl.DataFrame] = _without_total,
) -> pl.DataFrame:
    """All periods of the view's regions in the view's order, one source for each series; ``divided`` makes the rates
    of all sources before one is chosen."""
    chosen = Selection(indicators=(indicator_id,), regions=view.regions, breakdowns=breakdowns, vintage=view.vintage)
    indicator = metadata.indicators[indicator_id]
    counts = observations(store, chosen, view.lang).with_columns(pl.col("value").alias("counted"))
    found = divided(with_base(counts, indicator.bases)).drop("base")
    used = source_of_each_series(found, indicator.preferred_source)
    reason = _passed_over(found, used, indicator.preferred_source)
    return (
        _with_noise(found, store, metadata, view, indicator_id, breakdowns)
        .join(used, on=["region", "breakdown", "source"], how="semi")
        .sort(
            pl.col("region").replace_strict(_ranks(view.regions), return_dtype=pl.Int64),
            pl.col("breakdown").replace_strict(_ranks(breakdowns), return_dtype=pl.Int64),
            "period_end",
        )
        .with_columns(_shown_period().alias("period"), pl.lit(reason, pl.String).alias("passed_over"))
    )


def _with_noise(
    found: pl.DataFrame,
    store: Store,
    metadata: Metadata,
    view: View,
    indicator_id: str,
    breakdowns: tuple[str, ...],
) -> pl.DataFrame:
    """The figures with the usual revision of their series; a store of one state knows of none."""
    if len(metadata.vintages) < 2:
        return found.with_columns(pl.lit(None, pl.Float64).alias("revised_by"))
    noise = usual_revisions(store, indicator_id, view.regions, breakdowns, view.vintage)
    return found.join(noise, on=["region", "breakdown", "source"], how="left", maintain_order="left")


def _passed_over(found: pl.DataFrame, used: pl.DataFrame, preferred: str) -> str | None:
    """Why no series is from the preferred source; None where one is, or where there is nothing to choose."""
    if used.is_empty() or preferred in used["source"]:
        return None
    held = found.filter((pl.col("source") == preferred) & pl.col("value").is_not_null())
    wanted = used.select("region", "breakdown").unique().height
    return FEW if held.select("region", "breakdown").unique().height == wanted else INCOMPLETE


def _shown_period() -> pl.Expr:
    """``periods.shown_id`` of every row."""
    named = pl.col("period")
    for month, semester in SEMESTERS.items():
        named = named.str.replace(f"-{month}$", f"-{semester}")
    return pl.when(pl.col("period_kind") == SEMESTER).then(named).otherwise("period")


def source_of_each_series(found: pl.DataFrame, preferred: str) -> pl.DataFrame:
    """Which source each region and breakdown is taken from (columns region, breakdown, source).

    One source for the whole chart where it has all of its series: sources are ranked by how many of the series they
    have, then whether they tell a development (at least ``SHORTEST`` figures a series, or nobody has that), then the
    catalogue's preference, then length. A series that the best one lacks is taken from the next.
    """
    lengths = found.group_by("region", "breakdown", "source").agg(pl.col("value").count().alias("figures"))
    tells = pl.col("figures").median() >= SHORTEST
    ranked = (
        lengths.group_by("source")
        .agg((pl.col("figures") > 0).sum().alias("series"), tells.alias("tells"), pl.col("figures").sum())
        .with_columns((pl.col("source") == preferred).alias("preferred"))
        .sort(["series", "tells", "preferred", "figures", "source"], descending=[True, True, True, True, False])
        .with_row_index("rank")
    )
    return (
        lengths.join(ranked.select("source", "rank"), on="source")
        .sort((pl.col("figures") == 0), "rank")
        .unique(["region", "breakdown"], keep="first", maintain_order=True)
        .select("region", "breakdown", "source")
    )


def _totals(store: Store, view: View, indicator: Indicator, wholes: Mapping[str, str]) -> pl.DataFrame:
    breakdowns = tuple(dict.fromkeys(wholes.values()))
    chosen = Selection(indicators=(indicator.id,), regions=view.regions, breakdowns=breakdowns, vintage=view.vintage)
    return with_base(observations(store, chosen), indicator.bases)


def _ranks(values: Sequence[str]) -> dict[str, int]:
    return {value: rank for rank, value in enumerate(values)}


def _as_list(values: tuple[str, ...] | None) -> list[Any] | None:
    return None if values is None else list(values)
