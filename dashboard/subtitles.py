"""The line beneath a headline: what, unit, where, period kind, when."""

from __future__ import annotations

import polars as pl

from dashboard import formats
from dashboard.charts.bar import common_period
from dashboard.choices import breakdowns_of
from dashboard.labels import (
    breakdown_label,
    is_whole,
    own_label,
    period_kind_label,
    says_more,
    scale_of,
    share_of_part,
    share_title,
    whole_dimension,
    with_shared_part,
)
from dashboard.metadata import Indicator, Metadata, qualified
from dashboard.protection import is_invented, known_rows
from dashboard.queries import shown_indicator
from dashboard.series import series_of
from dashboard.subjects import inside
from dashboard.text import text
from dashboard.view import View

MOST_PLACES = 3
MOST_PARTS = 3  # of more the drawing names each, and a list of them would be longer than all the rest


def subtitle(figures: pl.DataFrame, view: View, metadata: Metadata) -> str:
    """What, unit, where, period kind, when: the statistical frame of the chart in one line."""
    lang = view.lang
    indicators = [metadata.indicators[i] for i in view.indicators]
    shown = [metadata.indicators[shown_indicator(i, view, metadata)] for i in view.indicators]
    titles = [_titled(i, view, metadata) for i in indicators]
    what = ", ".join(title if n == 0 else inside(title, lang) for n, title in enumerate(titles))
    unit = scale_of(indicators[0], view.measure, metadata, lang).unit
    places = [metadata.regions[r].short.to(lang) for r in view.regions]
    where = [", ".join(places)] if len(places) <= MOST_PLACES else []
    kinds = dict.fromkeys(period_kind_label(i, lang) for i in shown)
    kind = " / ".join(kind for kind in kinds if len(kinds) > 1 or says_more(kind, what))
    parts = [what, unit, *where, kind, _time(figures, view, metadata)]
    if is_invented(figures, metadata):
        parts.insert(0, text(lang, "invented.notice"))
    return " · ".join(part[:1].upper() + part[1:] for part in parts if part)


def _time(figures: pl.DataFrame, view: View, metadata: Metadata) -> str:
    """From the first to the last period; of the bars of several series the one that they are of."""
    lang = view.lang
    series = series_of(figures, view, metadata)
    if view.chart == "bar" and len(series) > 1 and (period := common_period(series)):
        return formats.period(period, lang)
    known = known_rows(figures, metadata).sort("period_end")
    if not known.height:
        return ""
    first, last = (formats.period(known["period"][n], lang) for n in (0, -1))
    return first if first == last else text(lang, "periods.span", first=first, last=last)


def _titled(indicator: Indicator, view: View, metadata: Metadata) -> str:
    """The indicator's official title, with what it is broken down to."""
    chosen = breakdowns_of(indicator, view.breakdowns)
    if view.measure == "share" and len(chosen) == 1:
        return share_of_part(chosen[0], indicator, metadata, view.lang)
    title = indicator.title.to(view.lang)
    if view.measure == "share":
        title = share_title(indicator, metadata, view.lang)
    if len(chosen) == 1 and is_whole(chosen[0], indicator):
        return title
    if len(chosen) == 1:
        return qualified(title, breakdown_label(chosen[0], indicator, metadata, view.lang))
    shared = with_shared_part(title, chosen, indicator, metadata, view.lang)
    whole = whole_dimension(chosen, indicator)
    if whole:  # its codes are named in the drawing
        return text(view.lang, "figures.by", title=shared, dimension=metadata.dimensions[whole].label.to(view.lang))
    if len(chosen) > MOST_PARTS:
        return shared
    labels = [own_label(b, chosen, indicator, metadata, view.lang) for b in chosen]
    return f"{shared}: {'; '.join(labels)}"
