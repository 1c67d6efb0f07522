"""The events of a chart as a list beneath it: day, title, source, and that they are context only."""

from __future__ import annotations

import streamlit as st

from dashboard import formats
from dashboard.metadata import Event, Lang
from dashboard.tables import escaped, small
from dashboard.text import text


def show_events(events: tuple[Event, ...], lang: Lang, *, numbered: bool) -> None:
    """The list, ``numbered`` where the chart has numbers; nothing where there is no event."""
    if not events:
        return
    lines = [f":small[{_line(event, n if numbered else None, lang)}]" for n, event in enumerate(events, start=1)]
    with st.container(gap="xsmall"):
        st.markdown(f"**{small(text(lang, 'events.choice'))}**")
        st.markdown(small(text(lang, "events.context")))
        st.markdown("\n".join(f"- {line}" for line in lines))


def _line(event: Event, number: int | None, lang: Lang) -> str:
    source = escaped(event.source.to(lang))
    linked = f"[{source}]({event.link})" if event.link else source
    said = {
        "day": escaped(formats.day(event.at, lang)),
        "title": escaped(event.title.to(lang)),
        "source": linked if event.verified else text(lang, "events.unverified", source=linked),
    }
    if number is None:
        return text(lang, "events.named", **said)
    return text(lang, "events.numbered", number=number, **said)
