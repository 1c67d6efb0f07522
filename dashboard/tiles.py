"""A tile's facts: the newest figure of a view and its change on a year earlier."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from dashboard import formats
from dashboard.choices import is_balance
from dashboard.labels import Scale, is_percent, scale_of
from dashboard.metadata import Metadata
from dashboard.periods import year_before
from dashboard.protection import PROTECTED
from dashboard.series import Point, Series, break_between, rounding_error, series_of
from dashboard.text import text
from dashboard.view import View


@dataclass(frozen=True)
class Tile:
    """What a tile says, ready to show. ``change`` is always a statement, if only why there is none."""

    figure: str
    period: str
    change: str


def tile(figures: pl.DataFrame, view: View, metadata: Metadata) -> Tile | None:
    """The facts of a view of one series (a frame of ``queries.view_figures``); None without any figure."""
    found = series_of(figures, view, metadata)
    if not found or not found[0].known:
        return None
    series = found[0]
    last = series.known[-1]
    indicator = metadata.indicators[series.indicator]
    scale = scale_of(indicator, view.measure, metadata, view.lang)
    return Tile(
        figure=_figure(series, last, scale, view),
        period=formats.period(last.period, view.lang),
        change=_change(series, last, scale, view, metadata),
    )


def _figure(series: Series, last: Point, scale: Scale, view: View) -> str:
    if is_balance(series.breakdown) and last.value is not None:
        return formats.signed(last.value, scale.decimals, view.lang)
    return formats.figure(last.value, last.status, scale.decimals, scale.suffix, view.lang)


def _change(series: Series, last: Point, scale: Scale, view: View, metadata: Metadata) -> str:
    lang = view.lang
    indicator = metadata.indicators[series.indicator]
    if last.status == PROTECTED:
        return text(lang, "secrets.tile")
    earlier = next((p for p in series.known if p.end == year_before(last.end)), None)
    if earlier is not None and earlier.status == PROTECTED:
        return text(lang, "secrets.tile_earlier")
    if earlier is None or earlier.value is None or last.value is None:
        return text(lang, "overview.no_change")
    if "limited" in (earlier.status, last.status):
        return text(lang, "overview.incomplete")
    if break_between(series, indicator, earlier.end, last.end):
        return text(lang, "overview.broken")
    change = last.value - earlier.value
    inside_rounding = abs(change) <= rounding_error(series, indicator, metadata, earlier.end, last.end)
    if (inside_rounding and not is_percent(indicator)) or round(change, scale.decimals) == 0:
        return text(lang, "overview.unchanged")
    written = formats.signed(change, scale.decimals, lang)
    if is_percent(indicator):
        written = f"{written} {text(lang, 'units.points_long')}"
    elif earlier.value > 0 and last.value > 0 and not is_balance(series.breakdown):
        percent = formats.with_suffix(formats.signed((last.value / earlier.value - 1) * 100, 1, lang), "%", lang)
        written = f"{formats.with_suffix(written, scale.suffix, lang)} ({percent})"
    return text(lang, "overview.change", change=written)
