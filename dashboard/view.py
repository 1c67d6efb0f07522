"""A view: one chart's whole state, to and from the parameters of its address.

The address is the only state of a page. Reading never fails: whatever is unknown, outdated or broken
falls back and leaves a note that the page shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, get_args
from urllib.parse import urlencode

from dashboard import links
from dashboard.choices import (
    CHARTS,
    MEASURES,
    MOST_PAIRED,
    PAIRED_CHARTS,
    Chart,
    Measure,
    breakdowns_of,
    default_breakdown,
    default_indicator,
    default_region,
    measures_of,
    periods_of,
)
from dashboard.metadata import Indicator, Lang, Metadata
from dashboard.periods import Period, days_of
from dashboard.text import text

TOTAL = "total"  # how the empty breakdown stands in an address
NO_EVENTS, ALL_EVENTS = "none", "all"
PARAMETERS = ("i", "r", "b", "from", "to", "as", "chart", "events", "v", "lang", links.VERSION_PARAMETER)
T = TypeVar("T", bound=str)
LONGEST_NOTE_VALUE = 40  # a note repeats the address's text, never all of a long one


@dataclass(frozen=True)
class Note:
    """Something a reader must know: a key of the texts under ``notes`` and its values."""

    key: str
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class View:
    """What is shown. ``start`` and ``end`` are period texts, None is the first or newest period;
    ``vintage`` None is the current state of the data, whatever it will be. ``events`` are ids of events to draw, or
    ``all`` alone; () draws none, None those that the chart chooses."""

    indicators: tuple[str, ...]
    regions: tuple[str, ...]
    breakdowns: tuple[str, ...]
    start: str | None = None
    end: str | None = None
    measure: Measure = "number"
    chart: Chart = "line"
    vintage: str | None = None
    lang: Lang = "de"
    events: tuple[str, ...] | None = None


def read(params: Mapping[str, str], metadata: Metadata) -> tuple[View, tuple[Note, ...]]:
    """The view of an address of any form, valid for this store, and what had to be changed to make it so."""
    written = params.get(links.VERSION_PARAMETER, "")
    params, doubt = links.upgraded(params, metadata)
    view, notes = _read(params, metadata)
    return view, (*((_note(doubt, value=written),) if doubt else ()), *notes)


def _read(params: Mapping[str, str], metadata: Metadata) -> tuple[View, tuple[Note, ...]]:
    """The view of an address of the newest form."""
    notes: list[Note] = []
    measure: Measure = _one_of(params, "as", MEASURES, notes)
    chart: Chart = _one_of(params, "chart", CHARTS, notes)
    indicators = _indicators(params, measure, chart, metadata, notes)
    breakdowns = _breakdowns(params, indicators, notes)
    possible = all(measure in measures_of(i, breakdowns_of(i, breakdowns), metadata) for i in indicators)
    if not possible or (chart == "map" and measure == "index"):  # a map has no common base
        # read again as plain figures: an index may hold indicators that figures cannot show together
        plain, others = _read({**params, "as": "number"}, metadata)
        return plain, (_note("measure_impossible", value=text(plain.lang, f"measures.{measure}")), *others)
    # of a map of changes the first period is a choice: without one it compares with the year before
    start, end = _range(params, periods_of(indicators), notes, keep_first=chart == "map" and measure == "change")
    view = View(
        indicators=tuple(i.id for i in indicators),
        regions=_regions(params, indicators, metadata, language_of(params), notes),
        breakdowns=breakdowns,
        start=start,
        end=end,
        measure=measure,
        chart=chart,
        vintage=_vintage(params, metadata, notes),
        lang=_one_of(params, "lang", get_args(Lang), notes),
        events=_events(params, metadata, notes),
    )
    return view, tuple(notes)


def to_params(view: View, metadata: Metadata) -> dict[str, str]:
    """The address's parameters in the order of the contract; defaults are left out."""
    first = metadata.indicators[view.indicators[0]]
    breakdowns = ",".join(b or TOTAL for b in view.breakdowns)
    found = {
        "i": "" if view.indicators == (default_indicator(metadata),) else ",".join(view.indicators),
        "r": "" if view.regions in ((), (default_region(first),)) else ",".join(view.regions),
        "b": "" if view.breakdowns == (default_breakdown(first),) else breakdowns,
        "from": view.start or "",
        "to": view.end or "",
        "as": "" if view.measure == "number" else view.measure,
        "chart": "" if view.chart == "line" else view.chart,
        "events": "" if view.events is None else ",".join(view.events) or NO_EVENTS,
        "v": view.vintage or "",
        "lang": "" if view.lang == "de" else view.lang,
    }
    return links.versioned({key: value for key, value in found.items() if value}, metadata)


def address(path: str, params: Mapping[str, str]) -> str:
    """Path and parameters as they are copied; commas stay readable."""
    return f"{path}?{urlencode(params, safe=',')}" if params else path


def repaired(view: View, metadata: Metadata) -> tuple[View, tuple[Note, ...]]:
    """The view after a widget changed, and what of it no longer fits the new indicator and fell back."""
    return read(to_params(view, metadata), metadata)


def language_of(params: Mapping[str, str]) -> Lang:
    """The language of an address, German unless it says otherwise."""
    return "en" if params.get("lang", "").strip() == "en" else "de"


def bounds(view: View, periods: Mapping[str, Period]) -> tuple[str, str]:
    """The address forms of the first and last period that the view shows. ``periods`` must not be empty."""
    forms = list(periods)
    start, end = view.start or forms[0], view.end or forms[-1]
    return start if start in periods else forms[0], end if end in periods else forms[-1]


def range_days(view: View, periods: Mapping[str, Period]) -> tuple[date, date]:
    """First and last day of the view's range: of all periods that end in it the figures are shown."""
    first, last = (_ends_of(form, periods) for form in bounds(view, periods))
    ends = [period.end for period in periods.values()]
    return first[0] if first else min(ends), last[1] if last else max(ends)


def _ends_of(form: str, periods: Mapping[str, Period]) -> tuple[date, date] | None:
    """First and last day on which a figure may end that an address's ``from`` or ``to`` means; None if it is no period.

    Where years stand beside months a year is that one period, and not the months in it as well.
    """
    if form in periods and any(len(other) > len("2024") for other in periods):
        return periods[form].end, periods[form].end
    return days_of(form)


def _note(key: str, **values: str) -> Note:
    shown = {k: v if len(v) <= LONGEST_NOTE_VALUE else v[:LONGEST_NOTE_VALUE] + "…" for k, v in values.items()}
    return Note(key, tuple(shown.items()))


def listed(params: Mapping[str, str], key: str) -> list[str]:
    """The comma list under a key, without blanks and repetitions."""
    return list(dict.fromkeys(part.strip() for part in params.get(key, "").split(",") if part.strip()))


def _one_of(params: Mapping[str, str], key: str, allowed: Sequence[T], notes: list[Note]) -> T:
    """The value under a key if it is allowed; otherwise the first allowed one, with a note."""
    value = params.get(key, "").strip()
    for known in allowed:
        if value == known:
            return known
    if value:
        notes.append(_note("unknown_value", parameter=key, value=value))
    return allowed[0]


def _indicators(
    params: Mapping[str, str], measure: Measure, chart: Chart, metadata: Metadata, notes: list[Note]
) -> tuple[Indicator, ...]:
    one_axis = chart not in PAIRED_CHARTS and measure != "index"
    found: list[Indicator] = []
    for wanted in listed(params, "i"):
        indicator = metadata.indicators.get(wanted)
        if indicator is None:
            notes.append(_note("unknown_indicator", value=wanted))
        elif found and one_axis and indicator.unit != found[0].unit:
            notes.append(_note("other_unit", value=wanted))  # one axis has one unit
        elif len(found) == MOST_PAIRED.get(chart):
            notes.append(_note("too_many_indicators", value=wanted, most=str(len(found))))
        else:
            found.append(indicator)
    return tuple(found) or (metadata.indicators[default_indicator(metadata)],)


def _regions(
    params: Mapping[str, str], indicators: Sequence[Indicator], metadata: Metadata, lang: Lang, notes: list[Note]
) -> tuple[str, ...]:
    found = []
    for wanted in listed(params, "r"):
        if wanted not in metadata.regions:
            notes.append(_note("unknown_region", value=wanted))
        elif not any(wanted in i.regions for i in indicators):
            notes.append(_note("no_figures_for_region", value=metadata.regions[wanted].short.to(lang)))
        else:
            found.append(wanted)
    return tuple(found) or (default_region(indicators[0]),)


def _breakdowns(params: Mapping[str, str], indicators: Sequence[Indicator], notes: list[Note]) -> tuple[str, ...]:
    found = []
    for wanted in listed(params, "b"):
        breakdown = "" if wanted == TOTAL else ";".join(sorted(part.strip() for part in wanted.split(";")))
        if any(breakdown in i.breakdowns for i in indicators):
            found.append(breakdown)
        else:
            notes.append(_note("unknown_breakdown", value=wanted))
    # what the first indicator cannot show is not part of its default
    return tuple(dict.fromkeys(found)) or breakdowns_of(indicators[0], ())


def _range(
    params: Mapping[str, str], periods: Mapping[str, Period], notes: list[Note], *, keep_first: bool
) -> tuple[str | None, str | None]:
    """The address forms of the first and last period inside the wanted range; None where it is the outermost, or of
    the first one, with ``keep_first``, where none is wanted."""
    days = {}
    for key in ("from", "to"):
        value = params.get(key, "").strip()
        days[key] = _ends_of(value, periods)
        if value and days[key] is None:
            notes.append(_note("unknown_value", parameter=key, value=value))
    first_day = days["from"][0] if days["from"] else None
    last_day = days["to"][1] if days["to"] else None
    if first_day and last_day and first_day > last_day:
        notes.append(_note("range_turned_round"))
        return None, None
    inside = [
        form
        for form, period in periods.items()
        if (not first_day or period.end >= first_day) and (not last_day or period.end <= last_day)
    ]
    if not inside:
        notes.append(_note("range_empty"))
        return None, None
    forms = list(periods)
    unbound = first_day is None if keep_first else inside[0] == forms[0]
    return None if unbound else inside[0], None if inside[-1] == forms[-1] else inside[-1]


def _events(params: Mapping[str, str], metadata: Metadata, notes: list[Note]) -> tuple[str, ...] | None:
    """The chosen events; None where the chart chooses, also if none of the chosen ones exists."""
    wanted = listed(params, "events")
    if wanted in ([NO_EVENTS], [ALL_EVENTS]):
        return () if wanted == [NO_EVENTS] else (ALL_EVENTS,)
    known = {event.id for event in (*metadata.events, *metadata.starts)}
    notes += [_note("unknown_event", value=one) for one in wanted if one not in known]
    return tuple(one for one in wanted if one in known) or None


def _vintage(params: Mapping[str, str], metadata: Metadata, notes: list[Note]) -> str | None:
    wanted = params.get("v", "").strip()
    if not wanted:
        return None
    if wanted not in metadata.vintages:
        notes.append(_note("unknown_vintage", value=wanted))
        return None
    return wanted
