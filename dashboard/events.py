"""Which events a chart over time shows: context for its figures, never their cause."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard import formats
from dashboard.choices import Chart, breaks_of
from dashboard.metadata import Event, Lang, Metadata
from dashboard.text import text
from dashboard.view import ALL_EVENTS, View

EVENT_CHARTS: tuple[Chart, ...] = ("line", "small-multiples", "side-by-side", "highlight")
MOST_CHOSEN = 4  # events that a chart chooses itself
MOST_NAMED = 4  # events whose names stand inside a chart; more of them have numbers there, and small charts always
NEAREST = 0.05  # of the range: closer to each other, two of a chart's own choice say less than one
BESIDE_BREAK = 365  # days
_OF_INDICATOR, _OF_THEME, _OF_ALL, _FOREIGN = range(4)


def shown_events(view: View, metadata: Metadata, first: date, last: date) -> tuple[Event, ...]:
    """The view's events after the first and up to the last day of its figures, in order of time."""
    if view.chart not in EVENT_CHARTS or view.events == ():
        return ()
    offered = [event for event in relevant_events(view, metadata) if first < event.at <= last]
    if view.events is None:
        return _chosen(offered, view, metadata, (last - first).days)
    if view.events == (ALL_EVENTS,):
        return tuple(offered)
    return tuple(e for e in _drawable(metadata) if e.id in view.events and first < e.at <= last)


def offered_events(view: View, metadata: Metadata, first: date, last: date) -> tuple[Event, ...]:
    """All events that a reader can choose for a chart of these days, in order of time."""
    if view.chart not in EVENT_CHARTS:
        return ()
    chosen = view.events or ()
    touching = {e.id for e in metadata.events if _touches(e, view)}
    return tuple(e for e in _drawable(metadata) if first < e.at <= last and (e.id in touching or e.id in chosen))


def relevant_events(view: View, metadata: Metadata) -> tuple[Event, ...]:
    """The events that are context for one of the view's indicators in one of its regions, in order of time."""
    return tuple(e for e in metadata.events if _touches(e, view) and _closeness(e, view, metadata) < _FOREIGN)


def _drawable(metadata: Metadata) -> tuple[Event, ...]:
    """All that a chart can draw when it is asked for, in order of time; it chooses no start of a measure itself."""
    return tuple(sorted((*metadata.events, *metadata.starts), key=lambda event: event.at))


def are_numbered(events: Sequence[Event], chart: Chart) -> bool:
    """Whether a chart writes numbers in place of the events' names."""
    return chart != "line" or len(events) > MOST_NAMED


def events_legend(events: Sequence[Event], lang: Lang) -> str:
    """The names behind the events' numbers; empty without events."""
    named = (f"{n} {e.short.to(lang)} ({formats.day(e.at, lang)})" for n, e in enumerate(events, start=1))
    return text(lang, "events.legend", list="; ".join(named)) if events else ""


def _closeness(event: Event, view: View, metadata: Metadata) -> int:
    """How directly an event is context for the view's indicators; the smallest is the most direct."""
    themes = {metadata.indicators[i].theme for i in view.indicators}
    if not {*event.indicators}.isdisjoint(view.indicators):
        return _OF_INDICATOR
    if not themes.isdisjoint(event.themes):
        return _OF_THEME
    return _FOREIGN if event.indicators or event.themes else _OF_ALL


def _touches(event: Event, view: View) -> bool:
    return not event.regions or not {*event.regions}.isdisjoint(view.regions)


def _chosen(offered: Sequence[Event], view: View, metadata: Metadata, span: int) -> tuple[Event, ...]:
    """A few of the events: the most direct ones first, those read in their source before others, and among these the
    one farthest from those taken, beginning with the newest. None is close beside another in a range of ``span`` days,
    or beside a break of the series, which is drawn already.
    """
    breaks = [b.at for i in view.indicators for b in breaks_of(metadata.indicators[i], view.measure, metadata)]
    left = [e for e in offered if all(abs((e.at - at).days) > BESIDE_BREAK for at in breaks)]
    taken: list[Event] = []
    while left and len(taken) < MOST_CHOSEN:
        best = min(left, key=lambda e: (_closeness(e, view, metadata), not e.verified, -_apart(e, taken)))
        left.remove(best)
        if not taken or _apart(best, taken) > NEAREST * span:
            taken.append(best)
    return tuple(sorted(taken, key=lambda e: e.at))


def _apart(event: Event, taken: Sequence[Event]) -> int:
    """The days to the nearest event that is taken; the day itself while none is."""
    return min((abs((event.at - t.at).days) for t in taken), default=event.at.toordinal())
