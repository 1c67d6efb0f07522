"""The parts of the page Massnahmen: the list with its timeline, one measure, its series before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from dashboard import formats
from dashboard.charting import draw_charts, drawing
from dashboard.charts.before_after import before_after_chart, before_after_model
from dashboard.charts.model import FOOTER_WIDTH, footer_lines
from dashboard.charts.timeline import timeline
from dashboard.descriptions import footer
from dashboard.drawn import Drawing
from dashboard.interrupted import TooFewPointsError
from dashboard.measure_controls import choose_measure, choose_series, filter_list
from dashboard.measure_cut import cut_at, shown_regions
from dashboard.measure_effects import assessment, cut_notes, effect, too_few
from dashboard.measure_list import (
    COLUMNS,
    list_headline,
    list_rows,
    names_of,
    register_model,
    source_line,
    span_of,
    timeline_bars,
    without_start,
)
from dashboard.measure_page import Chosen, in_list, measure_params
from dashboard.page import METHODS, Page
from dashboard.parts import show_caveats, show_figures, show_sources
from dashboard.prose import link, show_words
from dashboard.registers import Measure
from dashboard.sharing import show_address_sharing, show_sharing
from dashboard.tables import escaped, series_table, show_table, small, wide_box
from dashboard.text import text

PATH = "/measures"


def show_list(page: Page, chosen: Chosen) -> None:
    """All measures, or those of one status: the finding, the timeline, the table."""
    lang, metadata = page.lang, page.metadata
    measures = in_list(metadata, chosen.status)
    headline = list_headline(measures, lang)
    filter_list(page, chosen)
    with st.container(gap="xsmall"):
        st.header(escaped(headline), anchor=False)
        vintage = metadata.vintages[page.view.vintage or metadata.current]
        bars = timeline_bars(measures, vintage.published_at.date(), lang)
        if bars:
            first, last = min(bar.first.year for bar in bars), max(bar.last.year for bar in bars)
            st.markdown(small(text(lang, "measures_page.list_subtitle", first=first, last=last)))
    if bars:
        footer = source_line([m.sources[0] for m in measures if m.start], lang)
        spec = timeline(bars, register_model(footer, page.theme, lang))
        alt = text(lang, "measures_page.alt_timeline", headline=headline)
        st.vega_lite_chart(spec, alt=alt, theme=None, width="stretch", height=spec["height"])
    else:
        st.info(text(lang, "measures_page.none_started"))
    notes = [text(lang, "measures_page.list_caveat")]
    if missing := without_start(measures, lang):
        notes.insert(0, text(lang, "measures_page.without_start", names=", ".join(missing)))
    _list(notes)
    with st.expander(text(lang, "measures_page.table")), wide_box():
        columns = [text(lang, f"measures_page.columns.{name}") for name in COLUMNS]
        show_words(columns, list_rows(measures, metadata, lang), headline)
    show_address_sharing(headline, page, PATH, lambda view: measure_params(chosen, view), key="share_list")


def show_measure(page: Page, chosen: Chosen) -> None:
    """One measure: what it is, and its series with the start drawn in."""
    lang, measure = page.lang, chosen.measure
    choose_measure(page, chosen)
    st.header(escaped(measure.name.to(lang)), anchor=False)
    st.markdown(escaped(measure.what.to(lang)))
    st.markdown("\n".join(f"- {line}" for line in _facts(measure, page)))
    if chosen.series is None:
        st.info(text(lang, "measures_page.no_series"))
        return
    choose_series(page, chosen)
    drawn = drawing(page.store, page.metadata, page.store.path.name, chosen.view, page.theme)
    st.subheader(text(lang, "measures_page.development"), anchor=False)
    st.markdown(f"**{escaped(drawn.headline)}**")
    st.markdown(small(drawn.subtitle))
    draw_charts(drawn)
    show_caveats(drawn, page.lang)
    show_sources(drawn, page)
    with st.expander(text(lang, "explore.figures")):
        st.markdown(small(drawn.subtitle))
        show_figures(drawn, page)
    _before_after(page, chosen, drawn)
    show_sharing(drawn, page, PATH, lambda view: measure_params(chosen, view))  # of both pictures: one address


def _before_after(page: Page, chosen: Chosen, drawn: Drawing) -> None:
    """Level before and after with its range, against other districts; or why there is none."""
    lang, metadata, view = page.lang, page.metadata, chosen.view
    st.subheader(text(lang, "measures_page.before_after"), anchor=False)
    begins = chosen.measure.start
    if begins is None:
        st.info(text(lang, "measures_page.no_begin"))
        return
    wide = shown_regions(view, chosen.others)
    figures = drawing(page.store, metadata, page.store.path.name, wide, page.theme)
    cut = cut_at(figures.figures, wide, begins, metadata)
    notes = cut_notes(cut, metadata, lang)
    try:
        found = effect(assessment(cut), cut, view, metadata)
    except TooFewPointsError:
        st.info(escaped(too_few(cut, lang)))
        _list(notes)
        return
    # the source line of all figures that are compared, and that this is worked out here
    line = footer(figures.sources, replace(wide, measure="index"), metadata)
    plain = replace(drawn.model, footer=tuple(footer_lines(line, FOOTER_WIDTH)))
    model = before_after_model(found.sides, found.names, found.scale, plain)
    spec = before_after_chart(model, found.sides.ranges)
    st.markdown(f"**{escaped(found.headline)}**")
    st.markdown(small(found.subtitle))
    alt = text(lang, "measures_page.alt_chart", headline=found.headline)
    st.vega_lite_chart(spec, alt=alt, theme=None, width="stretch", height=spec["height"])
    why = chosen.measure.compared_why
    reasons = [why.to(lang)] if why and cut.others and chosen.others == chosen.measure.compared_with else []
    closing = [text(lang, "measures_page.range"), text(lang, "measures_page.own")]
    _list([*found.notes, *reasons, *notes, *closing])
    with st.expander(text(lang, "measures_page.figures"), key="before_after_table"), wide_box():
        show_table(series_table(model, text(lang, "explore.period")), found.headline)
    st.page_link(METHODS, label=text(lang, "measures_page.method"), query_params=_methods(page))


def _methods(page: Page) -> dict[str, str]:
    kept = {"section": "before_after"}
    return kept if page.lang == "de" else kept | {"lang": page.lang}


def _facts(measure: Measure, page: Page) -> list[str]:
    """What the register says of the measure, line by line, in Markdown."""
    lang, metadata = page.lang, page.metadata
    terms = metadata.registers
    places = ", ".join(metadata.regions[r].short.to(lang) for r in measure.districts)
    said = [
        text(
            lang,
            "measures_page.facts",
            duty=text(lang, f"measures_page.duty.{measure.duty}"),
            status=text(lang, f"measures_page.status.{measure.status}"),
            span=span_of(measure, lang),
        ),
        text(lang, "measures_page.led", lead=measure.lead.to(lang)),
        text(lang, "measures_page.where", names=places),
    ]
    if groups := names_of(measure.groups, terms.groups, lang):
        said.append(text(lang, "measures_page.groups", names=", ".join(groups)))
    if topics := names_of(measure.topics, terms.topics, lang):
        said.append(text(lang, "measures_page.topics", names=", ".join(topics)))
    if measure.budget:
        said.append(text(lang, "measures_page.money", budget=measure.budget.to(lang)))
    if measure.entered_by and measure.imported_at:
        day = formats.day(measure.imported_at.date(), lang)
        said.append(text(lang, "measures_page.imported", who=measure.entered_by, day=day))
    cited = "; ".join(link(source.text.to(lang), source.link) for source in measure.sources)
    return [*(escaped(one) for one in said), f"{escaped(text(lang, 'measures_page.sources'))} {cited}"]


def _list(lines: Sequence[str]) -> None:
    if lines:
        st.markdown("\n".join(f"- {small(line)}" for line in lines))
