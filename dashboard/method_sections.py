"""Sections of the page on methods: how to read, what the terms and indicators mean, sources, events."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard import formats
from dashboard.controls import THEMES
from dashboard.glossary import entries
from dashboard.interrupted import FEWEST_AFTER, FEWEST_BEFORE
from dashboard.metadata import Indicator, Metadata
from dashboard.page import EXPLORE, PATHS, Page
from dashboard.prose import html_link, link, show_words
from dashboard.tables import escaped, wide_box
from dashboard.text import LANGUAGES, text, texts
from dashboard.view import address

_READING = "methods.reading."
_BEFORE_AFTER = "methods.before_after."


def show_reading(page: Page) -> None:
    """What a reader must know of periods, sums, rounding, breaks and revisions."""
    lang = page.lang
    topics = dict.fromkeys(key.split(".")[2] for key in texts(lang) if key.startswith(_READING))
    for topic in topics:
        st.subheader(text(lang, f"{_READING}{topic}.title"), anchor=False)
        st.markdown(text(lang, f"{_READING}{topic}.text"))


def show_glossary(page: Page) -> None:
    """All terms, each with its meaning."""
    lang = page.lang
    st.markdown(escaped(text(lang, "methods.glossary_about")))
    said = (
        f"**{escaped(entry.term)}**{f' ({escaped(entry.about)})' if entry.about else ''}  \n{escaped(entry.meaning)}"
        for entry in entries(page.metadata, lang)
    )
    st.markdown("\n\n".join(said))


def show_indicators(page: Page) -> None:
    """What every indicator of the store shows, by theme."""
    lang, metadata = page.lang, page.metadata
    st.markdown(escaped(text(lang, "methods.indicators_about")))
    for theme in THEMES:
        own = [i for i in metadata.indicators.values() if i.theme == theme]
        if own:
            with st.expander(f"{text(lang, f'themes.{theme}')} ({len(own)})"):
                for indicator in own:
                    st.subheader(escaped(indicator.title.to(lang)), anchor=False)
                    st.markdown(_described(indicator, page))


def show_sources(page: Page) -> None:
    """Publishers, what they ask to be named as, their licences; boundaries; the program."""
    lang, metadata = page.lang, page.metadata
    st.markdown(escaped(text(lang, "methods.sources.about")))
    rows = [
        (
            f"{html_link(source.name.to(lang), source.homepage)}, {escape(source.publisher.to(lang))}",
            escape(source.attribution.to(lang).replace("{data}", "…")),
            html_link(source.licence.to(lang), source.licence_url),
        )
        for source in sorted(metadata.sources.values(), key=lambda s: s.invented)
    ]
    with wide_box():
        columns = [text(lang, f"methods.sources.columns.{name}") for name in ("source", "attribution", "licence")]
        show_words(columns, rows, text(lang, "methods.sections.sources"))
    st.subheader(text(lang, "methods.sources.boundaries"), anchor=False)
    st.markdown(_boundaries(page))
    st.subheader(text(lang, "methods.sources.code"), anchor=False)
    st.markdown(escaped(text(lang, "methods.sources.code_about")))


def show_events(page: Page) -> None:
    """The events that charts can draw, in the order of time."""
    lang = page.lang
    st.markdown(escaped(text(lang, "methods.events.about")))
    lines = []
    for event in page.metadata.events:
        unverified = "" if event.verified else f"; {escaped(text(lang, 'methods.events.unverified'))}"
        source = link(event.source.to(lang), event.link)
        said = f"**{escaped(formats.day(event.at, lang))}** {escaped(event.title.to(lang))}"
        lines.append(f"- {said} ({source}{unverified})")
    st.markdown("\n".join(lines))


def show_before_after(page: Page) -> None:
    """How measures are looked at before and after their beginning, and what the calculation can and cannot do."""
    lang = page.lang
    for topic in dict.fromkeys(key.split(".")[2] for key in texts(lang) if key.startswith(_BEFORE_AFTER)):
        st.subheader(text(lang, f"{_BEFORE_AFTER}{topic}.title"), anchor=False)
        st.markdown(text(lang, f"{_BEFORE_AFTER}{topic}.text", least=FEWEST_BEFORE, least_after=FEWEST_AFTER))


def _described(indicator: Indicator, page: Page) -> str:
    lang, metadata = page.lang, page.metadata
    unit = metadata.units[indicator.unit].label.to(lang)
    told = [
        ("definition", escaped(indicator.definition.to(lang))),
        ("reading", escaped(indicator.reading.to(lang))),
        ("kind", escaped(text(lang, f"period_kinds.{indicator.period_kind}"))),
        ("unit", escaped(unit)),
        ("tables", _tables(indicator, page)),
    ]
    if indicator.rounding:
        told.append(("rounding", escaped(indicator.rounding.text.to(lang))))
    breaks = dict.fromkeys((b.at, b.text.to(lang)) for b in indicator.breaks)
    if breaks:
        told.append(("breaks", escaped("; ".join(f"{formats.day(at, lang)}: {said}" for at, said in breaks))))
    if indicator.notes:
        told.append(("notes", escaped(" ".join(note.to(lang) for note in indicator.notes))))
    lines = [f"- {escaped(text(lang, f'methods.indicator.{name}'))}: {said}" for name, said in told]
    params = {"i": indicator.id} | ({} if lang == LANGUAGES[0] else {"lang": lang})
    lines.append(f"- {link(text(lang, 'methods.indicator.open'), address(PATHS[EXPLORE], params))}")
    return "\n".join(lines)


def _tables(indicator: Indicator, page: Page) -> str:
    """Each source that the store has figures of, with its table and licence."""
    lang, metadata = page.lang, page.metadata
    said = []
    for series in metadata.series:
        if series.indicator == indicator.id and series.source in indicator.sources:
            source = metadata.sources[series.source]
            named = link(f"{source.name.to(lang)}, {series.table}", series.link)
            said.append(
                f"{named} ({escaped(series.data.to(lang))}; {link(source.licence.to(lang), source.licence_url)})"
            )
    return "; ".join(dict.fromkeys(said)) or escaped(_names(indicator, metadata, page))


def _names(indicator: Indicator, metadata: Metadata, page: Page) -> str:
    return ", ".join(metadata.sources[s].name.to(page.lang) for s in indicator.sources)


def _boundaries(page: Page) -> str:
    lang = page.lang
    said = dict.fromkeys(
        text(
            lang,
            "methods.sources.boundaries_about",
            attribution=link(area.attribution.to(lang), area.link),
            licence=link(area.licence.to(lang), area.licence_url),
            day=escaped(formats.day(area.as_of, lang)),
        )
        for area in page.metadata.areas.values()
    )
    return "\n\n".join(said) or escaped(text(lang, "methods.sources.no_boundaries"))
