"""Two indicators as a connected scatter over the years: what is drawn and said of it, never a connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard import formats
from dashboard.charts.model import chart_model
from dashboard.charts.palette import PALETTES, Theme, styles
from dashboard.charts.scatter import Side, scatter_chart
from dashboard.choices import breakdowns_of, periods_of
from dashboard.descriptions import attributions, footer
from dashboard.drawn import Drawing
from dashboard.findings import Finding
from dashboard.measures import index_figures
from dashboard.metadata import Lang, Metadata
from dashboard.panels import Panel, change_said, panel_caveats, panel_subtitle, panels_of, year_span
from dashboard.paths import MOST_PATHS, Path, first_and_last, paths_of
from dashboard.places import in_place
from dashboard.protection import is_invented
from dashboard.queries import view_figures
from dashboard.series import Point
from dashboard.store import Store
from dashboard.subjects import inside, noun_of
from dashboard.tables import Cell, FigureTable
from dashboard.text import text
from dashboard.view import View, range_days

EACH_SAID = 2  # up to so many paths have a sentence each; more are counted by where they went
MOST_NAMES = 3


def scatter(store: Store, metadata: Metadata, view: View, theme: Theme) -> Drawing:
    """The drawing of a view of exactly two indicators, the first to the right and the second upward."""
    all_figures = _figures(store, metadata, view)
    x, y = panels_of(all_figures, view, metadata, theme)
    paths = paths_of(x, y, view.regions, metadata)
    figures = _of_paths(all_figures, paths)
    named = attributions(figures, metadata, view.lang)
    model = chart_model(figures, view, metadata, theme, footer(named, view, metadata))
    said = _headline(paths, x, y, view, metadata)
    if is_invented(figures, metadata):
        said = text(view.lang, "invented.headline", headline=said)
    steps = [step for path in paths for step in path.steps]
    sides = (
        Side(x.heading, tuple(s.x.value or 0 for s in steps), x.written),
        Side(y.heading, tuple(s.y.value or 0 for s in steps), y.written),
    )
    own = styles([path.x_series for path in paths], metadata, PALETTES[theme])
    charts = (("", scatter_chart(paths, own, *sides, model)),) if steps else ()
    return Drawing(
        figures=figures,
        model=model,
        headline=said,
        subtitle=panel_subtitle((x, y), view, metadata, year_span([s.year for s in steps], view.lang)),
        charts=charts,
        alts=tuple(text(view.lang, "pairs.alt_scatter", headline=said) for _ in charts),
        table=_table(paths, x, y),
        caveats=(*_own_caveats(paths, x, y, sides, view, metadata), *panel_caveats((x, y), metadata)),
        sources=named,
        footer=" ".join(model.footer),
    )


def _figures(store: Store, metadata: Metadata, view: View) -> pl.DataFrame:
    """The figures of the first chosen breakdown of both indicators, as ``queries.view_figures`` gives them."""
    first, last = range_days(view, periods_of([metadata.indicators[i] for i in view.indicators]))
    frames = []
    for indicator_id in view.indicators:
        chosen = breakdowns_of(metadata.indicators[indicator_id], view.breakdowns)[:1]
        own = replace(view, indicators=(indicator_id,), breakdowns=chosen, start=None, end=None)
        frames.append(view_figures(store, metadata, own))
    found = pl.concat(frames).filter(pl.col("period_end").is_between(first, last))
    return index_figures(found) if view.measure == "index" else found


def _of_paths(figures: pl.DataFrame, paths: Sequence[Path]) -> pl.DataFrame:
    """The figures that drawing and table have: one for each region and year."""
    used = [
        (series.indicator, series.region, point.period)
        for path in paths
        for _, *pair in path.rows
        for series, point in zip((path.x_series, path.y_series), pair, strict=True)
        if point
    ]
    keys = ["indicator", "region", "period"]
    return figures.join(pl.DataFrame(used, schema=dict.fromkeys(keys, pl.String), orient="row"), on=keys, how="semi")


def _headline(paths: Sequence[Path], x: Panel, y: Panel, view: View, metadata: Metadata) -> str:
    """Where both indicators went between the first and the last common year."""
    drawn = [path for path in paths if path.steps]
    if not drawn:
        return text(view.lang, "pairs.nothing_common", x=x.title, y=y.title)
    if len(drawn) <= EACH_SAID:
        return " ".join(_one(path, x, y, metadata) for path in drawn)
    years = [year for path in drawn for year in (path.steps[0].year, path.steps[-1].year)]
    if min(years) == max(years):
        names = {"x": x.title, "y": inside(y.title, view.lang)}
        return text(view.lang, "pairs.many_one_year", **names, year=years[0], count=len(drawn))
    return counted(drawn, x, y, metadata)


def counted(drawn: Sequence[Path], x: Panel, y: Panel, metadata: Metadata) -> str:
    """In how many areas both rose, fell or went apart: one clause for each way, the most frequent first."""
    lang = x.view.lang
    groups: dict[str, list[Path]] = {}
    for path in drawn:
        groups.setdefault(_direction(*first_and_last(path, x, y, metadata)), []).append(path)
    spans = {(path.steps[0].year, path.steps[-1].year) for path in drawn}
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    span = text(lang, "pairs.span" if len(spans) == 1 else "pairs.span_unequal", first=first, last=last)
    names = {"x": inside(x.title, lang), "y": inside(y.title, lang)}
    ways = sorted(groups, key=lambda way: -len(groups[way]))
    clauses = [
        text(lang, f"pairs.{way}", **names, where=_where(groups[way], drawn, metadata, lang), span="" if n else span)
        for n, way in enumerate(ways)
    ]
    said = "; ".join(clauses) + "."
    if ways[0] in ("unchanged", "uncompared"):  # which do not name what they are about
        return text(lang, "pairs.about", x=x.title, y=names["y"], said=said)
    return said[:1].upper() + said[1:]


def _where(paths: Sequence[Path], among: Sequence[Path], metadata: Metadata, lang: Lang) -> str:
    """``in 7 von 8 Kreisen``; few areas by their names."""
    if len(paths) <= MOST_NAMES and len(paths) < len(among):
        return formats.listed([in_place(path.region, metadata, lang) for path in paths], lang)
    kind = "districts" if all(metadata.regions[p.region].level == "district" for p in among) else "areas"
    key = f"pairs.all_{kind}" if len(paths) == len(among) else f"pairs.some_{kind}"
    return text(lang, key, count=len(paths), total=len(among))


def _one(path: Path, x: Panel, y: Panel, metadata: Metadata) -> str:
    lang = x.view.lang
    first, last = path.steps[0].year, path.steps[-1].year
    said = {"place": path.label, "first": first, "last": last}
    for name, panel, finding in zip(("x", "y"), (x, y), first_and_last(path, x, y, metadata), strict=True):
        noun = noun_of(finding, panel.view, metadata)
        start, end = panel.written(finding.first), panel.written(finding.last)
        if finding.first is finding.last:
            said[name] = f"{noun} {end}"
        else:
            moved = text(lang, "pairs.moved", what=noun, start=start, end=end)
            said[name] = f"{moved}{change_said(finding, panel)}"
    return text(lang, "pairs.one_year" if first == last else "pairs.one", **said)


def _direction(x: Finding, y: Finding) -> str:
    """How a path runs, as a key of the texts: both up, both down, apart, or nothing that may be compared."""
    if any(f.change is None and not f.unchanged for f in (x, y)):
        return "uncompared"
    across, upward = (0 if f.unchanged else (f.change or 0) for f in (x, y))
    if not across or not upward:
        return "unchanged"
    if across > 0:
        return "both_up" if upward > 0 else "up_down"
    return "down_up" if upward > 0 else "both_down"


def _own_caveats(
    paths: Sequence[Path], x: Panel, y: Panel, sides: Sequence[Side], view: View, metadata: Metadata
) -> list[str]:
    """That nothing is proved, how to read the drawing, and what of the view is not in it."""
    lang = view.lang
    found = [text(lang, "pairs.no_cause")]
    if any(path.steps for path in paths):
        found.append(text(lang, "pairs.reading"))
    if any(side.values and not side.axis.from_zero for side in sides):
        found.append(text(lang, "pairs.not_from_zero"))
    found += _different_times(paths, x, y)
    hidden = [
        text(lang, "pairs.secret_years", name=p.label, years=", ".join(map(str, p.secret_years)))
        for p in paths
        if p.secret_years
    ]
    if hidden:
        found.append(text(lang, "pairs.secret", names="; ".join(hidden)))
    for panel in (x, y):
        chosen = breakdowns_of(metadata.indicators[panel.view.indicators[0]], view.breakdowns)
        if len(chosen) > 1:
            found.append(text(lang, "pairs.first_breakdown", title=panel.title))
    shown = {path.region for path in paths if path.steps}
    missing = [metadata.regions[r].short.to(lang) for r in view.regions if r not in shown]
    if missing:
        found.append(text(lang, "pairs.not_drawn", names=", ".join(missing), most=MOST_PATHS))
    return found


def _different_times(paths: Sequence[Path], x: Panel, y: Panel) -> list[str]:
    """That the two figures of a point are not of the same day or period, where they are not."""
    steps = [step for path in paths for step in path.steps]
    if not steps or (x.kind == y.kind and all(step.x.period == step.y.period for step in steps)):
        return []
    lang, newest = x.view.lang, max(steps, key=lambda step: step.year)
    times = [
        text(lang, "pairs.time", title=panel.title, kind=panel.kind, period=formats.period(point.period, lang))
        for panel, point in ((x, newest.x), (y, newest.y))
    ]
    return [text(lang, "pairs.times", times="; ".join(times))]


def _table(paths: Sequence[Path], x: Panel, y: Panel) -> FigureTable:
    """A row for each region and year in which either has a figure, the newest first; a column for each indicator."""
    lang = x.view.lang
    alone = len(paths) == 1
    rows = [
        (Cell(str(year) if alone else f"{path.label}, {year}"), _cell(a, x), _cell(b, y))
        for path in paths
        for year, a, b in reversed(path.rows)
    ]
    return FigureTable((text(lang, "pairs.year" if alone else "pairs.region_year"), x.heading, y.heading), tuple(rows))


def _cell(point: Point | None, panel: Panel) -> Cell:
    return Cell("–") if point is None else Cell(panel.written(point), point.value)
