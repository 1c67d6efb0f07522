"""Datenstand: how recent the figures are, what each published state changed, what was corrected."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

import streamlit as st

from dashboard import formats
from dashboard.changes import changes_of, counts, sentences
from dashboard.controls import THEMES
from dashboard.frame import FEED
from dashboard.holdings import IndicatorHolding, SourceHolding, indicator_holdings, source_holdings, state_of
from dashboard.metadata import Indicator, Source
from dashboard.page import EXPLORE, OVERVIEW, PATHS, Page, open_page, show_notes
from dashboard.prose import html_link, link, show_words
from dashboard.tables import escaped, small, wide_box
from dashboard.text import LANGUAGES, text
from dashboard.view import address

LEVELS = ("district", "region", "land", "country", "nuts2")
MOST_VINTAGES = 12  # the newest; older ones stay reachable by their links


def main() -> None:
    page = open_page()
    lang = page.lang
    st.title(text(lang, "app.data_status"), anchor=False)
    show_notes(page)
    holdings = source_holdings(page.store, page.view.vintage)
    indicators = indicator_holdings(page.store, page.view.vintage)
    _lead(page, holdings)
    _sources(page, holdings)
    _indicators(page, indicators)
    _vintages(page)
    _corrections(page)


def _lead(page: Page, holdings: dict[str, SourceHolding]) -> None:
    lang, metadata = page.lang, page.metadata
    shown = metadata.vintages[page.view.vintage or metadata.current]
    real = [h.figures for source, h in holdings.items() if not metadata.sources[source].invented]
    invented = sum(h.figures for h in holdings.values()) - sum(real)
    said = text(
        lang,
        "data_status.lead",
        vintage=formats.moment(shown.published_at, lang),
        figures=formats.number(sum(real), 0, lang),
        sources=sum(figures > 0 for figures in real),
    )
    if invented:
        said = f"{said} {text(lang, 'data_status.invented', figures=formats.number(invented, 0, lang))}"
    if shown.id != metadata.current:
        newest = formats.moment(metadata.vintages[metadata.current].published_at, lang)
        st.info(text(lang, "data_status.past", newest=newest), icon=":material/history:")
    st.markdown(escaped(said))


def _sources(page: Page, holdings: dict[str, SourceHolding]) -> None:
    lang = page.lang
    today = datetime.now(UTC).date()
    held, missing = [], []
    for source in sorted(page.metadata.sources.values(), key=lambda s: s.invented):
        holding = holdings.get(source.id)
        if holding is None or not holding.figures:
            missing.append(source)
        else:
            state = text(lang, f"data_status.states.{state_of(source, holding, today)}", days=source.stale_after_days)
            held.append(_source_row(source, holding, state, page))
    st.header(text(lang, "data_status.sources"), anchor=False)
    with wide_box():
        columns = ("source", "state", "retrieved", "newest", "rhythm", "figures", "licence")
        show_words(
            [text(lang, f"data_status.columns.{c}") for c in columns], held, text(lang, "data_status.sources"), [5]
        )
    st.markdown(small(text(lang, "data_status.stale_means")))
    if missing:
        st.subheader(text(lang, "data_status.missing"), anchor=False)
        st.markdown(escaped(text(lang, "data_status.missing_why")))
        listed = (
            f"- {link(s.name.to(lang), s.homepage)}: {escaped(s.publisher.to(lang))}; {escaped(s.rhythm.to(lang))}"
            for s in missing
        )
        st.markdown("\n".join(listed))


def _source_row(source: Source, holding: SourceHolding, state: str, page: Page) -> tuple[str, ...]:
    lang = page.lang
    return (
        f"{html_link(source.name.to(lang), source.homepage)}, {escape(source.publisher.to(lang))}",
        escape(state),
        escape(formats.day(holding.retrieved.date(), lang)),
        escape(formats.period(holding.newest or "", lang)),
        escape(source.rhythm.to(lang)),
        escape(formats.number(holding.figures, 0, lang)),
        html_link(source.licence.to(lang), source.licence_url),
    )


def _indicators(page: Page, holdings: tuple[IndicatorHolding, ...]) -> None:
    lang, metadata = page.lang, page.metadata
    st.header(text(lang, "data_status.indicators"), anchor=False)
    st.markdown(escaped(text(lang, "data_status.indicators_about")))
    columns = [text(lang, f"data_status.columns.{c}") for c in ("indicator", "source", *LEVELS, "figures")]
    for theme in THEMES:
        rows = [
            _indicator_row(indicator, holding, page)
            for indicator in metadata.indicators.values()
            if indicator.theme == theme
            for holding in holdings
            if holding.indicator == indicator.id
        ]
        if rows:
            with st.expander(text(lang, f"themes.{theme}")), wide_box():
                show_words(columns, rows, text(lang, f"themes.{theme}"), [len(columns) - 1])


def _indicator_row(indicator: Indicator, holding: IndicatorHolding, page: Page) -> tuple[str, ...]:
    lang = page.lang
    return (
        # relative, so that it is right beneath any folder
        html_link(indicator.title.to(lang), address(PATHS[EXPLORE], {"i": indicator.id} | _other_language(page))),
        escape(page.metadata.sources[holding.source].name.to(lang)),
        *(
            escape(formats.short_period(holding.newest[level], lang)) if level in holding.newest else "–"
            for level in LEVELS
        ),
        escape(formats.number(holding.figures, 0, lang)),
    )


def _vintages(page: Page) -> None:
    lang, metadata = page.lang, page.metadata
    st.header(text(lang, "data_status.vintages"), anchor=False)
    st.markdown(
        f"{escaped(text(lang, 'data_status.vintages_about'))} "
        f"{link(text(lang, 'data_status.feed'), address(FEED.removeprefix('/'), _other_language(page)))}."
    )
    chosen = page.view.vintage
    newest = [*metadata.vintages.values()][:MOST_VINTAGES]
    shown = [*newest, *(metadata.vintages[v] for v in (chosen,) if v and metadata.vintages[v] not in newest)]
    for vintage in shown:
        changes = changes_of(page.store, metadata, vintage.id)
        moment = formats.moment(vintage.published_at, lang)
        with st.expander(escaped(f"{moment}: {counts(changes, lang)}"), expanded=vintage.id == chosen):
            said = sentences(changes, metadata, lang)
            st.markdown("\n".join(f"- {escaped(one)}" for one in said) or escaped(text(lang, "data_status.no_change")))
            params = {"v": vintage.id} | _other_language(page)
            label = text(lang, "data_status.open_vintage", vintage=moment)
            st.page_link(OVERVIEW, label=escaped(label), icon=":material/history:", query_params=params)
    if len(metadata.vintages) > len(shown):
        left = len(metadata.vintages) - len(shown)
        st.markdown(small(text(lang, "data_status.older", number=left)))


def _corrections(page: Page) -> None:
    lang, metadata = page.lang, page.metadata
    st.header(text(lang, "data_status.corrections"), anchor=False)
    if not metadata.corrections:
        st.markdown(escaped(text(lang, "data_status.no_corrections")))
        return
    st.markdown(escaped(text(lang, "data_status.corrections_about")))
    listed = (
        f"- **{escaped(metadata.sources[c.source].name.to(lang))}, "
        f"{escaped(text(lang, 'data_status.table', table=c.table))}**: "
        f"{escaped(text(lang, f'data_status.actions.{c.action}', rows=formats.number(c.rows, 0, lang)))}. "
        f"{escaped(c.reason.to(lang))}"
        for c in metadata.corrections
    )
    st.markdown("\n".join(listed))


def _other_language(page: Page) -> dict[str, str]:
    """The language for a link, where it is not the one that needs no mention."""
    return {} if page.lang == LANGUAGES[0] else {"lang": page.lang}


main()
