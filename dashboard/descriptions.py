"""What stands around a chart: caveats, sources, alternative text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from dashboard import formats
from dashboard.charts.bar import common_period
from dashboard.charts.model import ChartModel, figure_text, is_hollow, line_axis
from dashboard.charts.multiples import shared_axis
from dashboard.choices import breaks_of
from dashboard.labels import (
    period_kind_label,
)
from dashboard.measures import first_common_end
from dashboard.metadata import REGION_SUM, Indicator, Lang, Metadata, qualified
from dashboard.protection import is_invented, provider_of
from dashboard.protection_caveats import protection_caveats
from dashboard.queries import FEW, INCOMPLETE, shown_indicator
from dashboard.series import Series, break_name
from dashboard.text import text
from dashboard.view import View


@dataclass(frozen=True)
class Attribution:
    """A source as its licence wants it named, with its newest retrieval (UTC); what is invented has no licence page.

    ``own`` says that some of its figures were added up or worked out before they came into the store.
    """

    text: str
    licence: str
    licence_url: str
    retrieved: datetime
    own: bool = False


def alt_text(headline: str, view: View) -> str:
    """The chart's name for a screen reader: its form and its finding."""
    forms = {"bar": "charts.alt_bar", "small-multiples": "charts.alt_multiples"}
    return text(view.lang, forms.get(view.chart, "charts.alt_line"), headline=headline)


def panel_alts(model: ChartModel) -> tuple[str, ...]:
    """The name of each panel for a screen reader: its series with the first and the newest figure."""
    return tuple(_panel_alt(series, model) for series in model.series)


def _panel_alt(series: Series, model: ChartModel) -> str:
    said = text(model.lang, "charts.alt_panel", name=series.label)
    if series.known:
        first, last = (
            f"{formats.period(p.period, model.lang)} {figure_text(p, model)}"
            for p in (series.known[0], series.known[-1])
        )
        said = text(model.lang, "charts.alt_panel_span", name=series.label, first=first, last=last)
    return " ".join(part for part in (said, model.notice) if part)


def attributions(figures: pl.DataFrame, metadata: Metadata, lang: Lang) -> tuple[Attribution, ...]:
    """The sources behind the figures in the view's language, those of denominators too, each register once."""
    totals = figures.filter(pl.col("total_table").is_not_null())
    rows = pl.concat(
        [
            figures.select("source", "table", "retrieved_at", "attribution"),
            totals.select(
                "source", table="total_table", retrieved_at="total_retrieved", attribution=pl.lit("", pl.String)
            ),
        ],
        how="vertical_relaxed",
    )
    # the store's attributions are the publishers' own words, in German
    marked = pl.col("attribution").str.contains(text("de", "sources.own"), literal=True).any().alias("own")
    newest_rows = rows.group_by("source", "table", maintain_order=True).agg(pl.col("retrieved_at").max(), marked)
    found: dict[str, Attribution] = {}
    for source_id, table, retrieved, own in newest_rows.iter_rows():
        source = metadata.sources[source_id]
        data = metadata.data_names.get((source_id, table))
        said = source.attribution.to(lang).replace("{data}", data.to(lang) if data else table)
        known = found.get(said)
        newest = max(known.retrieved, retrieved) if known else retrieved
        url = "" if source.invented else source.licence_url
        found[said] = Attribution(said, source.licence.to(lang), url, newest, own or (known is not None and known.own))
    return tuple(found.values())


def is_own_calculation(view: View, metadata: Metadata) -> bool:
    """The region's sum and every figure that is worked out here; the publishers' terms ask to say so."""
    published = view.measure == "number" or (
        view.measure == "share" and all(metadata.indicators[i].share_kind == "published" for i in view.indicators)
    )
    return REGION_SUM in view.regions or not published


def footer(named: tuple[Attribution, ...], view: View, metadata: Metadata) -> str:
    """The source line inside the chart; the region's sum and every worked-out or added-up figure is an own
    calculation."""
    if not named:
        return ""
    own = is_own_calculation(view, metadata) or any(a.own for a in named)
    return text(
        view.lang,
        "sources.footer_own" if own else "sources.footer",
        attribution="; ".join(dict.fromkeys(a.text for a in named)),
        licence="; ".join(dict.fromkeys(a.licence for a in named)),
    )


def caveats(figures: pl.DataFrame, view: View, metadata: Metadata, model: ChartModel) -> tuple[str, ...]:
    """What a reader must know before quoting: breaks, rounding, own calculations, signs of the chart."""
    indicators = [metadata.indicators[i] for i in view.indicators]
    shown = [metadata.indicators[shown_indicator(i, view, metadata)] for i in view.indicators]
    return (
        *_chart_signs(view, model),
        *protection_caveats(model, metadata),
        *_pending(model),
        *_without_figures(model, view, metadata),
        *_breaks(figures, shown, view, metadata),
        *_calculations(figures, indicators, view, metadata),
        *(i.rounding.text.to(view.lang) for i in shown if i.rounding),
        *_mixtures(figures, shown, view, metadata),
    )


def _pending(model: ChartModel) -> list[str]:
    """The figures that are due, but not published yet: the headline is about an earlier one."""
    due = {
        s.label: ", ".join(formats.period(p.period, model.lang) for p in s.points if p.status == "pending")
        for s in model.series
    }
    named = [f"{label} ({periods})" for label, periods in due.items() if periods]
    if len(named) > 1 and len(due) == len(model.series) and len(set(due.values())) == 1:
        return [text(model.lang, "caveats.pending_all", periods=next(iter(due.values())))]
    return [text(model.lang, "caveats.pending", names="; ".join(named))] if named else []


def _chart_signs(view: View, model: ChartModel) -> list[str]:
    lang, found = view.lang, []
    points = [p for s in model.series for p in s.points]
    if view.chart == "line" and model.values and not line_axis(model).from_zero:
        found.append(text(lang, "caveats.axis"))
    if view.chart == "small-multiples":
        found.append(text(lang, "caveats.shared_scale" if shared_axis(model) else "caveats.own_scales"))
    if view.chart == "bar" and len(model.series) > 1:
        found += _newer_than_bars(model)
    if any(p.status == "limited" for p in points):
        found.append(text(lang, "caveats.limited"))
    if view.chart != "map" and any(p.value is not None and is_hollow(p) for p in points):
        found.append(text(lang, "caveats.hollow"))
    if view.chart in ("line", "small-multiples") and any(p.status == "missing" for p in points):
        found.append(text(lang, "caveats.gaps"))
    return found


def _newer_than_bars(model: ChartModel) -> list[str]:
    """Of which period bars are, where some series has a newer figure."""
    period = common_period(model.series)
    if period is None or all(s.known[-1].period == period for s in model.series if s.known):
        return []
    return [text(model.lang, "charts.bars_period", period=formats.period(period, model.lang))]


def _without_figures(model: ChartModel, view: View, metadata: Metadata) -> list[str]:
    """The chosen regions that have no figure in the range: headline and drawing are about the others."""
    shown = {s.region for s in model.series if s.known}
    missing = [metadata.regions[r].short.to(view.lang) for r in view.regions if r not in shown]
    return [text(view.lang, "caveats.no_figures", names=", ".join(missing))] if shown and missing else []


def _breaks(figures: pl.DataFrame, indicators: list[Indicator], view: View, metadata: Metadata) -> list[str]:
    """The breaks inside the range, those of denominators too, with the publisher's reason."""
    sources = set(figures["source"].to_list())
    ends = figures["period_end"].to_list()
    if not ends:
        return []
    inside = {
        (b.at, break_name(b.at, i, view.lang), b.text.to(view.lang))
        for i in indicators
        for b in breaks_of(i, view.measure, metadata)
        if b.source in sources and min(ends) < b.at <= max(ends)
    }
    return [text(view.lang, "caveats.break", day=day, text=said) for _, day, said in sorted(inside)]


def _calculations(figures: pl.DataFrame, indicators: list[Indicator], view: View, metadata: Metadata) -> list[str]:
    lang, first = view.lang, indicators[0]
    found = []
    if view.measure == "share" and first.share_kind == "published":
        found.append(text(lang, "caveats.published_share"))
    elif view.measure == "share" and first.share_within:
        found.append(text(lang, "shares.own_within"))
    elif view.measure == "share":
        whole = metadata.indicators[first.share_indicator or ""].title.to(lang)
        part_data, whole_data = _data_names(figures, metadata, lang)
        part = qualified(text(lang, "headlines.quoted", title=first.title.to(lang)), part_data)
        whole = qualified(text(lang, "headlines.quoted", title=whole), whole_data)
        found.append(text(lang, "caveats.own_share", part=part, whole=whole))
    elif view.measure == "index":
        base = first_common_end(figures)
        period = figures.filter(pl.col("period_end") == base)["period"].first() if base else None
        found += [text(lang, "charts.base", period=formats.period(str(period), lang))] if period else []
        found.append(text(lang, "caveats.own_index"))
    elif view.measure == "per1000":
        part_data, whole_data = _data_names(figures, metadata, lang)
        found.append(text(lang, "caveats.own_per1000", part=part_data, whole=whole_data))
    elif view.measure == "change":
        found.append(text(lang, "caveats.own_change"))
    if REGION_SUM in view.regions:
        of_offices = any(provider_of(b, metadata) for b in figures["breakdown"].unique())
        found.append(text(lang, "secrets.region_sum" if of_offices else "caveats.region_sum"))
    return found


def _data_names(figures: pl.DataFrame, metadata: Metadata, lang: Lang) -> tuple[str, str]:
    """The registers or statistics above and below the line of a rate that is worked out here."""
    found = []
    for table in ("table", "total_table"):
        pairs = figures.filter(pl.col(table).is_not_null()).select("source", table).unique(maintain_order=True)
        names = [metadata.data_names.get(pair) for pair in pairs.iter_rows()]
        found.append(", ".join(dict.fromkeys(n.to(lang) for n in names if n)) or text(lang, "status.missing"))
    return found[0], found[1]


def _passed_over(figures: pl.DataFrame, view: View, metadata: Metadata) -> list[str]:
    """Why the figures are not from the source that the catalogue prefers."""
    keys = {FEW: "caveats.passed_few", INCOMPLETE: "caveats.passed_incomplete"}
    rows = figures.filter(pl.col("passed_over").is_not_null()).select("indicator", "source", "passed_over")
    found = []
    if is_invented(figures, metadata):
        return []  # invented figures stand for real ones until there are any
    for indicator, reason in rows.select("indicator", "passed_over").unique(maintain_order=True).iter_rows():
        used = dict.fromkeys(rows.filter(pl.col("indicator") == indicator)["source"])
        preferred = metadata.sources.get(metadata.indicators[indicator].preferred_source)
        if preferred:
            names = ", ".join(metadata.sources[s].name.to(view.lang) for s in used)
            found.append(text(view.lang, keys[reason], used=names, preferred=preferred.name.to(view.lang)))
    return found


def _mixtures(figures: pl.DataFrame, indicators: list[Indicator], view: View, metadata: Metadata) -> list[str]:
    found = _passed_over(figures, view, metadata)
    if figures["source"].n_unique() > 1:
        found.append(text(view.lang, "caveats.mixed_sources"))
    if len({i.period_kind for i in indicators}) > 1:
        names = ", ".join(dict.fromkeys(period_kind_label(i, view.lang) for i in indicators))
        found.append(text(view.lang, "caveats.mixed_kinds", kinds=names))
    days = _reference_days(figures)
    if len(days) > 1:
        names = ", ".join(formats.day_of_year(d, view.lang) for d in days)
        found.append(text(view.lang, "caveats.mixed_days", days=names))
    return found


def _reference_days(figures: pl.DataFrame) -> list[date]:
    """The different days of the year on which stocks were counted, in the order of the year."""
    ends = figures.filter(pl.col("period_kind") == "reference_date")["period_end"].to_list()
    return sorted({end.replace(year=2000) for end in ends})
