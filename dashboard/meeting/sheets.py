"""The sheets of a file: each chart drawn in the file's state of the data, with all that page and exports say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from dashboard import formats
from dashboard.charts.palette import Theme
from dashboard.choices import breakdowns_of, default_breakdown, periods_of
from dashboard.drawn import Drawing
from dashboard.exports.shown import Facts, facts_of
from dashboard.labels import breakdown_label
from dashboard.meeting.model import Chart, MeetingFile
from dashboard.metadata import Lang, Metadata
from dashboard.past_state import banner_text
from dashboard.revised import Revision, revision
from dashboard.store import Store
from dashboard.text import text
from dashboard.view import LONGEST_NOTE_VALUE, Note, View, bounds, listed, read, to_params

MOST_SERIES = 80  # of one chart, as in a picture: more of them nobody can read
Draw = Callable[[View, Theme], Drawing]  # a page remembers its drawings, a file makes them


@dataclass(frozen=True)
class Sheet:
    """One chart of a file. ``notes`` say what of its link could not be shown; ``filters`` are names and values of what
    is chosen; ``past`` is the sentence about what was revised since, empty for the current state."""

    number: int
    chart: Chart
    view: View
    notes: tuple[str, ...]
    drawn: Drawing
    facts: Facts
    filters: tuple[tuple[str, str], ...]
    revision: Revision
    past: str

    @property
    def heading(self) -> str:
        """The reader's own heading, else the finding."""
        return self.chart.heading or self.drawn.headline


def chart_of(view: View, metadata: Metadata) -> Chart:
    """A view as a chart of a file, which says itself in which language and state of the data it is."""
    params = to_params(replace(view, vintage=None, lang="de"), metadata)
    # the default indicator may be another one by the time the file is read
    named = {"i": ",".join(view.indicators), "r": ",".join(view.regions)} | params
    return Chart(view="&".join(f"{key}={_in_query(value)}" for key, value in named.items() if value))


def view_of(chart: Chart, file: MeetingFile, lang: Lang, metadata: Metadata) -> tuple[View, tuple[Note, ...]]:
    """The view of a chart in the file's state of the data, and what of it could not be kept."""
    params = {key: value for key, value in parse_qsl(chart.view) if key not in ("v", "lang")}
    params |= {"lang": lang} | ({"v": file.vintage} if file.vintage else {})
    view, notes = read(params, metadata)
    lines = len(view.indicators) * len(view.breakdowns)
    if lines * len(view.regions) > MOST_SERIES:
        kept = view.regions[: max(1, MOST_SERIES // lines)]
        view = replace(view, regions=kept, breakdowns=view.breakdowns[:MOST_SERIES])
        notes = (*notes, Note("round_table.notes.too_many_series", (("most", str(MOST_SERIES)),)))
    return view, notes


def views_of(file: MeetingFile, lang: Lang, metadata: Metadata) -> tuple[View, ...]:
    """The views of all charts that can be shown, in their order."""
    return tuple(view_of(c, file, lang, metadata)[0] for c in file.charts if not is_lost(c, metadata))


def is_lost(chart: Chart, metadata: Metadata) -> bool:
    """Whether none of the chart's indicators exists: any other one under its heading would mislead."""
    return not metadata.indicators.keys() & listed(dict(parse_qsl(chart.view)), "i")


def lost_charts(file: MeetingFile, metadata: Metadata, lang: Lang) -> tuple[str, ...]:
    """What to say of the charts that cannot be shown any more."""
    numbered = enumerate(file.charts, start=1)
    return tuple(lost_chart(number, chart, lang) for number, chart in numbered if is_lost(chart, metadata))


def lost_chart(number: int, chart: Chart, lang: Lang) -> str:
    """The same of one chart."""
    named = chart.heading or chart.view[:LONGEST_NOTE_VALUE]
    return text(lang, "round_table.notes.lost", number=number, heading=named)


def sheets_of(
    file: MeetingFile, store: Store, metadata: Metadata, lang: Lang, origin: str, draw: Draw, theme: Theme = "light"
) -> tuple[Sheet, ...]:
    """All sheets of a file in a language, but for the ``lost_charts``.

    ``origin`` is scheme, host and folder of the monitor for the links.
    """
    found = []
    for number, chart in enumerate(file.charts, start=1):
        if is_lost(chart, metadata):
            continue
        view, notes = view_of(chart, file, lang, metadata)
        drawn = draw(view, theme)
        revised = revision(store, metadata, view, drawn.figures if view.chart == "map" else None)
        found.append(
            Sheet(
                number=number,
                chart=chart,
                view=view,
                notes=said_notes(notes, lang),
                drawn=drawn,
                facts=facts_of(drawn, view, metadata, origin),
                filters=filters_of(view, metadata),
                revision=revised,
                past=banner_text([revised], metadata, lang) if is_past(view, metadata) else "",
            )
        )
    return tuple(found)


def is_past(view: View, metadata: Metadata) -> bool:
    return view.vintage not in (None, metadata.current)


def said_notes(notes: Sequence[Note], lang: Lang) -> tuple[str, ...]:
    """Notes in words, each once."""
    return tuple(
        text(lang, note.key if "." in note.key else f"notes.{note.key}", **dict(note.values))
        for note in dict.fromkeys(notes)
    )


def filters_of(view: View, metadata: Metadata) -> tuple[tuple[str, str], ...]:
    """What is chosen, by name: indicators, regions, parts, time, measure."""
    lang = view.lang
    indicators = [metadata.indicators[i] for i in view.indicators]
    parts = [
        breakdown_label(breakdown, indicator, metadata, lang)
        for indicator in indicators
        for breakdown in breakdowns_of(indicator, view.breakdowns)
        if breakdown or view.breakdowns != (default_breakdown(indicator),)
    ]
    found = {
        "indicators": "; ".join(i.title.to(lang) for i in indicators),
        "regions": ", ".join(metadata.regions[r].short.to(lang) for r in view.regions),
        "parts": "; ".join(dict.fromkeys(parts)),
        "range": _range(view, metadata),
        "measure": text(lang, f"measures.{view.measure}"),
    }
    return tuple((text(lang, f"round_table.filters.{name}"), said) for name, said in found.items() if said)


def _range(view: View, metadata: Metadata) -> str:
    """First and last period that are chosen, in words."""
    periods = periods_of([metadata.indicators[i] for i in view.indicators])
    if not periods:
        return ""
    first, last = (formats.period(form, view.lang) for form in bounds(view, periods))
    return first if first == last else text(view.lang, "periods.span", first=first, last=last)


def _in_query(value: str) -> str:
    """A value as it stands in a query; commas, colons and equals signs stay readable and short."""
    return "".join(f"%{ord(c):02X}" if c in "%&+#; " else c for c in value)
