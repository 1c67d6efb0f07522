"""A view's figures and facts as its files give them: what a reader needs to use and to cite them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from dashboard import formats
from dashboard.addresses import fixed, page_address
from dashboard.descriptions import is_own_calculation
from dashboard.drawn import Drawing
from dashboard.exports.csv import marked_as_own
from dashboard.labels import scale_of
from dashboard.metadata import Lang, Metadata
from dashboard.text import text
from dashboard.view import View


@dataclass(frozen=True)
class Facts:
    """What every file of a view says beside its figures, in the view's language. ``link`` leads to exactly this state
    of the data; ``licence_urls`` are without repetitions."""

    lang: Lang
    title: str
    subtitle: str
    source: str
    licence: str
    licence_urls: tuple[str, ...]
    data_state: str
    vintage: str
    link: str
    citation: str


def facts_of(drawn: Drawing, view: View, metadata: Metadata, origin: str) -> Facts:
    """The facts of a drawing; ``origin`` is scheme and host of the monitor, empty where nothing tells."""
    link = origin + (drawn.link or page_address(fixed(view, metadata), metadata))
    return Facts(
        lang=view.lang,
        title=drawn.headline,
        subtitle=drawn.subtitle,
        source=drawn.footer,
        licence="; ".join(dict.fromkeys(a.licence for a in drawn.sources)),
        licence_urls=tuple(dict.fromkeys(a.licence_url for a in drawn.sources if a.licence_url)),
        data_state=data_state(view, metadata),
        vintage=view.vintage or metadata.current,
        link=link,
        citation=citation(drawn, view, metadata, link),
    )


def data_state(view: View, metadata: Metadata) -> str:
    """Which state of the data the view shows, in words."""
    vintage = metadata.vintages.get(view.vintage or metadata.current)
    if vintage is None:
        return ""
    return text(view.lang, "app.data_state", vintage=formats.moment(vintage.published_at, view.lang))


def citation(drawn: Drawing, view: View, metadata: Metadata, link: str) -> str:
    """How to cite the view: monitor, what is shown, sources with their tables, retrieval, state, licence, link."""
    lang = view.lang
    tables = drawn.figures.select("source", "table").unique(maintain_order=True).iter_rows()
    retrieved = max((a.retrieved for a in drawn.sources), default=None)
    parts = [
        text(lang, "sharing.cited", title=drawn.subtitle),
        drawn.footer.removesuffix("."),
        text(lang, "sharing.cited_tables", tables=", ".join(dict.fromkeys(table for _, table in tables if table))),
        text(lang, "sharing.cited_retrieved", day=formats.day(retrieved.date(), lang)) if retrieved else "",
        data_state(view, metadata),
        link,
    ]
    return ". ".join(part for part in parts if part)


def as_shown(figures: pl.DataFrame, view: View, metadata: Metadata) -> pl.DataFrame:
    """The figures as the chart shows them, each with the unit it is shown in, own calculations marked as such."""
    if view.measure == "number":  # the store marks the region's sum itself
        return figures
    indicators = metadata.indicators
    units = {i: scale_of(indicators[i], view.measure, metadata, view.lang).unit for i in view.indicators}
    # the store's attributions are the publishers' own words, in German
    own = is_own_calculation(replace(view, regions=()), metadata)
    marked = marked_as_own(figures, text("de", "sources.own")) if own else figures
    # a map of changes says itself which periods they are between
    named = pl.col("indicator").replace_strict(units, default=pl.col("unit"))
    return marked.with_columns((pl.col("shown_unit") if "shown_unit" in figures.columns else named).alias("unit"))
