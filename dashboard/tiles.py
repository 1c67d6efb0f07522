"""A tile's facts: the newest figure of a view and its change on a year earlier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from dashboard import formats
from dashboard.choices import breaks_of, is_balance
from dashboard.figures_said import signed_percent
from dashboard.findings import finding_of
from dashboard.labels import Scale, scale_of
from dashboard.metadata import Metadata
from dashboard.periods import year_before
from dashboard.protection import PROTECTED
from dashboard.series import Point, Series, break_between, series_of
from dashboard.text import text
from dashboard.view import View

Direction = Literal["up", "down", "same", "none"]


@dataclass(frozen=True)
class Tile:
    """What a tile says, ready to show. ``change`` is always a statement, if only why there is none; ``direction`` is
    where it goes, ``none`` where no change is claimed, and ``points`` how many figures there are of all periods."""

    figure: str
    period: str
    points: int
    change: str
    direction: Direction


def tile(figures: pl.DataFrame, view: View, metadata: Metadata) -> Tile | None:
    """The facts of a view of one series (a frame of ``queries.view_figures``); None without any figure."""
    found = series_of(figures, view, metadata)
    if not found or not found[0].known:
        return None
    series = found[0]
    last = series.known[-1]
    indicator = metadata.indicators[series.indicator]
    scale = scale_of(indicator, view.measure, metadata, view.lang)
    change, direction = _change(series, last, scale, view, metadata)
    return Tile(
        figure=_figure(series, last, scale, view),
        period=formats.period(last.period, view.lang),
        points=len(series.known),
        change=change,
        direction=direction,
    )


def _figure(series: Series, last: Point, scale: Scale, view: View) -> str:
    if is_balance(series.breakdown) and last.value is not None:
        return formats.signed(last.value, scale.decimals, view.lang)
    return formats.figure(last.value, last.status, scale.decimals, scale.suffix, view.lang)


def _change(series: Series, last: Point, scale: Scale, view: View, metadata: Metadata) -> tuple[str, Direction]:
    lang = view.lang
    earlier = next((p for p in series.known if p.end == year_before(last.end)), None)
    if reason := _not_comparable(series, earlier, last, view, metadata):
        return text(lang, reason), "none"
    if earlier is None or earlier.value is None or last.value is None:
        alone = len(series.known) == 1
        return text(lang, "overview.one_period" if alone else "overview.no_change"), "none"
    finding = finding_of(replace(series, points=(earlier, last)), view, metadata)
    change = last.value - earlier.value
    if finding.unchanged or round(change, scale.decimals) == 0:
        return text(lang, "overview.unchanged"), "same"
    written = formats.signed(change, scale.decimals, lang)
    if scale.suffix == "%":
        written = f"{written} {text(lang, 'units.points_long')}"
    else:
        written = formats.with_suffix(written, scale.suffix, lang)
        if finding.percent is not None:
            written = f"{written} ({signed_percent(finding.percent, lang)})"
    return text(lang, "overview.change", change=written), "up" if change > 0 else "down"


def _not_comparable(series: Series, earlier: Point | None, last: Point, view: View, metadata: Metadata) -> str | None:
    """The key of the reason why the newest figure has no change on a year before; None if nothing forbids one."""
    if last.status == PROTECTED:
        return "secrets.tile"
    if earlier is None:
        return None
    if earlier.status == PROTECTED:
        return "secrets.tile_earlier"
    if "limited" in (earlier.status, last.status):
        return "overview.incomplete"
    breaks = breaks_of(metadata.indicators[series.indicator], view.measure, metadata)
    indicator = replace(metadata.indicators[series.indicator], breaks=breaks)
    return "overview.broken" if break_between(series, indicator, earlier.end, last.end) else None
